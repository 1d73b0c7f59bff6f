"""When a training ends and which of its moments are kept: the options of `simulate`, checked.

What enters is what a user wrote; what leaves are times, steps and numbers in range. This module must not
know weights or losses.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from odekit.errors import InputError

__all__ = [
    "check_nonnegative",
    "check_part",
    "check_range",
    "checked_times",
    "even_times",
    "kept_steps",
    "learning_rate",
    "refuse",
]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def even_times(t_end: float, snapshots: int | Sequence[int]) -> FloatArray:
    """Evenly spaced from 0 to ``t_end``, one for each snapshot."""
    check_range("t_end", t_end, math.ulp(0.0), 1e300)
    return np.linspace(0.0, t_end, _count(snapshots))


def checked_times(times: Sequence[float] | FloatArray) -> FloatArray:
    """Times given by a user, with the start at 0 before them.

    Raises
    ------
    InputError: not numbers, not finite, or not increasing from 0.
    """
    wanted = np.asarray(times)
    if wanted.dtype.kind not in "fiu" or wanted.ndim != 1 or not np.isfinite(wanted).all():
        raise InputError("times is not a list of finite numbers", received=repr(times))
    wanted = wanted.astype(np.float64)
    if not len(wanted) or wanted[0] != 0:
        wanted = np.concatenate([[0.0], wanted])
    if len(wanted) < 2 or not (np.diff(wanted) > 0).all():
        raise InputError("times must increase from 0", received=repr(times))
    return wanted


def kept_steps(steps: int | None, snapshots: int | Sequence[int]) -> IntArray:
    """Steps of a descent after which to keep the weights, (T,), the first 0.

    Raises
    ------
    InputError: no number of steps, or snapshots that are none of them.
    """
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
        raise InputError("descent needs a number of steps", expected="an int from 1", received=repr(steps))
    if isinstance(snapshots, int):
        return np.unique(np.linspace(0, steps, _count(snapshots)).round().astype(np.int64))
    kept = np.asarray(snapshots)
    if kept.dtype.kind not in "iu" or kept.ndim != 1 or not ((kept >= 0) & (kept <= steps)).all():
        raise InputError(
            "snapshots must be steps of the descent",
            expected=f"integers from 0 to {steps}",
            received=repr(snapshots),
        )
    return np.unique(np.concatenate([[0], kept.astype(np.int64)]))


def learning_rate(value: float | None) -> float:
    """The learning rate of a descent.

    Raises
    ------
    InputError: none, or one that is not positive and finite.
    """
    if value is None:
        raise InputError("descent needs a learning rate", hint="learning_rate=0.1")
    check_range("learning_rate", value, math.ulp(0.0), 1e300)
    return float(value)


def check_range(name: str, value: float, low: float, high: float) -> None:
    """Raise an InputError unless ``value`` is a number from ``low`` to ``high``."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        wanted = "positive and finite" if high > 1 else f"between {low:g} and {high:g}"
        raise InputError(f"{name} must be {wanted}", received=repr(value))


def check_nonnegative(name: str, value: float) -> None:
    """Raise an InputError unless ``value`` is a finite number from 0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise InputError(f"{name} must be nonnegative and finite", received=repr(value))


def check_part(value: float) -> None:
    """Raise an InputError unless ``value`` is a share of the data that leaves some."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise InputError("frac_train must be above 0 and at most 1", received=repr(value))


def refuse(method: str, **options: object) -> None:
    """Raise an InputError if an option of another method was given."""
    if given := [name for name, value in options.items() if value is not None]:
        raise InputError(f"{given[0]} is not an option of method {method!r}", hint=f"without {given[0]}")


def _count(snapshots: int | Sequence[int]) -> int:
    if isinstance(snapshots, bool) or not isinstance(snapshots, int) or snapshots < 2:
        raise InputError(
            "the number of snapshots must be at least 2", received=repr(snapshots), hint="times=[...]"
        )
    return snapshots
