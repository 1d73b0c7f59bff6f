"""Numbers as a person reads them."""

import math

from odekit.text import visible

__all__ = ["number_text"]


def number_text(value: str | int | float | None) -> str:
    """A value as plain text: four significant digits, integers whole, None as nothing.

    Zeros at the end tell that a number was rounded.

    >>> number_text(0.000123456), number_text(3.0), number_text(2.99999), number_text(None)
    ('0.0001235', '3', '3.000', '')
    """
    if value is None:
        return ""
    if isinstance(value, str | bool | int):
        return visible(str(value))
    if math.isnan(value):
        return "none"
    short = f"{value:.4g}"
    return short if float(short) == value else f"{value:#.4g}".rstrip(".")
