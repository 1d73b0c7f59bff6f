"""Names as Python's parser reads them, in which the forms of one letter (NFKC) are that letter."""

import unicodedata
from collections.abc import Iterable

from odekit.errors import InputError

__all__ = ["check_apart", "folded", "spoken"]


def folded(name: str) -> str:
    """The form that Python takes a name in, of which two phis, or a full-width and a plain x, have one.

    >>> folded("\\N{GREEK PHI SYMBOL}") == "\\N{GREEK SMALL LETTER PHI}"
    True
    """
    return unicodedata.normalize("NFKC", name)


def spoken(name: str, names: Iterable[str]) -> str:
    """The one of ``names`` that a name means: itself, else the one of the same letters; itself if none is."""
    known = list(names)
    if name in known:
        return name
    return next((each for each in known if folded(each) == folded(name)), name)


def check_apart(names: Iterable[str]) -> None:
    """Refuse two names of different letters that are one name to Python.

    Raises
    ------
    InputError: the two, with the code points of their letters.
    """
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(folded(name), name)
        if other != name:
            raise InputError(
                f"the names {other!r} and {name!r} are one name to Python, and so to every formula",
                expected="names that differ in more than the form of a letter",
                received=f"{_points(other)} and {_points(name)}",
                hint="another word for one of them, such as phi or varphi",
            )


def _points(name: str) -> str:
    return " ".join(f"U+{ord(character):04X}" for character in name)
