"""What will a plan take? By the seconds of its finished cells, or of a few that are tried."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from odekit.errors import LimitError
from odekit.limits import bounded
from odekit.sweeps.engine import run_batch
from odekit.sweeps.plan import Cell, Plan
from odekit.sweeps.store import DamagedError, Record, Store, read_index

__all__ = ["Estimate", "estimated"]

TRIED = 4  # cells, evenly through the plan
LONGEST = 15.0  # seconds that one of them may take


@dataclass(frozen=True)
class Estimate:
    """What a plan takes.

    Parameters
    ----------
    total, finished, failed: cells of the plan; finished ones are in the folder, failed ones among them.
    seconds: of one cell on one processor, about; infinite where one that was tried took too long.
    measured: on how many cells.
    error: why one that was tried could not be computed, or empty.
    """

    total: int
    finished: int
    failed: int
    seconds: float
    measured: int
    error: str = ""

    def hours(self, threads: int) -> float:
        """Of all that is missing, on so many processors."""
        return (self.total - self.finished) * self.seconds / threads / 3600


def estimated(plan: Plan, folder: Path) -> Estimate:
    """What is missing of a plan takes so long; nothing is written.

    Parameters
    ----------
    plan: of cells.
    folder: of the sweep, which needn't exist.

    Raises
    ------
    FileError: the folder can't be read, holds something else, or is of a newer odekit.
    """
    known = list(_finished(plan, Store(folder)))
    failed = sum(is_failed for is_failed, _ in known)
    finished = [seconds for is_failed, seconds in known if not is_failed]
    if finished:
        return Estimate(len(plan), len(known), failed, float(np.mean(finished)), len(finished))
    places = sorted({*np.linspace(0, len(plan) - 1, TRIED).astype(int).tolist()})
    try:
        records = [_tried(plan.cell(place), plan.folder) for place in places]
    except LimitError:
        return Estimate(len(plan), len(known), failed, float("inf"), 1)
    error = next((record.error for record in records if record.is_failed), "")
    mean = float(np.mean([record.seconds for record in records]))
    return Estimate(len(plan), len(known), failed, mean, len(records), error)


def _finished(plan: Plan, store: Store) -> Iterator[tuple[bool, float]]:
    """Whether it failed, and its seconds, of each cell that has a file; read where no index tells of it."""
    entries, there = read_index(store.folder), store.keys()
    for key in (cell.key for cell in plan):
        if key in there and key in entries:
            yield entries[key]["failed"], entries[key]["seconds"]
        elif key in there:
            with suppress(DamagedError):
                record = store.read(key)
                yield record.is_failed, record.seconds


@bounded("a cell of the plan", LONGEST)
def _tried(cell: Cell, folder: Path) -> Record:
    return run_batch([cell], folder)[0]
