"""Cells through a cluster: batches out, records back as they come, and no more under way than there is room.

A batch takes about half a second, more with over thirty threads, so that sending it costs little and a
killed machine loses little. Twice as many batches as there are threads are under way, which bounds the
memory and keeps every worker busy. This process alone writes: a record is on the disk before the next
batch goes out.

A study on paper: 10^6 cells of 1 s on 1,000 workers, of which 1,000 s are the least.
`benchmarks/sweep.py` measured on two cores with nothing else to do: 5.1 ms of processor a batch for scheduler
and client in one process (0.8 ms of it in the thread that writes), 1.1 ms a cell, and 1.0 ms of wall time a
cell to put it on the disk. With half a second a batch, which is one cell, the scheduler takes 5,100 s and is
the bottleneck. A batch of 15 s, which is 15 ms for each thread, takes it to 340 s; with 1,100 s for the cells
that is 1,440 s of one processor, and the thread that writes takes (0.8 ms / 15 + 1.0 ms) * 10^6, some
1,050 s. So this process is the bottleneck: about 1,450 s in all, of which a scheduler elsewhere takes the
340 s away. 2,000 batches under way are 30,000 cells in the memory of this process.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any

from odekit.errors import InputError, StoppedEarly
from odekit.extras import require_distributed
from odekit.sweeps.engine.work import run_batch
from odekit.sweeps.plan import NUMERICS, Cell
from odekit.sweeps.store import Record

__all__ = ["stream"]

BATCH_SECONDS = 0.5
SECONDS_A_THREAD = 0.015  # at least, of a batch for each thread, so that the scheduler keeps up with all
MOST_IN_BATCH = 500
UNDER_WAY = 2  # batches for each thread
LOOK = 0.2  # seconds between looks at whether to stop, and at the connection
ASK = 5.0  # seconds between questions of how many workers there are
GROWTH = 4  # a batch holds at most so many times the cells of the one before


def stream(
    client: Any,
    cells: Iterable[Cell],
    folder: Path,
    is_wanted: Callable[[Cell], bool],
    is_stopped: Callable[[], bool],
) -> Iterator[list[Record]]:
    """Records of cells, in the order in which they come.

    Parameters
    ----------
    client: of Dask.
    cells: to compute, taken as there is room.
    folder: of the plan.
    is_wanted: asked before a cell goes out, whether it has to be computed still.
    is_stopped: asked often; once true no more cells go out, and those under way are let go.

    Raises
    ------
    StoppedEarly: the connection to the scheduler is lost.
    InputError: scheduler or workers have no odekit, or one whose numerics are others.
    """
    return _Stream(client, folder).records(iter(cells), is_wanted, is_stopped)


class _Stream:
    """Batches under way, and how large the next one shall be."""

    def __init__(self, client: Any, folder: Path) -> None:
        self._distributed = require_distributed()
        self._client, self._folder = client, folder
        self._under_way: dict[str, tuple[Any, list[Cell]]] = {}
        self._arrived: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._size = 1
        self._threads, self._asked = 1, -ASK
        # Of batches whose workers were killed: to go out each by itself, and with nothing beside it.
        self._again: list[Cell] = []
        self._suspects: list[Cell] = []
        self._alone: Cell | None = None

    def records(
        self, cells: Iterator[Cell], is_wanted: Callable[[Cell], bool], is_stopped: Callable[[], bool]
    ) -> Iterator[list[Record]]:
        wanted = (cell for cell in cells if is_wanted(cell))
        while not is_stopped():
            self._fill(wanted)
            if not self._under_way:
                return
            try:
                key = self._arrived.get(timeout=LOOK)
            except queue.Empty:
                self._check_connection()
                continue
            yield self._received(key)

    def _fill(self, wanted: Iterator[Cell]) -> None:
        self._check_connection()
        while len(self._under_way) < self._room():
            batch = self._next(wanted)
            if not batch:
                return
            future = self._client.submit(run_batch, batch, self._folder, pure=False)
            self._under_way[future.key] = (future, batch)
            future.add_done_callback(lambda done: self._arrived.put(done.key))

    def _next(self, wanted: Iterator[Cell]) -> list[Cell]:
        """What goes out next, or nothing; suspects come last, one when nothing else is under way."""
        if self._again:
            return [self._again.pop()]
        batch = list(islice(wanted, self._size))
        if not batch and self._suspects and not self._under_way:
            self._alone = self._suspects.pop()
            return [self._alone]
        return batch

    def _room(self) -> int:
        """How many batches may be under way, by the threads that there were when it was last asked."""
        if monotonic() > self._asked + ASK:
            try:
                self._threads = max(1, sum(self._client.ncores().values()))
            except OSError as error:
                raise _lost(str(error)) from None
            self._asked = monotonic()
        return UNDER_WAY * self._threads

    def _received(self, key: str) -> list[Record]:
        future, batch = self._under_way.pop(key)
        try:
            records: list[Record] = future.result()
        except self._distributed.KilledWorker:
            return self._of_killed(batch)
        except (OSError, CancelledError) as error:  # no cell's own, whose errors are in its record
            raise _lost(str(error)) from None
        except Exception as error:
            self._check_connection()
            # What Dask raises where a batch can't be unpacked.
            if isinstance(error, ImportError | RuntimeError):
                raise _another_odekit(f"{type(error).__name__}: {error}") from error
            raise
        for record in records:
            if record.identity["numerics"] != NUMERICS:
                raise _another_odekit(record.identity["numerics"])
        seconds = sum(record.seconds for record in records) / len(records)
        length = max(BATCH_SECONDS, SECONDS_A_THREAD * self._threads)
        fitting = length / max(seconds, length / MOST_IN_BATCH)
        self._size = max(1, min(int(fitting), GROWTH * self._size))
        return records

    def _of_killed(self, batch: list[Cell]) -> list[Record]:
        """Cells whose workers died several times: each again by itself, then with nothing beside it.

        Dask counts a death against all that the worker held, so that only the last tells whose fault it is.
        """
        if len(batch) > 1:
            self._again += batch
            return []
        if batch[0] is not self._alone:
            self._suspects += batch
            return []
        error = "every worker that took it was killed, perhaps for want of memory, or fell silent"
        return [Record.of(batch[0], error=error)]

    def _check_connection(self) -> None:
        if self._client.status != "running":
            raise _lost(f"one that is {self._client.status}")


def _lost(received: str) -> StoppedEarly:
    return StoppedEarly(
        "the connection to the Dask scheduler is lost",
        received=received,
        hint="start a scheduler, and the same command again",
    )


def _another_odekit(received: str) -> InputError:
    return InputError(
        "scheduler or workers don't have the same odekit as this program",
        expected=NUMERICS,
        received=received,
        hint="the same versions of odekit, with the extra 'sweep', and of its libraries wherever Dask runs",
    )
