"""Arguments of another type than a public function takes: refused with what was expected and received."""

import os
from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from odekit.arrays import FloatArray
from odekit.errors import InputError, UnknownNameError, shown

__all__ = [
    "chosen",
    "expect",
    "expect_functions",
    "flag",
    "floats",
    "is_series",
    "mapping",
    "path_of",
    "text_of",
]


def expect(is_right: bool, what: str, expected: str, value: Any, hint: str = "") -> None:
    """Refuse a value unless it is right.

    Raises
    ------
    InputError: what is wrong, what was expected, the value with its type, and what to try.

    >>> expect(False, "the group is no name", "text", 5, "'Z5'")
    Traceback (most recent call last):
    odekit.errors.InputError: the group is no name. Expected: text. Received: int 5. Try: 'Z5'.
    """
    if not is_right:
        raise InputError(what, expected=expected, received=shown(value), hint=hint)


def expect_functions(*called: Any) -> None:
    """Refuse, by InputError, what is neither None nor a function to call on the way."""
    for one in called:
        is_right = one is None or callable(one)
        expect(is_right, "what to call is no function", "a function of one argument", one)


def chosen(kind: str, value: Any, known: Sequence[str]) -> str:
    """One of some names.

    Raises
    ------
    UnknownNameError: anything else; the nearest one is suggested.

    >>> chosen("method", "flow", ("flow", "sgd"))
    'flow'
    """
    if not isinstance(value, str) or value not in known:
        raise UnknownNameError(kind, value, known)
    return value


def flag(value: Any, name: str) -> bool:
    """A truth value, Python's or NumPy's.

    Raises
    ------
    InputError: anything else.
    """
    expect(isinstance(value, bool | np.bool_), f"{name} is no truth value", "True or False", value)
    return bool(value)


def floats(name: str, value: ArrayLike) -> FloatArray:
    """Real numbers as an array.

    Raises
    ------
    InputError: anything else, None and complex numbers among it.
    """
    try:
        if value is None or np.iscomplexobj(value):
            raise TypeError
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        kind = "complex numbers" if np.iscomplexobj(value) else shown(value)
        raise InputError(f"{name} must be real numbers", expected="real numbers", received=kind) from error


def is_series(value: Any) -> bool:
    """Whether it is a sequence, a set or an array of a dimension or more, and no text.

    >>> is_series([1.0]), is_series(np.float64(1.0)), is_series(np.array(1.0)), is_series("one")
    (True, False, False, False)
    """
    if isinstance(value, str | bytes | Mapping):
        return False
    return isinstance(value, Sequence | Set) or np.ndim(value) > 0


def mapping(value: Any, name: str, example: str) -> Mapping[Any, Any]:
    """A mapping.

    Raises
    ------
    InputError: anything else; the example is shown.
    """
    expect(isinstance(value, Mapping), f"{name} must be given by name", f"a mapping such as {example}", value)
    found: Mapping[Any, Any] = value
    return found


def path_of(value: Any, name: str) -> Path:
    """The path that text or a path is.

    Raises
    ------
    InputError: anything else, such as a number, which the system would take for an open file, or text that
        holds a zero byte.
    """
    text = os.fspath(value) if isinstance(value, str | os.PathLike) else None
    is_path = isinstance(text, str) and "\0" not in text
    expect(is_path, f"{name} is no path", 'text such as "run.npz", or a pathlib.Path', value)
    return Path(value)


def text_of(value: Any, name: str) -> str:
    """A value as Python writes it.

    Raises
    ------
    InputError: it can't be written, as a whole number of more than 4300 digits.
    """
    try:
        return str(value)
    except ValueError as error:
        raise InputError(
            f"{name} can't be written", expected="fewer digits", received=shown(value)
        ) from error
