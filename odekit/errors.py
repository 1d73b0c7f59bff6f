"""The family of errors: what broke, what was expected, what came, and what to try.

Every message that odekit raises on purpose is an `OdekitError`. Input is validated at the public
boundary only; a numerical failure is a status of one trajectory, never an exception.
"""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

__all__ = [
    "AlgebraError",
    "FileError",
    "InputError",
    "LimitError",
    "MissingExtraError",
    "OdekitError",
    "ReductionError",
    "StoppedEarly",
    "UnknownNameError",
    "named",
    "nearest",
    "shown",
    "told",
]

# Of so many letters of the longer word one may be wrong, missing, too many, or one pair swapped.
_LETTERS_A_SLIP = 3
# Of longer lists of names a message has the beginning.
_MOST_LISTED = 40
# What is longer is no slip of a name, and of longer lists the beginning is searched: both cost time.
_LONGEST_NAME, _MOST_SEARCHED = 100, 1000


# Of a value that is no good, so many characters are shown; of what an exception says, so many.
_SHOWN, _TOLD = 60, 5000


def named(value: Any) -> str:
    """A value that should have been a name: text in quotation marks, anything else with its type.

    >>> named("x"), named(5)
    ("'x'", 'int 5')
    """
    return repr(value) if isinstance(value, str) else shown(value)


def shown(value: Any) -> str:
    """A value with its type, short, for a message.

    >>> shown(5), shown("a" * 100)[:10], shown(None)
    ('int 5', "str 'aaaaa", 'None')
    """
    if value is None:
        return "None"
    try:
        text = repr(value)
    except Exception:
        # The value is a stranger's, such as a whole number of more digits than Python writes.
        return type(value).__name__
    return f"{type(value).__name__} {text if len(text) <= _SHOWN else text[: _SHOWN - 3] + '...'}"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a slip makes of this one, or that begins with it; None if none is near.

    Of two names one in three letters may differ; capitals don't count, and f is ph. Nothing is near a name of
    more than 100 letters, and of more than 1,000 known names the first are looked at.

    >>> nearest("alhpa", ["alpha", "beta"]), nearest("quad", ["quadratic"]), nearest("swish", ["quadratic"])
    ('alpha', 'quadratic', None)
    """
    if len(name) > _LONGEST_NAME:
        return None
    looked_at = [each for each in islice(known, _MOST_SEARCHED) if len(each) <= _LONGEST_NAME]
    ranked = sorted((_distance(name, each), place, each) for place, each in enumerate(looked_at))
    for slips, _, each in ranked:
        if slips <= max(len(name), len(each)) // _LETTERS_A_SLIP:
            return each
    long = len(name) >= _LETTERS_A_SLIP
    begun = [each for *_, each in ranked if long and each.casefold().startswith(name.casefold())]
    return begun[0] if begun else None


def _distance(name: str, other: str) -> int:
    left, right = name.casefold(), other.casefold()
    return min(_slips(left, right), _slips(left.replace("ph", "f"), right.replace("ph", "f")))


def _slips(left: str, right: str) -> int:
    """How many letters have to be changed, added, taken away, or swapped with the next one."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, letter in enumerate(left, start=1):
        earlier, before, row = before, row, [i]
        for j, other in enumerate(right, start=1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != other)))
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other:
                row[j] = min(row[j], earlier[j - 2] + 1)
    return row[-1]


def told(error: BaseException) -> str:
    """A stranger's exception in words: its type, and its text, of which a very long one is cut.

    >>> told(ValueError("no number"))
    'ValueError: no number'
    """
    name = type(error).__name__
    try:
        text = str(error)
    except Exception:
        # A class of a stranger's may have no text.
        return name
    return f"{name}: {text if len(text) <= _TOLD else text[:_TOLD] + ' ...'}"


class OdekitError(Exception):
    """An error in one paragraph: what broke, Expected, Received and Try.

    Parameters
    ----------
    what: what broke, one sentence without a full stop at its end.
    expected, received, hint: the rest of the paragraph; an empty one is left out.
    """

    def __init__(self, what: str, *, expected: str = "", received: str = "", hint: str = "") -> None:
        titled = (("Expected", expected), ("Received", received), ("Try", hint))
        parts = [what, *(f"{title}: {text}" for title, text in titled if text)]
        super().__init__(" ".join(part if part.endswith(".") else f"{part}." for part in parts))


class InputError(OdekitError, ValueError):
    """A value that a public function can't accept."""


class FileError(InputError):
    """A file that can't be read, or a place that can't be written."""


class ReductionError(InputError):
    """A network or system for which the requested reduction isn't available."""


class AlgebraError(InputError):
    """A formula on which the computer algebra breaks."""


class LimitError(InputError):
    """Work that takes more time or memory than it may; the limit can be raised."""


class StoppedEarly(InputError):
    """A long computation that was stopped, or that took too much, before its end.

    ``run`` is what it had come to, where that can be told, and None otherwise.
    """

    run: Any = None


class MissingExtraError(InputError):
    """An optional package that is needed and isn't there; the extra that brings it is named.

    Parameters
    ----------
    what: what needs the package, and which.
    extra: name of the optional extra.
    received: what importing it said.
    instead: what does without it.
    """

    def __init__(self, what: str, extra: str, received: str, instead: str = "") -> None:
        install = f"pip install 'odekit[{extra}]'"
        super().__init__(
            what,
            expected=f"the optional extra {extra!r}",
            received=received,
            hint=f"{install}, or {instead}" if instead else install,
        )


def _listed(names: Sequence[str]) -> str:
    if len(names) <= _MOST_LISTED:
        return ", ".join(names)
    shown_names = ", ".join(names[: _MOST_LISTED - 1])
    return f"{shown_names}, and {len(names) - _MOST_LISTED + 1} more"


class UnknownNameError(InputError):
    """A name that nothing bears; the nearest known one is suggested.

    Parameters
    ----------
    kind: what the name should be of, which precedes it in the message.
    name: what is not known.
    known: the names that are.
    otherwise: what else to try.
    meant: what the name surely means, which is told instead of the nearest.
    """

    def __init__(
        self, kind: str, name: Any, known: Iterable[str], otherwise: str = "", meant: str = ""
    ) -> None:
        names = list(known)
        self.kind, self.name, self.known = kind, name, names
        near = nearest(name, names) if isinstance(name, str) else None
        written = named(name)
        tries = [meant or (repr(near) if near is not None else ""), otherwise]
        super().__init__(
            f"unknown {kind} {written}",
            expected=f"one of {_listed(names)}" if names else f"no {kind.rstrip(':')} at all",
            received=written,
            hint=", or ".join(dict.fromkeys(filter(None, tries))),
        )
