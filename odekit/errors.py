"""The family of errors: what broke, what was expected, what came, and what to try.

Every message that odekit raises on purpose is an `OdekitError`. Input is validated at the public
boundary only; a numerical failure is a status of one trajectory, never an exception.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

__all__ = [
    "FileError",
    "InputError",
    "MissingExtraError",
    "OdekitError",
    "ReductionError",
    "StoppedEarly",
    "UnknownNameError",
]


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


class UnknownNameError(InputError):
    """A name that nothing bears; the nearest known one is suggested.

    Parameters
    ----------
    kind: what the name should be of, which precedes it in the message.
    name: what is not known.
    known: the names that are, the one that is suggested where none is near first.
    otherwise: what else to try.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str], otherwise: str = "") -> None:
        names = list(known)
        self.kind, self.name, self.known = kind, name, names
        near = get_close_matches(name, names, n=1, cutoff=0.5)
        tries = [*map(repr, near), otherwise] if otherwise else [*map(repr, near or names[:1])]
        super().__init__(
            f"unknown {kind} {name!r}",
            expected=f"one of {', '.join(names)}",
            received=repr(name),
            hint=", or ".join(tries),
        )
