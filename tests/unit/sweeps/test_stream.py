"""The stream of batches, by a client made up: their sizes and number, and what is killed or lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from itertools import count
from pathlib import Path
from typing import Any

import distributed
import pytest

from odekit.errors import InputError, StoppedEarly
from odekit.sweeps import Cell, Plan
from odekit.sweeps.engine import run_batch, stream
from odekit.sweeps.store import Record

From = Callable[..., Plan]

Answer = Callable[[Sequence[Cell]], list[Record]]


class Future:
    """A batch that went out; its answer is computed when it is asked for."""

    def __init__(self, key: str, batch: Sequence[Cell], answer: Answer) -> None:
        self.key, self.batch, self._answer = key, batch, answer
        self._callbacks: list[Callable[[Future], None]] = []

    def add_done_callback(self, callback: Callable[[Future], None]) -> None:
        self._callbacks.append(callback)

    def finish(self) -> None:
        for callback in self._callbacks:
            callback(self)

    def result(self) -> list[Record]:
        return self._answer(self.batch)


class Client:
    """A cluster of some threads, which finishes a batch when it is told to."""

    def __init__(self, answer: Answer, threads: int = 1, status: str = "running") -> None:
        self.answer, self.threads, self.status = answer, threads, status
        self.sizes: list[int] = []
        self.most = 0
        self.out: list[Future] = []
        self._keys = count()

    def ncores(self) -> dict[str, int]:
        return {f"worker {place}": 1 for place in range(self.threads)}

    def submit(self, function: Any, batch: Sequence[Cell], folder: Path, pure: bool) -> Future:
        assert function is run_batch
        assert not pure
        future = Future(f"batch-{next(self._keys)}", batch, self.answer)
        self.sizes.append(len(batch))
        self.out.append(future)
        self.most = max(self.most, len(self.out))
        return future

    def finish_oldest(self) -> None:
        if self.out:
            self.out.pop(0).finish()


def answered(seconds: float) -> Answer:
    return lambda batch: [Record.of(cell, rows=[{}], seconds=seconds) for cell in batch]


def killing(*bad: int) -> Answer:
    """An answer for all batches but those that hold the bad places."""

    def answer(batch: Sequence[Cell]) -> list[Record]:
        if any(cell.replicate in bad for cell in batch):
            raise distributed.KilledWorker("batch", None, 3)
        return answered(0.001)(batch)

    return answer


def every(cell: Cell) -> bool:
    return True


def streamed(
    client: Client,
    cells: Iterable[Cell],
    is_wanted: Callable[[Cell], bool] = every,
    stop_after: float = float("inf"),
) -> Iterator[list[Record]]:
    """Records as they come; each look at whether to stop lets a batch finish."""
    looks = count()

    def is_stopped() -> bool:
        client.finish_oldest()
        return next(looks) >= stop_after

    return stream(client, cells, Path("."), is_wanted, is_stopped)


@pytest.fixture
def cells(plan_from: From) -> list[Cell]:
    return [*plan_from('sweep.task = "predict"\nsweep.seeds = 400\ngrid.group = "Z5"')]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting for what doesn't come."""
    monkeypatch.setitem(stream.__globals__, "LOOK", 0.001)


def keys(batches: Iterable[Sequence[Record]]) -> list[str]:
    return [record.key for batch in batches for record in batch]


def test_every_cell_comes_once(cells: list[Cell]) -> None:
    found = keys(streamed(Client(answered(0.01), threads=3), cells))
    assert sorted(found) == sorted(cell.key for cell in cells)


def test_batches_grow_at_most_fourfold_up_to_half_a_second(cells: list[Cell]) -> None:
    client = Client(answered(0.01))
    assert len(keys(streamed(client, cells))) == len(cells)
    assert client.sizes[0] == 1
    assert all(after <= 4 * max(client.sizes[:place]) for place, after in enumerate(client.sizes) if place)
    assert max(client.sizes) == 50
    assert sum(client.sizes) == len(cells)


def test_long_cells_go_one_by_one_and_tiny_ones_at_most_five_hundred_at_once(plan_from: From) -> None:
    text = 'sweep.task = "predict"\nsweep.seeds = {}\ngrid.group = "Z5"'
    slow, fast = Client(answered(60.0)), Client(answered(0.0))
    assert len(keys(streamed(slow, plan_from(text.format(10))))) == 10
    assert {*slow.sizes} == {1}
    assert len(keys(streamed(fast, plan_from(text.format(3000))))) == 3000
    assert max(fast.sizes) == 500


@pytest.mark.parametrize("threads", [1, 4])
def test_twice_as_many_batches_are_under_way_as_there_are_threads(cells: list[Cell], threads: int) -> None:
    client = Client(answered(60.0), threads)
    taken = []
    batches = streamed(client, (taken.append(cell.key) or cell for cell in cells[:40]))  # type: ignore[func-returns-value]
    next(batches)
    assert client.most == 2 * threads
    assert len(taken) == 2 * threads, "cells are taken as there is room, no earlier"
    assert len(keys(batches)) == 39
    assert client.most == 2 * threads


def test_a_cluster_without_workers_is_given_something_to_begin_with(cells: list[Cell]) -> None:
    client = Client(answered(1.0), threads=0)
    assert len(keys(streamed(client, cells[:5]))) == 5
    assert client.most == 2


def test_what_is_not_wanted_does_not_go_out(cells: list[Cell]) -> None:
    client = Client(answered(0.01))
    found = keys(streamed(client, cells, is_wanted=lambda cell: cell.replicate % 2 == 0))
    assert sorted(found) == sorted(cell.key for cell in cells if cell.replicate % 2 == 0)
    assert keys(streamed(client, [])) == []


def test_a_killed_batch_goes_again_cell_by_cell_and_only_the_killer_fails(cells: list[Cell]) -> None:
    client = Client(killing(30, 31))
    records = [record for batch in streamed(client, cells[:200]) for record in batch]
    assert sorted(record.key for record in records) == sorted(cell.key for cell in cells[:200])
    failed = {record.identity["replicate"] for record in records if record.is_failed}
    assert failed == {30, 31}
    assert all("was killed" in record.error for record in records if record.is_failed)
    assert client.most <= 2


@pytest.mark.parametrize("threads", [1, 3])
def test_cells_that_died_beside_a_killer_are_not_blamed(cells: list[Cell], threads: int) -> None:
    """Dask counts a death against all that the worker held, here against all that is under way."""

    def answer(batch: Sequence[Cell]) -> list[Record]:
        beside = [cell for future in client.out for cell in future.batch]
        if any(cell.replicate == 7 for cell in (*batch, *beside)):
            raise distributed.KilledWorker("batch", None, 3)
        return answered(60.0)(batch)

    client = Client(answer, threads)
    records = [record for batch in streamed(client, cells[:20]) for record in batch]
    assert sorted(record.key for record in records) == sorted(cell.key for cell in cells[:20])
    assert [record.identity["replicate"] for record in records if record.is_failed] == [7]
    assert client.most == 2 * threads


def test_a_killed_cell_that_was_alone_is_recorded_as_failed(cells: list[Cell]) -> None:
    client = Client(killing(0))
    (record,) = (record for batch in streamed(client, cells[:1]) for record in batch)
    assert client.sizes == [1, 1]
    assert record.error == "every worker that took it was killed, perhaps for want of memory, or fell silent"
    assert record.rows == ()


def test_a_stopped_sweep_sends_nothing_more(cells: list[Cell]) -> None:
    client = Client(answered(1.0))
    assert keys(streamed(client, cells, stop_after=0)) == []
    assert client.sizes == []
    found = keys(streamed(client, cells, stop_after=5))
    assert 0 < len(found) < len(cells)
    assert len(client.sizes) <= len(found) + 2


def test_a_lost_connection_ends_the_stream_also_while_nothing_comes(cells: list[Cell]) -> None:
    client = Client(answered(1.0))
    batches = stream(client, cells, Path("."), every, lambda: False)
    client.status = "closed"
    with pytest.raises(StoppedEarly, match="connection to the Dask scheduler is lost"):
        next(batches)


def test_a_worker_without_odekit_or_with_another_one_is_told(cells: list[Cell]) -> None:
    def without(batch: Sequence[Cell]) -> list[Record]:
        raise ModuleNotFoundError("No module named 'odekit'")

    def other(batch: Sequence[Cell]) -> list[Record]:
        return [Record(cell.key, {**cell.identity, "numerics": "odekit 0.0"}, [{}]) for cell in batch]

    for answer, received in ((without, "No module named 'odekit'"), (other, r"Received: odekit 0\.0\.")):
        with pytest.raises(InputError, match=f"don't have the same odekit.*{received}"):
            keys(streamed(Client(answer), cells))


@pytest.mark.parametrize(
    ("error", "status", "expected"),
    [
        (ZeroDivisionError("odd"), "running", ZeroDivisionError),
        (ZeroDivisionError("odd"), "closed", StoppedEarly),
        (OSError("Connection reset by peer"), "running", StoppedEarly),
        (CancelledError("lost"), "running", StoppedEarly),
    ],
)
def test_an_answer_that_breaks_is_told_unless_the_connection_is_what_broke(
    cells: list[Cell], error: Exception, status: str, expected: type[Exception]
) -> None:
    def broken(batch: Sequence[Cell]) -> list[Record]:
        raise error

    with pytest.raises(expected, match=r"odd|connection to the Dask scheduler is lost"):
        keys(streamed(Client(broken, status=status), cells))


def test_a_scheduler_that_is_gone_when_it_is_asked_for_its_workers_is_told(cells: list[Cell]) -> None:
    client = Client(answered(1.0))

    def gone() -> dict[str, int]:
        raise OSError("Connection reset by peer")

    client.ncores = gone  # type: ignore[method-assign]
    with pytest.raises(StoppedEarly, match=r"connection to the Dask scheduler is lost.*reset by peer"):
        keys(streamed(client, cells))
