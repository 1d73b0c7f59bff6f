"""The rows of one tidy table: a line for each row of each cell, in the plan's order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

from odekit.sweeps.plan import Cell, Plan, is_empty
from odekit.sweeps.store import Record
from odekit.sweeps.tasks import Row, Value

__all__ = ["FAILED", "TidyRows"]

KEY = 16  # letters of a cell's key, which no two of a billion cells share by chance
FAILED = "failed"
HELD = 50_000  # rows that memory holds, so that none of their files is read twice


class TidyRows:
    """The rows of a sweep, read from its folder once, or where they are many each time they are asked for.

    Parameters
    ----------
    plan: whose cells they are.
    read: gives the record of a cell.
    """

    def __init__(self, plan: Plan, read: Callable[[Cell], Record]) -> None:
        self.plan, self._read = plan, read
        self._held: list[Row] | None = None

    def __iter__(self) -> Iterator[Row]:
        return self._every() if self._held is None else map(dict, self._held)

    def _every(self) -> Iterator[Row]:
        held: list[Row] = []
        for cell in self.plan:
            for row in self.of(cell):
                if len(held) < HELD:
                    held.append(row)
                yield dict(row)
        if len(held) < HELD:
            self._held = held

    def of(self, cell: Cell) -> Iterator[Row]:
        """The rows of a cell: its key, settings, replicate and seed, and what came of it."""
        record = self._read(cell)
        settings = {name: cell.settings.get(name) for name in self.settings}
        head = {"cell": cell.key[:KEY], **settings, "replicate": cell.replicate, "seed": cell.seed}
        if record.is_failed:
            yield {**head, "outcome": FAILED, "reason": _legible(record.error)}
        for row in record.rows:
            yield {**head, **{self._result(name): _legible(value) for name, value in row.items()}}

    def _result(self, name: str) -> str:
        """The column of a result; a setting of the same name keeps its own."""
        is_taken = name in self.settings or name in ("cell", "replicate", "seed")
        return f"{name}_found" if is_taken else name

    @cached_property
    def settings(self) -> tuple[str, ...]:
        """The settings that the plan sets, without those that are empty throughout."""
        rows, grid = self.plan.rows, self.plan.grid
        return tuple(
            name
            for name in self.plan.columns
            if name in grid or not all(is_empty(row.get(name)) for row in rows)
        )

    @cached_property
    def columns(self) -> dict[str, set[type]]:
        """The types of the values of each column, in the order of the columns."""
        found: dict[str, set[type]] = {}
        for row in self:
            for name, value in row.items():
                types = found.setdefault(name, set())
                if value is not None:
                    types.add(type(value))
        return found


def _legible(value: Value) -> Value:
    """Text without halves of characters, as of a path that is no UTF-8, which no table can hold."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
