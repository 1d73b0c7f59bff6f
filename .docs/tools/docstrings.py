"""Docstrings of the house as reStructuredText: entries, links, and formulas as they are.

    Parameters
    ----------
    t: (T,) float64, strictly increasing.

becomes a list of definitions. A public name between backticks becomes a link to it; asterisks and bars, which
stand for products and moduli, stay what they are; an indented paragraph is a block of code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from tools.names import public_names

__all__ = ["as_rst"]

SECTIONS = {"Parameters", "Returns", "Raises", "Yields", "Attributes", "Examples", "Notes"}
# What stands between one backtick or two is a name or code; all else is prose.
MARKED = re.compile(r"(``.+?``|`[^`]+`)", re.DOTALL)
ENTRY = re.compile(r"(?P<name>[A-Za-z_*][\w.*]*(?:, [A-Za-z_*][\w.*]*)*): (?P<text>.*)")


def as_rst(lines: Iterable[str]) -> list[str]:
    """A docstring of the house as lines of reStructuredText.

    >>> as_rst(["Sum of |x|.", "", "Raises", "------", "InputError: x is text."])[-2:]
    [':py:obj:`InputError <odekit.errors.InputError>`', '   x is text.']
    """
    blocks = list(_blocks(lines))
    found: list[str] = []
    section = ""
    for block in blocks:
        if len(block) > 1 and set(block[1]) == {"-"} and block[0] in SECTIONS:
            section = block[0]
            found += ["", f".. rubric:: {section}", ""]
            block = block[2:]
        if section and section != "Examples" and block and ENTRY.fullmatch(block[0]):
            found += _entries(block, section == "Raises")
        else:
            section = section if block == [] else ""
            found += ["", *_paragraph(block)]
    return found[1:] if found and not found[0] else found


def _blocks(lines: Iterable[str]) -> Iterator[list[str]]:
    """Lines between empty ones."""
    block: list[str] = []
    for line in lines:
        if line.strip():
            block.append(line.rstrip())
        elif block:
            yield block
            block = []
    if block:
        yield block


def _paragraph(block: list[str]) -> list[str]:
    is_table = bool(block) and set(block[0]) == {"=", " "}
    if is_table or (block and block[0].startswith(">>> ")):
        return block
    if block and all(line.startswith("    ") for line in block):
        return ["::", "", *block]
    return _prose(block)


def _entries(block: list[str], are_errors: bool) -> Iterator[str]:
    """A definition for each entry; what is indented further belongs to the one above it."""
    entries: list[tuple[str, list[str]]] = []
    for line in block:
        entry = None if line.startswith(" ") else ENTRY.fullmatch(line)
        if entry is not None:
            entries.append((entry["name"], [entry["text"]]))
        else:
            entries[-1][1].append(line.strip())
    for name, text in entries:
        parts = name.split(", ")
        yield ", ".join(_link(part) if are_errors else f"``{part}``" for part in parts)
        yield from (f"   {line}" for line in _prose(text))


def _prose(lines: list[str]) -> list[str]:
    """Lines in which marks are links or code, and no other sign is markup."""
    pieces = MARKED.split("\n".join(lines))
    return "".join(_marked(p) if i % 2 else _plain(p) for i, p in enumerate(pieces)).split("\n")


def _marked(text: str) -> str:
    inner = " ".join(text.strip("`").split())
    # A mark has to be apart from what follows it, which a hidden space sees to.
    return (f"``{inner}``" if text.startswith("``") else _link(inner)) + "\\ "


def _plain(text: str) -> str:
    text = text.replace("\\", "\\\\")
    for sign in "*|":
        text = text.replace(sign, f"\\{sign}")
    return re.sub(r"_(?!\w)", r"\\_", text)


def _link(name: str) -> str:
    """A link to a public name, or code where it is none."""
    names = public_names()
    called = name.removesuffix("()")
    for full in (called, names.get(called.rpartition(".")[2])):
        if full in names.values() and full.rpartition(".")[2] == called.rpartition(".")[2]:
            return f":py:obj:`{name} <{full}>`"
    return f"``{name}``"


def _process(app: Any, what: str, name: str, item: object, options: Any, lines: list[str]) -> None:
    lines[:] = as_rst(lines)


def setup(app: Any) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("autodoc-process-docstring", _process)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
