"""A table as data: columns, and rows of cells that hold text or numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from odekit.errors import InputError
from odekit.views import number_text

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

    def values(self, column: int) -> Iterator[Value]:
        """All values of one column, line by line."""
        for row in self.rows:
            cell = row[column]
            yield from cell if isinstance(cell, tuple) else (cell,)

    def is_numeric(self, column: int) -> bool:
        """Whether a column holds numbers and no text, so that it is set flush right."""
        values = list(self.values(column))
        return any(isinstance(value, int | float) for value in values) and not any(
            isinstance(value, str) and value for value in values
        )
