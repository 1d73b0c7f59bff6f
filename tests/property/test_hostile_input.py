"""Files and words that were made to break something are answered, or refused by an error of odekit's own.

Arrays of strange types, shapes and numbers, headers that declare a thousand million elements, archives that
unpack to much or hold others, names that lead elsewhere, pickles, TOML that nests or repeats itself, words
that no command knows. Nothing lies afterwards where nothing lay before.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import pickle
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import odekit
from odekit.claims.own import claims_in
from odekit.cli.program import COMMANDS, program
from odekit.errors import OdekitError
from odekit.groups import load_table
from odekit.simulation import load_weights

META = {"group": "Z3", "activation": "quadratic", "embedding": "shared", "constraint": "none"}
META |= {"loss": "mean", "logit_scale": 1.0}
CANARY = "odekit_canary"

few = settings(max_examples=30, deadline=None)
many = settings(max_examples=200, deadline=None)

odd_numbers = st.sampled_from(
    [math.nan, math.inf, -math.inf, 1e308, -1e308, 5e-324, -0.0, 10**400, -1, 2**63]
)
odd_names = st.sampled_from(
    [
        "../x",
        "/x",
        "C:\\x",
        "NUL",
        "con",
        "a/../../x",
        "x" * 400,
        "",
        ".",
        "t",
        "xi",
        "meta",
        "\u202ex",
        "x\ny",
        "lambda",
    ]
)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), odd_numbers, odd_names
)
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
types = st.sampled_from(
    ["<f8", ">f8", "<f4", "<f2", "|u1", "<i8", "<c16", "|b1", "<U3", "|S4", "<M8[s]", "|V8", "|O", "<f3"]
)
shapes = st.lists(st.sampled_from([0, 1, 2, 3, 4, 10**9, 2**62, -1]), max_size=4).map(tuple)


def header(descr: str, shape: tuple[int, ...]) -> bytes:
    text = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}}}\n".encode()
    return b"\x93NUMPY\x02\x00" + len(text).to_bytes(4, "little") + text


def npy(array: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, np.asarray(array))
    return file.getvalue()


def packed(entries: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name or "unnamed", content)
    return file.getvalue()


@st.composite
def arrays(draw: st.DrawFn) -> bytes:
    """An array: strange numbers, a true or a false header, a pickle, zeros by the million, an archive."""
    kind = draw(st.integers(0, 5))
    if kind == 0:
        values = draw(st.lists(st.floats(), min_size=1, max_size=9))
        return npy(np.array(values, dtype=np.float64))
    if kind == 1:
        return header(draw(types), draw(shapes)) + draw(st.binary(max_size=64))
    if kind == 2:
        return header("|O", (1,)) + pickle.dumps([Path(CANARY)])
    if kind == 3:
        return header(draw(st.sampled_from(["<f8", "|u1"])), (1, 2, 2**20)) + bytes(2 * 2**20)
    if kind == 4:
        return packed({"t.npy": packed({"t.npy": npy(np.zeros(2**16))})})
    return npy(np.array(json.dumps(draw(documents))))


@st.composite
def run_files(draw: st.DrawFn) -> bytes:
    """A run of two neurons, some of whose arrays, meta and names are others."""
    meta = META | draw(
        st.dictionaries(
            st.sampled_from([*META, "rates", "task", "learning_rate", "x"]), documents, max_size=2
        )
    )
    weights = np.linspace(-1, 1, 12).reshape(2, 2, 3)
    good = {"t": np.arange(2.0), "theta": weights, "xi": weights, "meta": np.array(json.dumps(meta))}
    entries = {f"{name}.npy": npy(array) for name, array in good.items()}
    entries |= draw(
        st.dictionaries(
            st.sampled_from([*entries, "table.npy", "steps.npy"]) | odd_names, arrays(), max_size=2
        )
    )
    content = packed(entries)
    return content[: draw(st.integers(0, len(content)))] if draw(st.integers(0, 5)) == 0 else content


odd_values = st.sampled_from(
    [
        *(
            "9" * 5000,
            "1e999",
            "nan",
            "-inf",
            "0x" + "f" * 999,
            "[" * 300,
            "{a=" * 300,
            "1979-05-27",
            "[]",
            "true",
        ),
        f"\"__import__('os').mkdir('{CANARY}')\"",
        *(
            '"x[i] for i in 1..1000000"',
            '"../../../../etc/passwd"',
            '"/dev/zero"',
            '"\\u0000"',
            '""',
            '"1/0"',
        ),
        *(f'"{"x**" * 40}2"', f'"{"exp(" * 60}x{")" * 60}"', f'"{"(" * 900}"'),
    ]
)
odd_keys = st.sampled_from(
    [
        "x",
        "x' ",
        "t",
        "pi",
        "a" * 2000,
        ".".join("a" * 3000),
        '"x[i] for i in 1..9"',
        '"<script>"',
        '"\\u202e"',
        "lambda",
    ]
)
tables = st.sampled_from(
    [
        "equations",
        "parameters",
        "definitions",
        "network",
        "system",
        "rates",
        "limits",
        "claims.a",
        "variables",
        "values",
    ]
)
lines = st.one_of(
    st.builds("{} = {}".format, odd_keys, odd_values | st.just('"-x"')),
    st.builds("[{}]".format, tables),
    st.sampled_from(
        ['x = "-x"', 'group = "Zp"', 'kind = "rate"', 'system = "input.toml"', "start = {x = 1}", "x.y = 1"]
    ),
)
toml_files = st.lists(lines, max_size=8).map(
    lambda each: "\n".join(["[equations]", 'x = "-x"', *each]).encode()
)

words = st.one_of(
    st.sampled_from(
        ["--json", "--out", "--seed", "--format", "--group", "--limit", "--help", "-", "--", "input.toml"]
    ),
    st.sampled_from(
        ["nan", "-1", "9" * 40, "../x", "", "\udcff", "Z0", "Z3", "Zp", "\x1b[31m", "none.npz", "--nonesuch"]
    ),
    st.text(max_size=4),
)


def answered(read: Callable[[Path], object], content: bytes, name: str) -> None:
    """Whether a file is answered or refused, and nothing else lies in its folder then."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "here" / name
        path.parent.mkdir()
        path.write_bytes(content)
        before = sorted(Path(folder).rglob("*"))
        with contextlib.suppress(OdekitError), odekit.limit(seconds=2, gigabytes=0.5):
            read(path)
        assert sorted(Path(folder).rglob("*")) == before
        assert not Path(CANARY).exists()


def runs_of_all_kinds(content: bytes) -> None:
    for read in (odekit.load_run, load_weights, odekit.load_trajectory, load_table):
        answered(read, content, "input.npz")


def documents_of_all_kinds(content: bytes) -> None:
    for read in (odekit.system, odekit.check, claims_in):
        answered(read, content, "input.toml")


def call_of_the_program(command: str, given: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        result = CliRunner().invoke(program, [command, *given], prog_name="odekit")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code in range(4)
    assert "Traceback" not in result.stderr
    assert "odekit broke" not in result.stderr


# Of these a call without a file computes for long.
quick_commands = st.sampled_from(
    [name for name in COMMANDS if name not in ("verify", "simulate", "derive", "explore", "calibrate")]
)


@pytest.mark.slow
@few
@given(run_files())
def test_an_archive_is_answered_or_refused(content: bytes) -> None:
    runs_of_all_kinds(content)


@few
@given(arrays())
def test_a_table_in_a_file_of_its_own_is_answered_or_refused(content: bytes) -> None:
    answered(load_table, content, "input.npy")


@few
@given(toml_files)
def test_a_toml_file_is_answered_or_refused(content: bytes) -> None:
    documents_of_all_kinds(content)


@few
@given(quick_commands, st.lists(words, max_size=4))
def test_a_call_ends_in_an_exit_code_and_no_traceback(command: str, given: list[str]) -> None:
    call_of_the_program(command, given)


@pytest.mark.long
@many
@given(run_files())
def test_many_archives_are_answered_or_refused(content: bytes) -> None:
    runs_of_all_kinds(content)


@pytest.mark.long
@many
@given(toml_files)
def test_many_toml_files_are_answered_or_refused(content: bytes) -> None:
    documents_of_all_kinds(content)


@pytest.mark.long
@many
@given(quick_commands, st.lists(words, max_size=6))
def test_many_calls_end_in_an_exit_code_and_no_traceback(command: str, given: list[str]) -> None:
    call_of_the_program(command, given)
