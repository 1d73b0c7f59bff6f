"""Names as a reader wants them in a figure: Greek letters, numbers below, and entries of blocks."""

import re
import unicodedata

__all__ = ["BELOW", "label"]

_NAME = re.compile(r"([A-Za-z]+)(\d*)(?:_(\w+))?")
_ENTRY = re.compile(r"([A-Za-z]+)(\d*)\[(.+)\]_(re|im)_(\d+)")
BELOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
# How Unicode spells the letter that everybody else calls so.
_SPELLINGS = {"lambda": "lamda"}


def label(name: str) -> str:
    r"""A name in plain letters.

    >>> ascii([label(name) for name in ("phi", "w12", "D_2k", "theta[2a]_im_01", "rate")])
    "['\\u03c6', 'w\\u2081\\u2082', 'D_2k', 'Im \\u03b8[2a]\\u2080\\u2081', 'rate']"
    """
    entry = _ENTRY.fullmatch(name)
    if entry is not None:
        letter, number, irrep, part, place = entry.groups()
        whole = "Im " if part == "im" else ""
        return f"{whole}{_greek(letter)}{number.translate(BELOW)}[{irrep}]{place.translate(BELOW)}"
    parts = _NAME.fullmatch(name)
    if parts is None:
        return name
    letter, number, tail = parts[1], parts[2], parts[3] or ""
    return _greek(letter) + number.translate(BELOW) + _below(tail)


def _greek(letter: str) -> str:
    kind = "CAPITAL" if letter[0].isupper() else "SMALL"
    spelled = _SPELLINGS.get(letter.lower(), letter)
    try:
        return unicodedata.lookup(f"GREEK {kind} LETTER {spelled.upper()}")
    except KeyError:
        return letter


def _below(tail: str) -> str:
    if tail.isdecimal() and tail.isascii():
        return tail.translate(BELOW)
    return f"_{tail}" if tail else ""
