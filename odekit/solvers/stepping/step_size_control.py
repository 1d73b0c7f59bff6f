"""Step size control with the numbers of the Fortran code DOP853, except for the safety factor."""

from dataclasses import dataclass

import numpy as np

from odekit.arrays import BoolArray, FloatArray
from odekit.solvers.stepping.stages import RightHandSide, combine
from odekit.solvers.stepping.tableau import DOP853

__all__ = [
    "CONTROL",
    "StepSizeControl",
    "error_norm",
    "initial_step",
    "next_step",
    "root_mean_square",
    "smallest_step",
]


@dataclass(frozen=True)
class StepSizeControl:
    """Every number that decides a step, for all methods and kernels.

    Parameters
    ----------
    safety: factor on the step that the error allows. Towards a blow-up each step must be shorter than the
        last: with the customary 0.9 more than every third is tried in vain, with 0.8 one in fifty.
    smallest_factor, largest_factor: of a step to the one before it.
    third_share: of the third-order estimate in the error norm.
    first_share: of its size by which the first step changes y, unless y or y' is smaller than ``small``
        tolerances: then that step is ``timid``.
    growth: by how much the first step may grow where y'' allows; ``flat_growth`` where y'' is below ``flat``.
    spacings: of the floats at t, below which a step no longer moves the clock.
    tiny: keeps a tolerance of 0 from dividing by 0.
    gap, least_gap: between two breakpoints the field is never asked for nearer to them than ``gap`` times
        the time and ``least_gap`` times the last time, since rounding decides on which side it is there.
    """

    safety: float = 0.8
    smallest_factor: float = 0.2
    largest_factor: float = 10.0
    third_share: float = 0.01
    first_share: float = 0.01
    small: float = 1e-5
    timid: float = 1e-6
    growth: float = 100.0
    flat: float = 1e-15
    flat_growth: float = 1e-3
    spacings: float = 10.0
    tiny: float = float(np.finfo(np.float64).tiny)
    gap: float = 2.0**-48
    least_gap: float = 2.0**-60


CONTROL = StepSizeControl()


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
    np.maximum(scale, CONTROL.tiny, out=scale)
    fifth = _mean_square(combine(DOP853.error_5, increments) / scale)
    third = _mean_square(combine(DOP853.error_3, increments) / scale)
    denominator = np.sqrt(fifth + CONTROL.third_share * third)
    norm: FloatArray = fifth / np.where(denominator == 0.0, 1.0, denominator)
    return norm


def next_step(
    h: FloatArray, error: FloatArray, after_rejection: BoolArray, order: int = DOP853.order
) -> FloatArray:
    """Step size to try next: ``0.8 h error**(-1/order)``, from h/5 to 10 h; after a rejection at most h."""
    factor = CONTROL.safety * error ** (-1.0 / order)
    factor = np.where(np.isfinite(error), factor, CONTROL.smallest_factor)
    largest = np.where(after_rejection, 1.0, CONTROL.largest_factor)
    return h * np.clip(factor, CONTROL.smallest_factor, largest)


def smallest_step(t: FloatArray) -> FloatArray:
    """Shortest step that still moves the clock: ten spacings of the floats at t."""
    return CONTROL.spacings * np.spacing(t)


def initial_step(
    rhs: RightHandSide,
    y: FloatArray,
    f: FloatArray,
    p: FloatArray,
    rtol: FloatArray,
    atol: FloatArray,
    end: FloatArray,
    order: int = DOP853.order,
) -> FloatArray:
    """First step size of each lane from the sizes of y, y' and y'', at most ``end``; (lane,).

    ``order`` is that of the method's error.

    Source: Hairer, Norsett, Wanner, section II.4, "Starting step size".
    """
    scale = np.maximum(atol + rtol * np.abs(y), CONTROL.tiny)
    size, speed = root_mean_square(y / scale), root_mean_square(f / scale)
    first = np.where(
        (size < CONTROL.small) | (speed < CONTROL.small), CONTROL.timid, CONTROL.first_share * size / speed
    )
    first = np.minimum(first, end)
    f_next = np.empty_like(f)
    rhs(first, y + first * f, p, f_next)
    curvature = root_mean_square((f_next - f) / scale) / first
    largest = np.maximum(speed, curvature)
    flat = np.maximum(CONTROL.timid, first * CONTROL.flat_growth)
    second = np.where(largest <= CONTROL.flat, flat, (CONTROL.first_share / largest) ** (1 / order))
    step = np.minimum(np.minimum(CONTROL.growth * first, second), end)
    return np.where(np.isfinite(step) & (step > 0.0), step, np.minimum(CONTROL.timid, end))


def _mean_square(values: FloatArray) -> FloatArray:
    # The order in which NumPy adds depends on how the numbers lie, and on whether a lane is alone.
    squares = np.multiply(values, values, order="C")
    is_alone = values.shape[1] == 1
    total: FloatArray = np.add.accumulate(squares)[-1] if is_alone else np.add.reduce(squares, axis=0)
    return total / len(values)


def root_mean_square(values: FloatArray) -> FloatArray:
    """Over the states, (lane,)."""
    return np.sqrt(_mean_square(values))
