"""Which step is good enough, and how long the next one is: for each trajectory on its own.

What enters are increments of a step and tolerances; what leaves are error norms and step sizes. Neither
the method's stages nor the trajectories' fate are known here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from odekit.solvers.stepping.stages import RightHandSide, combine
from odekit.solvers.stepping.tableau import DOP853

__all__ = ["error_norm", "initial_step", "next_step", "smallest_step"]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

SAFETY = 0.8
SMALLEST_FACTOR = 0.2
LARGEST_FACTOR = 10.0

_TINY = np.finfo(np.float64).tiny


def error_norm(
    increments: FloatArray, y: FloatArray, y_new: FloatArray, rtol: FloatArray, atol: FloatArray
) -> FloatArray:
    """Local error of a step in units of its tolerance, (lane,); at most 1 is good enough.

    With e5, e3 the root mean squares over the states of the two error estimates, each divided by
    ``atol + rtol max(|y|, |y_new|)``, the norm is ``e5**2 / sqrt(e5**2 + 0.01 e3**2)``.

    Source: Hairer, Norsett, Wanner, section II.10, on the error control of DOP853.
    """
    scale = np.maximum(np.abs(y), np.abs(y_new))
    scale *= rtol
    scale += atol
    np.maximum(scale, _TINY, out=scale)
    fifth = _mean_square(combine(DOP853.error_5, increments) / scale)
    third = _mean_square(combine(DOP853.error_3, increments) / scale)
    denominator = np.sqrt(fifth + 0.01 * third)
    norm: FloatArray = fifth / np.where(denominator == 0.0, 1.0, denominator)
    return norm


def next_step(h: FloatArray, error: FloatArray, after_rejection: BoolArray) -> FloatArray:
    """Step size to try next: ``0.8 h error**(-1/8)``, from h/5 to 10 h, and at most h after a rejection.

    Towards a blow-up each step must be shorter than the last. With the customary 0.9 more than every third
    step is then tried in vain, with 0.8 one in fifty.
    """
    factor = SAFETY * error ** (-1.0 / DOP853.order)
    factor = np.where(np.isfinite(error), factor, SMALLEST_FACTOR)
    largest = np.where(after_rejection, 1.0, LARGEST_FACTOR)
    return h * np.clip(factor, SMALLEST_FACTOR, largest)


def smallest_step(t: FloatArray) -> FloatArray:
    """Shortest step that still moves the clock: ten spacings of the floats at t."""
    return 10.0 * np.spacing(t)


def initial_step(
    rhs: RightHandSide,
    y: FloatArray,
    f: FloatArray,
    p: FloatArray,
    rtol: FloatArray,
    atol: FloatArray,
    end: FloatArray,
) -> FloatArray:
    """First step size of each lane from the sizes of y, y' and y'', at most ``end``; (lane,).

    Source: Hairer, Norsett, Wanner, section II.4, "Starting step size".
    """
    scale = np.maximum(atol + rtol * np.abs(y), _TINY)
    size, speed = _root_mean_square(y / scale), _root_mean_square(f / scale)
    first = np.where((size < 1e-5) | (speed < 1e-5), 1e-6, 0.01 * size / speed)
    first = np.minimum(first, end)
    f_next = np.empty_like(f)
    rhs(first, y + first * f, p, f_next)
    curvature = _root_mean_square((f_next - f) / scale) / first
    largest = np.maximum(speed, curvature)
    flat = np.maximum(1e-6, first * 1e-3)
    second = np.where(largest <= 1e-15, flat, (0.01 / largest) ** (1 / DOP853.order))
    step = np.minimum(np.minimum(100.0 * first, second), end)
    return np.where(np.isfinite(step) & (step > 0.0), step, np.minimum(1e-6, end))


def _mean_square(values: FloatArray) -> FloatArray:
    mean: FloatArray = np.add.reduce(values * values, axis=0) / len(values)
    return mean


def _root_mean_square(values: FloatArray) -> FloatArray:
    return np.sqrt(_mean_square(values))
