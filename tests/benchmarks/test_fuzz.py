"""The fuzzer: each rule has a bad target that it must complain of, and each target passes in a short form."""

from __future__ import annotations

import ctypes
import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from odekit.errors import InputError

ROOT = Path(__file__).resolve().parents[2]
FUZZ = ROOT / "benchmarks" / "fuzz"
NAMES = (
    *(
        "runs",
        "tensors",
        "cells",
        "answers",
        "tables",
        "trajectories-npz",
        "trajectories-csv",
        "trajectories-parquet",
        "systems",
    ),
    *("checks", "claims", "plans", "formulas", "activations", "program"),
)
SMALL = 30

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the judge reads /proc")


def answer(path: Path) -> None:
    path.read_bytes()


def refuse(path: Path) -> None:
    raise InputError("no good")


def break_down(path: Path) -> None:
    raise KeyError("theta")


def warn(path: Path) -> None:
    warnings.warn("overflow", RuntimeWarning, stacklevel=1)


def take_long(path: Path) -> None:
    start = time.process_time()
    while time.process_time() - start < 0.55:
        pass


def take_much(path: Path) -> None:
    b"x".ljust(150_000_000)  # touched once, so that no machine takes half a second for it


def write_beside(path: Path) -> None:
    (path.parent.parent / "escaped").write_text("x")


def write_here(path: Path) -> None:
    path.with_name("result").write_text("x")


def take_away(path: Path) -> None:
    os.remove(path)


def make_a_folder(path: Path) -> None:
    os.mkdir(path.parent.parent / "new")


def execute(path: Path) -> None:
    exec(path.read_text())


def evaluate_inside(path: Path) -> None:
    exec("def inner():\n    return odekit_canary")


def run_as_module(path: Path) -> None:
    path.with_suffix(".py")
    exec(compile("x = 1", str(path.resolve()), "exec"))


def unpickle(path: Path) -> None:
    pickle.loads(pickle.dumps(Path))


def call_the_shell(path: Path) -> None:
    os.system("true")


def call_the_shell_in_secret(path: Path) -> None:
    try:
        os.system("true")
    except BaseException:
        raise InputError("no good") from None


def start_a_program(path: Path) -> None:
    subprocess.run(["true"], check=False)


def ask_a_host(path: Path) -> None:
    socket.socket()


BAD: list[tuple[Callable[[Path], None], str, str]] = [
    (break_down, "error", "KeyError: 'theta'"),
    (warn, "error", "RuntimeWarning: overflow"),
    (take_long, "time", "took 0."),
    (take_much, "memory", "GB"),
    (write_beside, "file", "escaped"),
    (write_here, "file", "result"),
    (take_away, "file", "os.remove"),
    (make_a_folder, "file", "os.mkdir"),
    (execute, "executed", "executes <string>"),
    (evaluate_inside, "executed", "executes <string>"),
    (run_as_module, "executed", "input.txt"),
    (unpickle, "executed", "unpickles pathlib"),
    (call_the_shell, "executed", "os.system"),
    (call_the_shell_in_secret, "executed", "os.system"),
    (start_a_program, "executed", "subprocess.Popen"),
    (ask_a_host, "executed", "socket"),
]


@pytest.fixture
def complain(tmp_path: Path) -> Callable[..., object]:
    from judge import Judge

    judge = Judge(tmp_path, seconds=0.5, bytes=1e8)
    return lambda given, **named: judge.complaint(given, b"odekit_canary = 1", "input.txt", **named)


@pytest.mark.parametrize("given", [answer, refuse])
def test_what_is_answered_or_refused_passes(
    complain: Callable[..., object], given: Callable[[Path], None]
) -> None:
    assert complain(given) is None


@pytest.mark.parametrize(("given", "rule", "told"), BAD, ids=[given.__name__ for given, *_ in BAD])
def test_every_rule_is_broken_by_something(
    complain: Callable[..., object], given: Callable[[Path], None], rule: str, told: str
) -> None:
    complaint = complain(given)
    assert (complaint.rule, told in complaint.what) == (rule, True), complaint


def test_an_output_folder_may_be_written_and_nothing_else(complain: Callable[..., object]) -> None:
    assert complain(write_here, writes=True) is None
    assert complain(write_beside, writes=True).rule == "file"


def test_a_file_that_appears_unheard_is_seen(complain: Callable[..., object], tmp_path: Path) -> None:
    library = ctypes.CDLL(None)
    place = os.fsencode(tmp_path / "left")
    complaint = complain(lambda path: library.mkdir(place, 0o700))
    assert (complaint.rule, "left" in complaint.what) == ("file", True)


HANGING = """
import sys
sys.path[:0] = [{fuzz!r}, {root!r}]
from pathlib import Path
from judge import Judge
def forever(path):
    while True:
        try:
            while True: pass
        except BaseException: pass
Judge(Path({folder!r}), seconds=0.1).complaint(forever, b"", "input.txt")
"""


def test_what_never_ends_is_ended_with_its_process_and_named(tmp_path: Path) -> None:
    from judge import death

    script = HANGING.format(fuzz=str(FUZZ), root=str(ROOT), folder=str(tmp_path))
    code = subprocess.run([sys.executable, "-c", script], check=False).returncode
    assert code == -signal.SIGPROF
    assert "hangs" in death(code)
    assert "ends the process" in death(-signal.SIGSEGV)
    assert death(0) == ""


def inputs(name: str, count: int) -> Iterator[bytes]:
    """Seeds of a target, and each changed once."""
    from doors import TARGETS
    from mutations import of_bytes

    generator = np.random.default_rng(7)
    seeds = list(TARGETS[name].seeds(generator))
    for place in generator.permutation(len(seeds))[: count // 2]:
        yield seeds[place]
        try:
            yield TARGETS[name].mutate(seeds[place], generator)
        except Exception:
            yield of_bytes(seeds[place], generator)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_target_answers_or_refuses(name: str, tmp_path: Path) -> None:
    from doors import TARGETS
    from judge import Judge

    assert set(NAMES) == set(TARGETS)
    target, judge = TARGETS[name], Judge(tmp_path)
    beside = target.beside()
    for content in inputs(name, SMALL):
        assert judge.complaint(target.answer, content, target.file, target.writes, beside) is None


@pytest.mark.slow
def test_the_program_is_kept_from_long_work() -> None:
    from words import cheap

    assert cheap(["verify", "lottery-ticket"]) is None
    assert cheap(["predict", "run.npz", "--to-the-end"]) is None
    assert cheap(["simulate", "--out", "/etc/x.npz"]) is None
    assert cheap(["simulate", "--neurons=5000", "--out", "a.npz"])[1] == "--neurons=4"
    assert cheap(["simulate", "--neurons", "9" * 40])[2] == "9" * 40
    assert cheap(["claims", "--paper", "x"]) == ["claims", "--paper", "x"]


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["random", "atheris"])
def test_the_command_finds_what_is_broken_and_shows_it_again(tmp_path: Path, engine: str) -> None:
    if engine == "atheris" and find_spec("atheris") is None:
        pytest.skip("atheris is not installed")
    (tmp_path / "sitecustomize.py").write_text(BROKEN)
    words = [sys.executable, str(FUZZ), "--target", "trajectories-csv", "--engine", engine]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    result = subprocess.run(
        [*words, "--inputs", "250", "--out", str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1, result.stdout + result.stderr
    assert "KeyError" in result.stdout
    told = json.loads((tmp_path / "trajectories-csv" / "findings.jsonl").read_text().splitlines()[0])
    assert told["rule"] == "error"
    replay = [*words[:2], "--replay", told["file"], "--target", "trajectories-csv"]
    again = subprocess.run(replay, env=environment, capture_output=True, text=True, check=False)
    assert (again.returncode, "KeyError" in again.stdout) == (1, True)


BROKEN = """
import io, csv
real = csv.reader
def broken(lines):
    rows = list(real(lines))
    if rows and "2.5" in rows[-1]: raise KeyError("planted")
    if len(rows) == 2: raise KeyError("planted")
    return iter(rows)
csv.reader = broken
"""
