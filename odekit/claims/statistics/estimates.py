"""Measured orders and proportions, and how far they can be off."""

import math
from collections.abc import Sequence

import numpy as np
from scipy.stats import binom, binomtest

from odekit.arrays import FloatArray

__all__ = [
    "LEVEL",
    "halved_limit",
    "median_interval",
    "next_order",
    "noise_of_orders",
    "orders",
    "proportion_interval",
    "rejection_power",
]

LEVEL = 1e-4  # a true statement is rejected by chance once in 10,000 times


def orders(scales: FloatArray, values: FloatArray) -> FloatArray:
    """Local slopes of log(value) against log(scale), between neighbours on the last axis.

    >>> scales = np.array([0.4, 0.2, 0.1])
    >>> orders(scales, 7 * scales**3).round(12).tolist()
    [3.0, 3.0]
    """
    return np.diff(np.log(values), axis=-1) / np.diff(np.log(scales))


def noise_of_orders(scales: FloatArray, relative_errors: FloatArray) -> FloatArray:
    """Bound of the error of each local slope, to first order, where the values have these relative errors.

    Two values with relative errors e1 and e2 change the slope between them by at most
    ``(e1 + e2) / |log(scale1 / scale2)|``.
    """
    return (relative_errors[..., 1:] + relative_errors[..., :-1]) / np.abs(np.diff(np.log(scales)))


def next_order(slopes: FloatArray, power: int) -> float:
    """Bound of the last slope's distance from its limit, where scales are halved and corrections are powers.

    If a value is ``C s^q (1 + a s^m + b s^(2m) + ...)``, its slope deviates from q by a term that falls by
    ``2^m`` from one halving to the next. The slope j places before the last one therefore differs from it by
    ``2^(jm) - 1`` times the last deviation. The largest of these estimates is taken, so that one that is
    small by cancellation of a and b does no harm, and doubled for the terms beyond.

    Parameters
    ----------
    slopes: (..., S), at least two, the smallest scales last.
    power: m.

    >>> next_order(3 + 0.1 * 8.0 ** -np.arange(3), power=3) >= 0.1 / 64
    True
    """
    steps = np.arange(slopes.shape[-1] - 1, 0, -1)
    estimates = np.abs(slopes[..., :-1] - slopes[..., -1:]) / (2.0 ** (power * steps) - 1)
    return 2.0 * float(estimates.max())


def halved_limit(values: Sequence[FloatArray] | FloatArray, power: int) -> tuple[FloatArray, float]:
    """Limit of values whose corrections are powers ``s^m, s^(2m), ...`` of a halved scale, and its error.

    Richardson's: the last two values rid of the first correction. Twice the change from the two before them
    bounds what is left, which falls by ``4^m`` from one to the next.

    Parameters
    ----------
    values: (S, ...), at least three, the smallest scales last. power: m.

    >>> limit, error = halved_limit(7 + 0.5 * 4.0 ** -np.arange(4.0), 2)
    >>> float(limit), error
    (7.0, 0.0)
    """
    values = np.asarray(values)
    better = values[1:] + np.diff(values, axis=0) / (2.0**power - 1)
    return np.asarray(better[-1]), 2 * float(np.abs(better[-1] - better[-2]).max())


def proportion_interval(successes: int, count: int, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's interval of a proportion.

    >>> proportion_interval(0, 0)
    (0.0, 1.0)
    """
    if count == 0:
        return 0.0, 1.0
    interval = binomtest(successes, count).proportion_ci(confidence_level=1 - level, method="wilson")
    return float(interval.low), float(interval.high)


def rejection_power(count: int, least: float, alternative: float, level: float = LEVEL) -> float:
    """Probability that Wilson's interval lies below ``least``, if the proportion is ``alternative``.

    >>> round(rejection_power(100, 0.85, 0.5), 3)
    1.0
    """
    below = [k for k in range(count + 1) if proportion_interval(k, count, level)[1] < least]
    return float(binom.cdf(below[-1], count, alternative)) if below else 0.0


def median_interval(values: FloatArray, level: float = LEVEL) -> tuple[float, float]:
    """Interval of a median between two order statistics, for any continuous distribution.

    The number of values below the median is binomial with probability 1/2. Where there are too few values
    for the level, both ends are infinite.

    >>> median_interval(np.arange(15.0)), median_interval(np.arange(5.0))
    ((0.0, 14.0), (-inf, inf))
    """
    ordered = np.sort(values)
    below = int(binom.ppf(level / 2, len(ordered), 0.5))
    if below < 1:
        return -math.inf, math.inf
    return float(ordered[below - 1]), float(ordered[-below])
