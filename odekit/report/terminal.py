"""Tables on a terminal, by rich: outcomes in colour, widths that fit.

What enters is a `Table` and a width, what leaves is text with escape codes; whoever prints it to a file
strips them (click's echo does). This module must not know what a table is about.
"""

from __future__ import annotations

from io import StringIO

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from odekit.report.table import Cell, Table, number_text

__all__ = ["terminal_table"]

STYLES = {"confirmed": "green", "refuted": "bold red", "inconclusive": "yellow", "not applicable": "dim"}
FIXED_WIDTH = 18


def terminal_table(table: Table, width: int = 100) -> str:
    """A table as text for a terminal.

    Parameters
    ----------
    table: what to show; its caption is left to whoever prints it.
    width: columns of the terminal, at least 20; long cells are folded into it.
    """
    drawn = RichTable(box=SIMPLE_HEAD, pad_edge=False, header_style="bold", show_edge=False)
    for index, title in enumerate(table.columns):
        right = table.is_numeric(index)
        drawn.add_column(title, justify="right" if right else "left", no_wrap=_is_narrow(table, index))
    for row in table.rows:
        drawn.add_row(*(_text(cell) for cell in row), end_section=_is_tall(row) and row is not table.rows[-1])
    console = Console(file=StringIO(), width=max(width, 20), force_terminal=True, highlight=False)
    with console.capture() as captured:
        console.print(drawn)
    return "\n".join(line.rstrip() for line in captured.get().strip("\n").splitlines())


def _text(cell: Cell) -> Text:
    values = cell if isinstance(cell, tuple) else (cell,)
    lines = [number_text(value) for value in values]
    return Text("\n").join(Text(line, style=STYLES.get(line, "")) for line in lines)


def _is_tall(row: tuple[Cell, ...]) -> bool:
    return any(isinstance(cell, tuple) and len(cell) > 1 for cell in row)


def _is_narrow(table: Table, column: int) -> bool:
    cells = [row[column] for row in table.rows]
    values = [value for cell in cells for value in (cell if isinstance(cell, tuple) else (cell,))]
    return all(len(number_text(value)) <= FIXED_WIDTH for value in values)
