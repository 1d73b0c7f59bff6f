"""Tables and paragraphs in HTML, as notebooks show them; every text is escaped and none is markup."""

from collections.abc import Iterable, Sequence
from html import escape

from odekit.text import visible
from odekit.views.numbers import number_text

__all__ = ["html_paragraph", "html_table", "html_text"]

Value = str | int | float | None


def html_text(value: Value) -> str:
    """A text, on one line, or a number as HTML.

    >>> html_text("<b>"), html_text(0.5)
    ('&lt;b&gt;', '0.5')
    """
    return escape(visible(" ".join(number_text(value).splitlines())))


def html_paragraph(first: str, rest: str = "") -> str:
    """A paragraph whose first words stand out, such as an outcome and its reason.

    >>> html_paragraph("refuted", "x leaves its budget")
    '<p><strong>refuted</strong>: x leaves its budget</p>'
    """
    return f"<p><strong>{html_text(first)}</strong>{': ' if rest else ''}{html_text(rest)}</p>"


def html_table(columns: Sequence[str], rows: Iterable[Sequence[Value]], caption: str = "") -> str:
    """A table with the names of its columns in its head, numbers to four digits.

    Parameters
    ----------
    columns: titles.
    rows: as many values each.
    caption: what it shows.
    """
    head = "".join(f'<th scope="col">{html_text(title)}</th>' for title in columns)
    body = "".join(f"<tr>{''.join(f'<td>{html_text(value)}</td>' for value in row)}</tr>" for row in rows)
    above = f"<caption>{html_text(caption)}</caption>" if caption else ""
    return f"<table>{above}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
