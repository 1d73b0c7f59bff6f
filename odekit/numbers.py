"""Numbers that a user hands over: whole, real or positive, Python's and NumPy's alike, or a clear error."""

import math
import numbers
import operator
from typing import Any

import numpy as np

from odekit.errors import InputError, shown

__all__ = ["integer", "is_integer", "is_real", "positive", "real"]


def is_integer(value: Any) -> bool:
    """Whether a value is a whole number by type; a truth value is none.

    >>> [is_integer(value) for value in (3, np.int64(3), np.array(3), 3.0, True)]
    [True, True, True, False, False]
    """
    return not isinstance(value, bool) and isinstance(_scalar(value), numbers.Integral)


def is_real(value: Any) -> bool:
    """Whether a value is a finite real number by type; a truth value is none.

    >>> [is_real(value) for value in (3, np.float32(0.5), float("nan"), 1j, "3", True)]
    [True, True, False, False, False, False]
    """
    if isinstance(value, bool):
        return False
    number = _scalar(value)
    try:
        return isinstance(number, numbers.Real) and math.isfinite(number)
    except OverflowError:
        # A whole number that no float holds.
        return False


def integer(value: Any, name: str, low: int | None = None, high: int | None = None, *, hint: str = "") -> int:
    """The whole number that a value is.

    Parameters
    ----------
    value: what was handed over.
    name: what it is called, for the message.
    low, high: smallest and largest one that is allowed, or None.
    hint: what to try instead.

    Raises
    ------
    InputError: something else, or a number out of range.

    >>> integer(np.int32(7), "the order", 2)
    7
    """
    if not is_integer(value) or not _lies_within(_scalar(value), low, high):
        raise InputError(
            f"{name} must be a whole number{_range(low, high)}",
            expected=f"a whole number{_range(low, high)}",
            received=shown(value),
            hint=hint,
        )
    return operator.index(_scalar(value))


def real(
    value: Any, name: str, low: float | None = None, high: float | None = None, *, hint: str = ""
) -> float:
    """The finite real number that a value is; parameters and errors as `integer`.

    >>> real(np.float32(0.5), "the share", 0, 1)
    0.5
    """
    if not is_real(value) or not _lies_within(_scalar(value), low, high):
        raise InputError(
            f"{name} must be a finite number{_range(low, high)}",
            expected=f"a finite number{_range(low, high)}",
            received=shown(value),
            hint=hint,
        )
    return float(_scalar(value))


def positive(value: Any, name: str, high: float | None = None, *, hint: str = "") -> float:
    """The finite number above 0 that a value is; parameters and errors as `real`.

    >>> positive(1, "the learning rate")
    1.0
    """
    if not is_real(value) or not _scalar(value) > 0 or not _lies_within(_scalar(value), None, high):
        most = "" if high is None else f", at most {high:g}"
        raise InputError(
            f"{name} must be positive and finite{most}",
            expected=f"a finite number above 0{most}",
            received=shown(value),
            hint=hint,
        )
    return float(_scalar(value))


def _scalar(value: Any) -> Any:
    """A NumPy array without axes as the number that it holds."""
    return value[()] if isinstance(value, np.ndarray) and value.ndim == 0 else value


def _lies_within(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or low <= value) and (high is None or value <= high)


def _range(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        return f" from {low:g}"
    return f" up to {high:g}" if low is None else f" from {low:g} to {high:g}"
