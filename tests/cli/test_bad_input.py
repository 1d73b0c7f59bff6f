"""Bad input: one paragraph that says what broke, exit 2, nothing on standard output, nothing half written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result

from odekit.simulation import Run

Invoke = Callable[..., Result]
Refuse = Callable[..., None]
Save = Callable[..., Path]


def assert_refused(result: Result, pattern: str, folder: Path, before: set[Path]) -> None:
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert "which it should not" not in result.stderr
    message = result.stderr[result.stderr.index("Error: ") :]
    assert message.count("\n") == 1, "one paragraph"
    assert re.search(pattern, message), message
    assert set(folder.rglob("*")) == before


@pytest.fixture
def refuse(invoke: Invoke, tmp_path: Path) -> Refuse:
    """Call the program and check that it refuses, with a message that matches."""

    def call(pattern: str, *arguments: object) -> None:
        before = set(tmp_path.rglob("*"))
        assert_refused(invoke(*arguments), pattern, tmp_path, before)

    return call


@pytest.fixture
def save(run: Run, tmp_path: Path) -> Save:
    """Save the run with some arrays or some of its meta replaced; None leaves one out."""

    def write(said: dict[str, Any] | None = None, **arrays: Any) -> Path:
        kept = {key: value for key, value in (run.file_meta() | (said or {})).items() if value is not None}
        held = {"t": run.t, **run.weights, "meta": np.array(json.dumps(kept))} | arrays
        place = tmp_path / "bad.npz"
        np.savez(place, **{name: array for name, array in held.items() if array is not None})
        return place

    return write


TABLES = {
    "not a square": [[0, 1]],
    "entries outside": [[0, 1], [1, 2]],
    "associative": [[0, 1, 2], [1, 0, 2], [2, 2, 0]],
    "no integers": [[0.5, 1.0], [1.0, 0.0]],
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("command", [("derive",), ("verify",), ("simulate", "--out", "{folder}/run.npz")])
def test_a_table_that_is_no_group(
    refuse: Refuse, tmp_path: Path, table: list[list[float]], command: tuple[str, ...]
) -> None:
    np.save(tmp_path / "table.npy", np.array(table))
    arguments = [word.replace("{folder}", str(tmp_path)) for word in command]
    refuse(r"(?i)table|group", *arguments, "--table", tmp_path / "table.npy")


def test_a_table_that_is_no_file(refuse: Refuse, tmp_path: Path) -> None:
    refuse("no multiplication table can be read", "derive", "--table", tmp_path / "none.npy")


def test_weights_of_the_wrong_shape(refuse: Refuse, save: Save) -> None:
    refuse(r"theta doesn't fit the run.*Received: shape", "compare", save(theta=np.zeros((7, 8, 4))))


def test_weights_that_are_not_numbers(refuse: Refuse, save: Save, run: Run) -> None:
    theta = run.weights["theta"].copy()
    theta[0, 3, 1] = np.nan
    for command in ("compare", "predict"):
        refuse(r"theta is not finite.*Received: nan at", command, save(theta=theta))


def test_times_that_do_not_increase(refuse: Refuse, save: Save, run: Run) -> None:
    refuse("the times don't increase", "compare", save(t=run.t[::-1]))


@pytest.mark.parametrize("value", ["nan", "0", "-1", "inf"])
@pytest.mark.parametrize("option", ["--scale", "--logit-scale", "--t-end"])
def test_a_number_that_is_not_positive_and_finite(
    refuse: Refuse, tmp_path: Path, option: str, value: str
) -> None:
    refuse(r"positive and finite", "simulate", "--group", "Z5", option, value, "--out", tmp_path / "run.npz")


@pytest.mark.parametrize("value", ["nan", "0", "-1", "inf"])
@pytest.mark.parametrize("option", ["--tolerance", "--horizon-level"])
def test_a_level_that_is_not_positive_and_finite(
    refuse: Refuse, run_file: Path, option: str, value: str
) -> None:
    refuse(r"must be positive and finite", "compare", run_file, option, value)


def test_a_run_with_pickles(refuse: Refuse, save: Save) -> None:
    for command in ("compare", "predict"):
        refuse("pickled objects", command, save(extra=np.array([{"a": 1}], dtype=object)))


@pytest.mark.parametrize("key", ["t", "xi", "theta", "meta"])
def test_a_run_without_an_array(refuse: Refuse, save: Save, key: str) -> None:
    refuse(rf"bad\.npz: {key} is missing", "compare", save(**{key: None}))


@pytest.mark.parametrize("key", ["activation", "embedding", "constraint", "loss", "logit_scale", "group"])
def test_a_run_whose_meta_lacks_a_key(refuse: Refuse, save: Save, key: str) -> None:
    refuse(rf"meta lacks '{key}'", "compare", save({key: None}))


def test_a_group_that_does_not_fit_the_arrays(refuse: Refuse, save: Save) -> None:
    told = r"Expected: shape \(T, M, n\) = \(7, 8, 7\).*Received: shape \(7, 8, 5\)"
    refuse(told, "compare", save({"group": "Z7"}))


def test_a_group_that_does_not_fit_the_weights(refuse: Refuse, run_file: Path, tmp_path: Path) -> None:
    told = "on another group than.*Expected: Z5 of order 5.*Received: Z7 of order 7"
    refuse(told, "simulate", "--weights", run_file, "--group", "Z7", "--out", tmp_path / "run.npz")


def test_a_file_that_is_no_archive(refuse: Refuse, tmp_path: Path) -> None:
    (tmp_path / "text.npz").write_text("no archive")
    for command in ("compare", "predict"):
        refuse(r"is not an \.npz file", command, tmp_path / "text.npz")
        refuse("can't read .*No such file", command, tmp_path / "none.npz")


UNKNOWN = [
    (("verify", "lotery-ticket"), "unknown claim 'lotery-ticket'.*Try: 'lottery-ticket'"),
    (("verify", "--paper", "2602.16848"), "unknown paper.*Try: '2602.16849'"),
    (("claims", "--paper", "2602.16848"), "unknown paper.*Try: '2602.16849'"),
    (("verify", "--group", "C23"), "unknown group 'C23'.*Try: 'Z23'"),
    (("derive", "--group", "z3xz5"), "unknown group.*Try: 'Z3xZ5'"),
    (("derive", "--activation", "quadratik"), "unknown activation.*Try: 'quadratic'"),
    (("derive", "--embedding", "share"), "unknown embedding.*Try: 'shared'"),
    (("derive", "--constraint", "spere"), "unknown constraint.*Try: 'sphere'"),
    (("derive", "--format", "txt"), "'txt' is not one of 'text', 'latex'"),
    (("derive", "--modes", "k,,2k"), "no modes|a mode can't be read"),
    (("derive", "--task", "x*x"), "the task is not one"),
    (("derive", "--certify", "x"), "Invalid value for '--certify'"),
    (("derive", "--group", "Z5", "--certify", "7"), "another order than the group's"),
    (("derive", "--group", "Z5", "--table", "x.npy"), "name two groups"),
    (("derive", "--activation", "relu", "--embedding", "unshared"), "no finite reduction.*Try: "),
    (("derive", "--activation", "relu", "--modes", "k,2k"), "is no polynomial.*Try: "),
    (("verify", "--seed", "-1"), "seed must be a whole number from 0"),
    (("verify", "--group", "Zp"), "the order of Zp is a symbol.*Try: --group Z23"),
    (("compare",), "Missing argument 'RUN...'"),
    (("predict",), "Missing argument 'WEIGHTS'"),
    (("simulate",), "Missing option '--out'"),
]


@pytest.mark.parametrize(("arguments", "pattern"), UNKNOWN, ids=[" ".join(a) for a, _ in UNKNOWN])
def test_a_name_that_nothing_bears(refuse: Refuse, arguments: tuple[str, ...], pattern: str) -> None:
    refuse(pattern, *arguments)


SIMULATE = [
    (("--method", "flaw"), "unknown method.*Try: 'flow'"),
    (("--init", "idd"), "unknown initialisation.*Try: 'iid'"),
    (("--loss", "means"), "unknown loss.*Try: 'mean'"),
    (("--neurons", "0"), "neurons must be a whole number from 1"),
    (("--seed", "-1"), "the seed must be a whole number from 0"),
    (("--snapshots", "1"), "snapshots must be a whole number from 2"),
    (("--rtol", "1"), "rtol must be a finite number from"),
    (("--method", "sgd"), "descent needs a"),
    (("--method", "sgd", "--steps", "5"), "descent needs a learning rate"),
    (("--learning-rate", "0.1"), "learning_rate is not an option of method 'flow'"),
    (("--group", "Zp"), "the order of Zp is a symbol"),
]


@pytest.mark.parametrize(("options", "pattern"), SIMULATE, ids=[" ".join(o) for o, _ in SIMULATE])
def test_a_training_that_can_not_be(
    refuse: Refuse, tmp_path: Path, options: tuple[str, ...], pattern: str
) -> None:
    group = () if "--group" in options else ("--group", "Z5")
    refuse(pattern, "simulate", *group, *options, "--out", tmp_path / "run.npz")


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", "--json", "{no}/v.json"),
        ("verify", "--json", "{folder}"),
        ("verify", "--out", "{no}/out"),
        ("verify", "--out", "{file}"),
        ("claims", "--json", "{no}/c.json"),
        ("derive", "--json", "{file}/d.json"),
        ("simulate", "--out", "{no}/run.npz"),
        ("simulate", "--out", "{folder}"),
        ("simulate", "--out", "/dev/null"),
        ("compare", "{run}", "--json", "{no}/e.json"),
        ("predict", "{run}", "--json", "{no}/p.json"),
    ],
    ids=" ".join,
)
def test_an_output_that_can_not_be_written_is_refused_before_anything_is_computed(
    refuse: Refuse,
    monkeypatch: pytest.MonkeyPatch,
    run_file: Path,
    tmp_path: Path,
    arguments: tuple[str, ...],
) -> None:
    for work in ("claims.verify", "derivation.derive", "simulation.simulate", "comparison.compare"):
        monkeypatch.setattr(f"odekit.{work}", lambda *_, **__: pytest.fail("it was computed"))
    (tmp_path / "file").write_text("x")
    places = {"no": tmp_path / "no", "folder": tmp_path, "file": tmp_path / "file", "run": run_file}
    refuse(r"can't (write|make)", *(word.format(**places) for word in arguments))
