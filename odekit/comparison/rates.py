"""Exponential rates from data: local slopes in a window chosen by rule, with an interval.

A distance that shrinks as C exp(-rate t) (1 + o(1)) has local slopes -d log(distance)/dt that tend to the
rate. Early slopes are not yet asymptotic, late ones are rounding; the window keeps what lies between.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from odekit.errors import InputError

__all__ = ["RateEstimate", "estimate_rate"]

FloatArray = NDArray[np.float64]
MIN_POINTS = 4


@dataclass(frozen=True)
class RateEstimate:
    """A rate of exponential decay.

    Parameters
    ----------
    rate: per unit of time; positive where the distance shrinks.
    interval: lower and upper end; it holds every local slope of the window's last half and the limit.
    window: first and last time used.
    diagnostics: number of points, first and last slope, floor.
    """

    rate: float
    interval: tuple[float, float]
    window: tuple[float, float]
    diagnostics: Mapping[str, float]

    @property
    def is_conclusive(self) -> bool:
        """Whether the window held enough points for an interval."""
        return bool(np.isfinite(self.rate))


def estimate_rate(
    t: ArrayLike, distance: ArrayLike, *, floor: float | None = None, start: float = 0.1
) -> RateEstimate:
    """Estimate the rate at which a distance decays.

    The window opens once the distance has fallen below ``start`` times its largest value for good, and closes
    before it first falls below ``floor``. The rate is the limit of the local slopes, extrapolated by
    Aitken's rule where they converge; no regression is made of deterministic data.

    Parameters
    ----------
    t: (T,) times, increasing.
    distance: (T,) nonnegative.
    floor: where rounding or a finite logit scale begins; by default 1e4 eps times the largest distance.
    start: share of the largest distance, in (0, 1].

    Returns
    -------
    estimate: with a rate of NaN where fewer than four points lie in the window.

    Raises
    ------
    InputError: shapes that differ, times that do not increase, or a negative distance.

    >>> import numpy as np
    >>> t = np.linspace(0, 10, 41)
    >>> round(estimate_rate(t, np.exp(-2 * t)).rate, 9)
    2.0
    """
    times, values = np.asarray(t, dtype=np.float64), np.asarray(distance, dtype=np.float64)
    _check(times, values, start)
    largest = float(np.nanmax(values)) if values.size else 0.0
    low = 1e4 * np.finfo(np.float64).eps * largest if floor is None else float(floor)
    first, last = _window(values, start * largest, low)
    if last - first < MIN_POINTS:
        return RateEstimate(np.nan, (np.nan, np.nan), (np.nan, np.nan), {"points": max(last - first, 0)})
    slopes = -np.diff(np.log(values[first:last])) / np.diff(times[first:last])
    limit = _limit(slopes)
    tail = slopes[len(slopes) // 2 :]
    interval = (float(min(tail.min(), limit)), float(max(tail.max(), limit)))
    diagnostics = {"points": last - first, "first": slopes[0], "last": slopes[-1], "floor": low}
    return RateEstimate(limit, interval, (float(times[first]), float(times[last - 1])), diagnostics)


def _check(times: FloatArray, values: FloatArray, start: float) -> None:
    if times.ndim != 1 or times.shape != values.shape:
        raise InputError(
            "times and distances differ in shape",
            expected="two arrays of shape (T,)",
            received=f"{times.shape} and {values.shape}",
        )
    if (np.diff(times) <= 0).any():
        raise InputError("the times do not increase", expected="increasing t")
    if (values < 0).any():
        raise InputError("a distance is negative", expected="distance >= 0", received=str(values.min()))
    if not 0 < start <= 1:
        raise InputError("start must be a share", expected="0 < start <= 1", received=repr(start))


def _window(values: FloatArray, high: float, low: float) -> tuple[int, int]:
    """Half-open range from the last point above ``high`` to the first one not above ``low``."""
    above = np.flatnonzero(~(values <= high))
    first = int(above[-1]) + 1 if above.size else 0
    below = np.flatnonzero(~(values[first:] > low))
    return first, first + int(below[0]) if below.size else len(values)


def _limit(slopes: FloatArray) -> float:
    """Aitken's extrapolation of the last three slopes where they contract, else the last one."""
    if len(slopes) < 3:
        return float(slopes[-1])
    a, b, c = (float(value) for value in slopes[-3:])
    first, second = b - a, c - b
    if first == 0 or not 0 < second / first < 0.9:
        return c
    return c + second * second / (first - second)
