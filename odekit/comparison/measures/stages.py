"""When stages of a training end: where a curve has covered a share of its whole change for good."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from odekit.arrays import FloatArray
from odekit.errors import InputError
from odekit.json_text import plain
from odekit.numbers import positive

__all__ = ["Stages", "covered", "find_stages"]

# The last few per cent creep, and noise would decide when a curve reaches them.
SHARE = 0.95
# A curve that ends below has risen without anything being learnt.
LEARNT = 0.9


@dataclass(frozen=True)
class Stages:
    """Where the stages of a training on a part of its data end.

    Parameters
    ----------
    memorised: step from which the training accuracy has covered 95 % of its rise, for good.
    generalised: the same of the test accuracy.

    Either is NaN where the accuracy doesn't end at 0.9 or above: nothing has been learnt then, however much
    it has risen.
    """

    memorised: float
    generalised: float

    def to_json(self) -> dict[str, float | None]:
        """By name; what is not reached is null."""
        found: dict[str, float | None] = plain(vars(self))
        return found


def find_stages(steps: ArrayLike, train_acc: ArrayLike, test_acc: ArrayLike) -> Stages:
    """Stage boundaries of two accuracies.

    Parameters
    ----------
    steps: (T,), increasing. train_acc, test_acc: (T,) in [0, 1].

    Raises
    ------
    InputError: see `covered`.

    >>> find_stages([0, 100, 200, 300], [0.0, 1.0, 1.0, 1.0], [0.0, 0.2, 0.9, 1.0]).memorised
    95.0
    """
    boundaries = []
    for curve in (train_acc, test_acc):
        end = covered(steps, curve, SHARE)
        boundaries.append(end if np.asarray(curve)[-1] >= LEARNT else np.nan)
    return Stages(*boundaries)


def covered(steps: ArrayLike, curve: ArrayLike, share: float) -> float:
    """Step from which a curve has covered a share of its change from the extreme to the end, for good.

    The extreme is the largest value of a curve that ends below its middle, so that a fall after a peak counts
    from the peak, and the smallest of one that ends above. Between two steps the curve is a straight line.

    Parameters
    ----------
    steps: (T,), increasing. curve: (T,), finite. share: in (0, 1).

    Returns
    -------
    step: NaN for a curve that never changes.

    Raises
    ------
    InputError: arrays of different shapes, fewer than two steps, steps that don't increase, or values that
        aren't finite; a share out of range.

    >>> covered([0, 1, 2, 3], [1.0, 3.0, 2.0, 1.0], 0.5)
    2.0
    """
    at, values = _checked(steps, curve)
    if positive(share, "share", 1) == 1:
        raise InputError("share must be below 1", received="1")
    middle = (values.max() + values.min()) / 2
    extreme = int(values.argmax() if values[-1] < middle else values.argmin())
    whole = values[-1] - values[extreme]
    if whole == 0:
        return np.nan
    done = (values[extreme:] - values[extreme]) / whole
    last = int(np.flatnonzero(done < share)[-1])
    part = (share - done[last]) / (done[last + 1] - done[last])
    before, after = at[extreme + last], at[extreme + last + 1]
    return float(before + part * (after - before))


def _checked(steps: ArrayLike, curve: ArrayLike) -> tuple[FloatArray, FloatArray]:
    at, values = np.asarray(steps, dtype=np.float64), np.asarray(curve, dtype=np.float64)
    if at.ndim != 1 or at.shape != values.shape or len(at) < 2:
        raise InputError(
            "steps and curve don't fit",
            expected="two arrays of shape (T,), T at least 2",
            received=f"{at.shape} and {values.shape}",
        )
    if not (np.diff(at) > 0).all() or not np.isfinite(values).all():
        raise InputError("a curve needs increasing steps and finite values")
    return at, values
