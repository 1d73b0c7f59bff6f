"""sweep: every cell of a plan once, whatever happens on the way, and one table of what came of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from odekit.arguments import expect, expect_functions, flag
from odekit.errors import FileError, InputError, StoppedEarly
from odekit.limits import processors
from odekit.numbers import integer
from odekit.sweeps.engine import connected, stream
from odekit.sweeps.plan import Cell, Plan, read_plan
from odekit.sweeps.results import Results, check_table, gathered
from odekit.sweeps.store import DamagedError, Store

__all__ = ["State", "Sweep", "sweep"]

MOST_WORKERS = 1024


@dataclass
class State:
    """How far a sweep is, told on the way.

    Parameters
    ----------
    total: cells of the plan.
    kept: those that an earlier start has finished, or another process.
    done: those that this one has.
    failed: of these two, those that could not be computed.
    damaged: keys of cells whose files were not what was written, and that are computed again.
    seconds: of computing, on all workers, of what this start has done.
    """

    total: int
    kept: int = 0
    done: int = 0
    failed: int = 0
    damaged: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def missing(self) -> int:
        """Cells that are still to come."""
        return self.total - self.kept - self.done


@dataclass(frozen=True)
class Sweep:
    """A sweep that has ended.

    Parameters
    ----------
    plan: what was asked.
    folder: where its cells and its table are.
    state: how many cells were computed, kept, and have failed.
    results: rows, summary and labelled arrays.
    """

    plan: Plan
    folder: Path
    state: State
    results: Results


def sweep(
    plan: Plan | str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    scheduler: str | None = None,
    workers: int | None = None,
    retry_failed: bool = False,
    on_progress: Callable[[State], None] | None = None,
    is_stopped: Callable[[], bool] | None = None,
) -> Sweep:
    """Compute what a plan asks for and a folder doesn't hold yet, and gather it in one table.

    Parameters
    ----------
    plan: of `read_plan`, or its file.
    out: the sweep's folder; the same one again goes on where an earlier start ended, whichever way. A cell is
        known by what determines it, so that a changed plan keeps what is still valid.
    scheduler: address of a running Dask scheduler, or None for a cluster on this machine.
    workers: processes of the cluster on this machine, without a scheduler; by default one a processor. Each
        imports the program that calls this, which therefore has to call it below
        ``if __name__ == "__main__":``, as all that starts processes.
    retry_failed: whether cells that failed are computed again.
    on_progress: called whenever cells have come, with how far the sweep is.
    is_stopped: asked often; once true the sweep ends in good order.

    Returns
    -------
    sweep: with its results; ``table.csv`` or ``table.parquet``, ``summary.json`` and ``figures`` are in the
        folder.

    Raises
    ------
    StoppedEarly: told to stop, or the scheduler is gone; what is finished is kept.
    FileError: a folder that can't be written, or holds something else.
    InputError: a plan that asks for what there isn't, or no scheduler at the address.
    MissingExtraError: distributed is not installed, or pyarrow for a table in Parquet.
    """
    expect(scheduler is None or isinstance(scheduler, str), "the scheduler is no address", "text", scheduler)
    if workers is not None:
        workers = integer(workers, "the number of workers", 1, MOST_WORKERS)
        if scheduler is not None:
            raise InputError(
                "workers are counted on this machine alone",
                expected="a scheduler or a number of workers, not both",
                received=f"{workers} workers, and {scheduler}",
            )
    expect_functions(on_progress, is_stopped)
    retry_failed = flag(retry_failed, "retry_failed")
    store = Store(out)
    chosen = plan if isinstance(plan, Plan) else read_plan(plan)
    check_table(chosen)  # now, and not after all that is to be computed
    run = _Start(chosen, store, retry_failed)
    run.compute(scheduler, workers, on_progress or _nothing, is_stopped or _never)
    return Sweep(chosen, run.store.folder, run.state, gathered(chosen, run.store))


class _Start:
    """One start of a sweep."""

    def __init__(self, plan: Plan, store: Store, retry_failed: bool) -> None:
        self.plan, self.store = plan, store
        self.state = State(len(plan))
        self._retry_failed = retry_failed
        self._again: set[str] = set()

    def compute(
        self,
        scheduler: str | None,
        workers: int | None,
        on_progress: Callable[[State], None],
        is_stopped: Callable[[], bool],
    ) -> None:
        """Compute the missing cells.

        Raises
        ------
        StoppedEarly: some are missing still.
        """
        self.store.describe(self.plan)
        with self.store.shared() as is_shared:
            try:
                missing = self._missing(is_stopped)
                on_progress(self.state)
                # Of two processes on one folder the second begins at the other end.
                cells = map(self.plan.cell, reversed(missing) if is_shared else missing)
                if missing and not is_stopped():
                    # No more processes than there is work for.
                    count = min(workers or processors(), len(missing))
                    with connected(scheduler, count) as client:
                        self._stream(client, cells, on_progress, is_stopped)
            except FileError as error:
                raise FileError(f"{error} {self._told()}") from error
            except StoppedEarly as error:
                raise StoppedEarly(f"{error} {self._told()}") from None
        if self.state.missing:
            raise StoppedEarly(f"the sweep was stopped. {self._told()}")

    def _stream(
        self,
        client: object,
        cells: Iterator[Cell],
        on_progress: Callable[[State], None],
        is_stopped: Callable[[], bool],
    ) -> None:
        for records in stream(client, cells, self.plan.folder, self._is_wanted, is_stopped):
            self.store.write(records)
            self.state.done += len(records)
            self.state.failed += sum(record.is_failed for record in records)
            self.state.seconds += sum(record.seconds for record in records)
            on_progress(self.state)

    def _missing(self, is_stopped: Callable[[], bool]) -> list[int]:
        """Places of the cells to compute; what the folder holds is read, so that damage is found."""
        there = self.store.keys()
        places = []
        for place, cell in enumerate(self.plan):
            if is_stopped():
                raise StoppedEarly("the sweep was stopped while it read the folder, not yet all of it.")
            if cell.key not in there or not self._is_kept(cell.key):
                places.append(place)
        return places

    def _is_kept(self, key: str) -> bool:
        """Whether the file of a cell stays as it is; it is counted then."""
        try:
            record = self.store.read(key)
        except DamagedError:
            self.state.damaged.append(key)
            self._again.add(key)
            return False
        if record.is_failed and self._retry_failed:
            self._again.add(key)
            return False
        self.state.kept += 1
        self.state.failed += record.is_failed
        return True

    def _is_wanted(self, cell: Cell) -> bool:
        """Whether no other process has finished the cell meanwhile."""
        return cell.key in self._again or not self.store.has(cell.key) or not self._is_kept(cell.key)

    def _told(self) -> str:
        finished, damaged = self.state.kept + self.state.done, len(self.state.damaged)
        found = f"; {damaged:,} files were damaged, and their cells are computed again" if damaged else ""
        return (
            f"{finished:,} of {self.state.total:,} cells are finished and kept in {self.store.folder}{found}"
            "; the same command goes on from there"
        )


def _nothing(state: State) -> None:
    """Tell nobody."""


def _never() -> bool:
    return False
