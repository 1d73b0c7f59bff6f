"""The program as the shell sees it: streams apart, exit codes, no traceback, no noise from broken pipes."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import odekit

HOME = str(Path(odekit.__file__).parents[1])
ENVIRONMENT = os.environ | {"PYTHONPATH": HOME}
PROGRAM = (sys.executable, "-W", "error", "-m", "odekit.cli")


def shell(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [*PROGRAM, *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_from_a_run_to_a_verdict(tmp_path: Path) -> None:
    options = ("--group", "Z5", "--neurons", 8, "--seed", 3, "--t-end", 60, "--snapshots", 7)
    made = shell("simulate", *options, "--out", "run.npz", cwd=tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    compared = shell("compare", "run.npz", "--json", "-", cwd=tmp_path)
    assert compared.returncode == 0, compared.stderr
    assert json.loads(compared.stdout)["runs"][0]["outcome"] == "confirmed"
    assert "compared run.npz" in compared.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run.npz"]


@pytest.mark.slow
def test_a_mistake_is_one_line_on_standard_error(tmp_path: Path) -> None:
    result = shell("predict", "none.npz", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "Error: can't read none.npz. Received: No such file or directory.\n"


@pytest.mark.slow
def test_no_colours_reach_a_file(tmp_path: Path) -> None:
    result = shell("claims", cwd=tmp_path)
    assert result.returncode == 0
    assert "\x1b" not in result.stdout


@pytest.mark.slow
def test_what_a_stream_can_not_encode_becomes_question_marks(tmp_path: Path) -> None:
    result = subprocess.run(
        [*PROGRAM, "claims"],
        cwd=tmp_path,
        env=ENVIRONMENT | {"PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert "?????" in result.stdout


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals and pipes of POSIX")
def test_a_reader_who_leaves_is_no_error(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        result = subprocess.run(
            [*PROGRAM, "claims"],
            cwd=tmp_path,
            env=ENVIRONMENT,
            stdout=write,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(write)
    assert (result.returncode, result.stderr) == (141, "")


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals and pipes of POSIX")
def test_an_interruption_is_clean(tmp_path: Path) -> None:
    options = "--group Z31 --task x-y --method sgd --learning-rate 1e-3 --steps 100000000 --out run.npz"
    with subprocess.Popen(
        [*PROGRAM, "simulate", *options.split()],
        cwd=tmp_path,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("Warning: a shared embedding"), "training begins soon"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "stopped by Ctrl-C" in err
    assert "Traceback" not in err
    # What a training has come to is kept, if it has begun.
    files = {path.name for path in tmp_path.iterdir()}
    assert files == ({"run.npz", "run.npz.checkpoint"} if out else set())


@pytest.mark.long
@pytest.mark.parametrize("closed", ["2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_error_and_no_file_takes_their_place(tmp_path: Path, closed: str) -> None:
    (tmp_path / "plan.toml").write_text('sweep.task = "predict"\ngrid = {group = "Z5", neurons = 4}')
    program = " ".join(map(shlex.quote, PROGRAM))
    for command in ("claims --json claims.json", "sweep plan.toml --workers 1"):
        ended = subprocess.run(
            f"{program} {command} {closed}", shell=True, cwd=tmp_path, env=ENVIRONMENT, check=False
        )
        assert ended.returncode == 0
    json.loads((tmp_path / "claims.json").read_text())
    json.loads((tmp_path / "plan-sweep" / "summary.json").read_text())
