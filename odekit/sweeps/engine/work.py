"""What a worker does: the cells of a batch, one after the other, each answered whatever happens in it."""

from __future__ import annotations

import os
import platform
import signal
import threading
import time
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import scipy
from threadpoolctl import threadpool_limits

from odekit._version import __version__
from odekit.errors import FileError, OdekitError, told
from odekit.sweeps.plan import Cell
from odekit.sweeps.store import Record
from odekit.sweeps.tasks import digest, task_named

__all__ = ["dask_setup", "run_batch", "run_cell"]

STANDARD_OUTPUT, STANDARD_ERROR = 1, 2
LONGEST = 10_000  # letters of text in a row, or of the reason why there is none


_ONE_AT_A_TIME = threading.Lock()


def dask_setup(worker: Any) -> None:
    """Leave Ctrl-C, and standard output, to the program that started the sweep.

    Dask calls this when a worker begins. What a claim of the user's prints goes to standard error.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.dup2(STANDARD_ERROR, STANDARD_OUTPUT)


def run_batch(cells: Sequence[Cell], folder: Path) -> list[Record]:
    """The records of some cells, computed with one thread of the linear algebra's.

    Within a process one batch is computed at a time: that limit, and what is said of warnings, are the
    process's. A worker with several threads is therefore no faster than one with a single thread.

    Parameters
    ----------
    cells: of a plan.
    folder: of the plan, from which paths lead.
    """
    with _ONE_AT_A_TIME, threadpool_limits(limits=1):
        return [run_cell(cell, folder) for cell in cells]


def run_cell(cell: Cell, folder: Path) -> Record:
    """The record of a cell; one that can't be computed says why.

    Parameters
    ----------
    cell, folder: see `run_batch`.
    """
    start = time.perf_counter()
    rows: Sequence[Mapping[str, Any]] = ()
    error = ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            _check_sources(cell, folder)
            task = task_named(cell.task)
            found = task.run(task.settings.model_validate(dict(cell.settings)), cell.seed, folder)
            rows = [{name: _short(value) for name, value in row.items()} for row in found]
        except BaseException as failure:  # a claim of the user's may do anything
            if _is_from_outside(failure):
                raise
            error = _short(str(failure) if isinstance(failure, OdekitError) else told(failure))
    seconds = time.perf_counter() - start
    return Record.of(cell, rows=rows, error=error, seconds=seconds, made_with=_made_with())


def _is_from_outside(failure: BaseException) -> bool:
    """Whether it is Ctrl-C or the end of the time that a cell may take; workers compute in other threads."""
    is_main = threading.current_thread() is threading.main_thread()
    return is_main and not isinstance(failure, Exception | SystemExit)


def _short(value: Any) -> Any:
    is_long = isinstance(value, str) and len(value) > LONGEST
    return f"{value[:LONGEST]} ..." if is_long else value


def _check_sources(cell: Cell, folder: Path) -> None:
    """Refuse files that are not those which the plan was read with.

    Raises
    ------
    FileError: one has changed, or can't be read here.
    """
    for name, known in cell.sources.items():
        if digest(folder / name) != known:
            raise FileError(
                f"{folder / name} is not what the plan was read with",
                expected="the same content on every machine, until the sweep has ended",
                hint="the same command again, which reads it anew",
            )


def _made_with() -> dict[str, str]:
    return {
        "odekit": __version__,
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
    }
