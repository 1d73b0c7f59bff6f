"""Tables in Markdown, as GitHub and notebooks show them."""

from collections.abc import Iterable

from odekit.report.tables.table import Cell, Table, number_text

__all__ = ["escape", "markdown_table"]


def markdown_table(table: Table) -> str:
    """A table in Markdown, under its caption.

    >>> print(markdown_table(Table(("claim", "gap"), (("decoupling", 0.5),))))
    | claim | gap |
    |:---|---:|
    | decoupling | 0.5 |
    """
    rules = ("---:" if table.is_numeric(i) else ":---" for i in range(len(table.columns)))
    lines = [_line(escape(title) for title in table.columns), f"|{'|'.join(rules)}|"]
    lines += [_line(_cell(cell) for cell in row) for row in table.rows]
    return "\n".join([table.caption, "", *lines] if table.caption else lines)


def escape(text: str) -> str:
    r"""Text without the characters that Markdown would read as markup.

    >>> escape("a|b and z**4")
    'a\\|b and z\\*\\*4'
    """
    for character in "\\`*_|<>[]$":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.splitlines())


def _cell(cell: Cell) -> str:
    values = cell if isinstance(cell, tuple) else (cell,)
    return "<br>".join(escape(number_text(value)) for value in values)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
