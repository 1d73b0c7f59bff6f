"""A small sweep to disturb: its plan, what it gives undisturbed, and the program as a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil
import pytest

from odekit.sweeps import read_plan
from odekit.sweeps.engine import run_batch
from odekit.sweeps.results import gathered
from odekit.sweeps.store import Store

PLAN = """
[sweep]
task = "simulate"
seed = 5
seeds = 20
[grid]
group = ["Z7", "S3"]
neurons = 16
scale = 0.1
"""
CELLS = 40
LOOK = 0.02  # seconds between looks at a process
LONGEST = 900.0  # of a start, on a machine that is busy with other things


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The table of the plan, computed in this process without Dask, one cell after the other."""
    folder = tmp_path_factory.mktemp("undisturbed")
    (folder / "plan.toml").write_text(PLAN)
    plan = read_plan(folder / "plan.toml")
    store = Store(folder / "out")
    store.write(run_batch(list(plan), folder))
    return gathered(plan, store).table.read_bytes()


class Drill:
    """The sweep as processes, and what disturbs them.

    Parameters
    ----------
    folder: of the plan and of its results.
    undisturbed: the table as it has to be.
    """

    cells = CELLS

    def __init__(self, folder: Path, undisturbed: bytes) -> None:
        self.plan, self.out, self.undisturbed = folder / "plan.toml", folder / "out", undisturbed
        self.plan.write_text(PLAN)
        self._started: list[subprocess.Popen[str]] = []

    def start(self, *options: str, out: Path | None = None, **environment: str) -> subprocess.Popen[str]:
        """Start the sweep as a process, which doesn't outlive the test."""
        words = ["sweep", str(self.plan), "--out", str(out or self.out), *options]
        process = subprocess.Popen(
            [sys.executable, "-m", "odekit.cli", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "COLUMNS": "400", **environment},
        )
        self._started.append(process)
        return process

    def close(self) -> None:
        """Leave no process behind."""
        for process in self._started:
            if process.poll() is None:
                process.kill()
                process.communicate()

    def ended(self, process: subprocess.Popen[str], longest: float = LONGEST) -> tuple[int, str, str]:
        """Exit code, standard output and standard error of a process that ends by itself."""
        out, err = process.communicate(timeout=longest)
        return process.returncode, out, err

    def killed(self, process: subprocess.Popen[str]) -> None:
        """SIGKILL."""
        process.kill()
        process.communicate(timeout=LONGEST)

    def files(self, out: Path | None = None) -> dict[str, int]:
        """The time of the last change of every cell's file."""
        found = (out or self.out).glob("cells/*/*.json")
        return {file.name: file.stat().st_mtime_ns for file in found}

    def waited(
        self, process: subprocess.Popen[str], count: int, seconds: float = 0.0, look: float = LOOK
    ) -> bool:
        """Wait until so many cells are finished, and so many seconds more; whether the process still runs.

        Looking at each file of a thousand every so often takes time from the sweep.
        """
        for _ in range(int(LONGEST / look)):
            if len(self.files()) >= count or process.poll() is not None:
                break
            _pass(process, look)
        _pass(process, seconds)
        return process.poll() is None

    def workers(self, process: subprocess.Popen[str]) -> list[psutil.Process]:
        """The processes of the local cluster's workers."""
        try:
            children = psutil.Process(process.pid).children(recursive=True)
            return [child for child in children if "spawn_main" in " ".join(child.cmdline())]
        except psutil.Error:
            return []

    def check_table(self, out: Path | None = None) -> None:
        """The table is that of an undisturbed run, bit for bit."""
        assert ((out or self.out) / "table.csv").read_bytes() == self.undisturbed

    def check_whole(self, out: Path | None = None) -> None:
        """Every file of a cell is what was written, and nothing lies there but what was begun when killed."""
        store = Store(out or self.out)
        keys = store.keys()
        assert all(store.read(key).key == key for key in keys)
        there = [file.name for file in (store.folder / "cells").rglob("*") if file.is_file()]
        assert len(keys) == len([name for name in there if not (name[0] == "." and name.endswith(".tmp"))])

    @staticmethod
    def generator(seed: int) -> np.random.Generator:
        """Of the moments at which something happens."""
        return np.random.default_rng([20, seed])

    @staticmethod
    @contextmanager
    def dask_cluster(workers: int = 2) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
        """A scheduler and workers as processes of their own, on loopback: the address, and the scheduler."""
        port = _free_port()
        address = f"tcp://127.0.0.1:{port}"
        commands: Sequence[Sequence[str]] = (
            ("dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"),
            *(
                ("dask_worker", address, "--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard")
                for _ in range(workers)
            ),
        )
        running = [
            subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{command[0]}", *command[1:]],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for command in commands
        ]
        try:
            yield address, running[0]
        finally:
            for process in reversed(running):
                for child in psutil.Process(process.pid).children(recursive=True):
                    child.kill()
                process.kill()
                process.wait()

    @staticmethod
    @contextmanager
    def small_disk(folder: Path, options: str) -> Iterator[Path]:
        """A file system of its own; the test is skipped where none can be mounted."""
        folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
            pytest.skip("no file system can be mounted here")
        try:
            yield folder
        finally:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def drill(tmp_path: Path, undisturbed: bytes) -> Iterator[Drill]:
    """The sweep, and what disturbs it."""
    found = Drill(tmp_path, undisturbed)
    yield found
    found.close()


def _pass(process: subprocess.Popen[str], seconds: float) -> None:
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
