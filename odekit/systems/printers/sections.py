"""Sections of a report: a title, and indented lines below it."""

from collections.abc import Iterable, Mapping

__all__ = ["join_sections"]


def join_sections(sections: Mapping[str, Iterable[str]]) -> str:
    """All sections that have lines, apart by an empty line.

    >>> print(join_sections({"One": ["first", "second"], "None": []}))
    One
      first
      second
    """
    blocks = ((title, list(lines)) for title, lines in sections.items())
    return "\n\n".join(_section(title, lines) for title, lines in blocks if lines)


def _section(title: str, lines: Iterable[str]) -> str:
    return "\n".join([title, *(f"  {line}" for line in lines)])
