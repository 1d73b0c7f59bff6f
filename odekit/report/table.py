"""A table as data: columns, and rows of cells that hold text or numbers.

What enters are values, what leaves is a frozen `Table`. How numbers and outcomes look is for the printers
(`odekit.report.terminal`, `latex`, `markdown`) to say.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from odekit.errors import InputError

__all__ = ["Cell", "Table", "Value", "number_text"]

Value = str | int | float | None
Cell = Value | tuple[Value, ...]


@dataclass(frozen=True)
class Table:
    """Columns and rows; a cell that is a tuple takes one line for each of its values.

    Parameters
    ----------
    columns: titles, one per column.
    rows: one tuple of cells per row, as long as ``columns``.
    caption: what the table shows, one sentence.

    Raises
    ------
    InputError: a row of another length than ``columns``.

    Examples
    --------
    >>> table = Table(("time", "error"), (((0.5, 1.0), (1e-3, 2e-3)),))
    >>> list(table.lines(table.rows[0]))
    [(0.5, 0.001), (1.0, 0.002)]
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise InputError(
                    f"row {number} of the table doesn't fit its columns",
                    expected=f"{len(self.columns)} cells",
                    received=str(len(row)),
                )

    def lines(self, row: tuple[Cell, ...]) -> Iterator[tuple[Value, ...]]:
        """The lines of one row, shorter cells filled up with None."""
        cells = [cell if isinstance(cell, tuple) else (cell,) for cell in row]
        return zip_longest(*cells)

    def is_numeric(self, column: int) -> bool:
        """Whether a column holds numbers and no text, so that it is set flush right."""
        cells = [row[column] for row in self.rows]
        values = [value for cell in cells for value in (cell if isinstance(cell, tuple) else (cell,))]
        return any(isinstance(value, int | float) for value in values) and not any(
            isinstance(value, str) and value for value in values
        )


def number_text(value: Value) -> str:
    """A value as plain text: four significant digits, integers whole, None as nothing.

    >>> number_text(0.000123456), number_text(512), number_text(float("inf")), number_text(None)
    ('0.0001235', '512', 'inf', '')
    """
    if value is None:
        return ""
    if isinstance(value, str | bool | int):
        return str(value)
    if math.isnan(value):
        return "none"
    return f"{value:.4g}"
