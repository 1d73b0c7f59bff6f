"""Tables on a terminal, by rich, with escape codes: outcomes in colour, widths that fit."""

import re
from io import StringIO
from typing import Literal

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from odekit.report.tables.table import Table, Value, number_text

__all__ = ["terminal_table"]

STYLES = {
    "confirmed": "green",
    "refuted": "bold red",
    "inconclusive": "yellow",
    "not applicable": "dim",
    "agrees": "green",
    "differs": "bold red",
}
GAP = 2  # between columns, 1 where that saves a word from being broken
SHORTEST_FOLD = 16  # a long word is broken into pieces no shorter than this
_TRAILING = re.compile(r"(?:\x1b\[[0-9;]*m|\s)+$")


def terminal_table(table: Table, width: int = 100) -> str:
    """A table as text for a terminal.

    Long cells are folded between words, and long words too where that does not do. Nothing is cut off: a
    table that can't be made narrow enough is wider than the terminal.

    Parameters
    ----------
    table: what to show; its caption is left to whoever prints it.
    width: columns of the terminal.
    """
    gap, widths = _widths(table, width)
    padding = (0, gap - 1, 0, 0)
    drawn = RichTable(box=SIMPLE_HEAD, padding=padding, pad_edge=False, show_edge=False, header_style="bold")
    for index, title in enumerate(table.columns):
        justify: Literal["left", "right"] = "right" if table.is_numeric(index) else "left"
        drawn.add_column(title, justify=justify, width=widths[index], overflow="fold")
    for row in table.rows:
        lines = list(table.lines(row))
        for line in lines:
            drawn.add_row(*map(_text, line), end_section=line is lines[-1] and len(lines) > 1)
    total = sum(widths) + gap * len(widths)
    console = Console(file=StringIO(), width=total, force_terminal=True, highlight=False)
    with console.capture() as captured:
        console.print(drawn)
    return "\n".join(_TRAILING.sub(_escapes, line) for line in captured.get().strip("\n").splitlines())


def _escapes(trailing: re.Match[str]) -> str:
    """Escape codes at the end of a line without the blanks among them."""
    return "".join(trailing[0].split())


def _text(value: Value) -> Text:
    text = number_text(value)
    return Text(text, style=STYLES.get(text, ""))


def _widths(table: Table, width: int) -> tuple[int, list[int]]:
    """The gap between columns and the width of each, words whole if that can be."""
    texts = [[title, *map(number_text, table.values(index))] for index, title in enumerate(table.columns)]
    longest = [max(map(len, column)) for column in texts]
    words = [max(len(word) for text in column for word in [*text.split(), ""]) for column in texts]
    short = [min(word, SHORTEST_FOLD) for word in words]
    for gap, lowest in ((GAP, words), (1, words), (1, short)):
        free = width - gap * (len(longest) - 1)
        widths = _narrowed(longest, lowest, free)
        if sum(widths) <= free:
            break
    return gap, widths


def _narrowed(widths: list[int], lowest: list[int], free: int) -> list[int]:
    """Narrow the widest column that may be narrowed, until all fit or none may."""
    found = list(widths)
    while sum(found) > free and found != lowest:
        loose = [index for index, least in enumerate(lowest) if found[index] > least]
        found[max(loose, key=found.__getitem__)] -= 1
    return found
