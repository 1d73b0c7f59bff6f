"""Numbers and foreign text as a person reads them."""

import math

__all__ = ["number_text", "printable"]


def number_text(value: str | int | float | None) -> str:
    """A value as plain text: four significant digits, integers whole, None as nothing.

    Zeros at the end tell that a number was rounded.

    >>> number_text(0.000123456), number_text(3.0), number_text(2.99999), number_text(None)
    ('0.0001235', '3', '3.000', '')
    """
    if value is None:
        return ""
    if isinstance(value, str | bool | int):
        return str(value)
    if math.isnan(value):
        return "none"
    short = f"{value:.4g}"
    return short if float(short) == value else f"{value:#.4g}".rstrip(".")


def printable(text: str) -> str:
    r"""Text on one line, in which what has no shape of its own stands as its escape.

    Control characters move a terminal's cursor, and marks of direction turn around what follows them.

    >>> print(printable("run\n1\x1b[2J"))
    run 1\x1b[2J
    """
    line = " ".join(text.splitlines())
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)
