"""The program in this process, and runs for it to read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from odekit.cli.program import program
from odekit.networks import Network
from odekit.simulation import Run, simulate


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A screen on which no line is folded."""
    monkeypatch.setenv("COLUMNS", "400")


@pytest.fixture
def invoke() -> Callable[..., Result]:
    """Call the program with arguments, as the shell does."""
    return lambda *arguments: CliRunner().invoke(program, [str(argument) for argument in arguments])


@pytest.fixture(scope="session")
def run() -> Run:
    """Eight neurons on Z5, trained by gradient flow to half of their blow-up."""
    return simulate(Network("Z5", neurons=8), seed=3, scale=0.02, t_end=60.0, snapshots=7)


@pytest.fixture(scope="session")
def run_file(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run in a file."""
    return run.save(tmp_path_factory.mktemp("runs") / "run.npz")
