"""Names as Python's parser reads them, in which the forms of one letter (NFKC) are that letter."""

import keyword
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cached_property

from odekit.errors import InputError

__all__ = ["Names", "check_apart", "folded", "spoken"]


class Names:
    """Names that may occur in formulas, looked at once for many of these.

    Parameters
    ----------
    names: all names.

    Raises
    ------
    InputError: two are one to Python.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = dict.fromkeys(names)
        check_apart(self._names)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def meant(self, name: str) -> str:
        """The name that is the same to Python; the name itself where none is."""
        return self._by_form.get(folded(name), folded(name))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Those that Python keeps for itself, such as lambda."""
        return tuple(filter(keyword.iskeyword, self._names))

    @cached_property
    def _by_form(self) -> dict[str, str]:
        return {folded(name): name for name in self._names}


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
