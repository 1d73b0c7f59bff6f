"""Where the phases of the two-mode flow end, and when they align; rows without an answer are NaN."""

import numpy as np
from numpy.typing import ArrayLike

from odekit.arrays import FloatArray
from odekit.errors import InputError
from odekit.solvers.exact.inputs import real_arrays
from odekit.solvers.exact.orbit import clock, phase_ahead, point_at_projection
from odekit.solvers.exact.start import phase_difference, sine_and_cosine, start_from

__all__ = ["final_phases", "time_to_phase_alignment"]

# Its square is finite, and there, in units of the start, blow-up is nearer than rounding.
_FAR_OUT = 1e100


def final_phases(
    alpha: ArrayLike, phi: ArrayLike, beta: ArrayLike, psi: ArrayLike, rate: ArrayLike
) -> tuple[FloatArray, FloatArray]:
    r"""Phases at blow-up: ``phi(T*) = phi - (K/6) R_J`` along what is left of the orbit, and ``psi = 2 phi``.

    Parameters
    ----------
    alpha, beta: float64, >= 0. phi, psi: float64, radians.
    rate: float64, > 0; the phases don't depend on it.

    Returns
    -------
    phi, psi: float64 of the broadcast shape, in (-pi, pi]; NaN where the orbit never blows up or the input is
    invalid.

    Raises
    ------
    InputError: a rate that isn't finite and positive.
    InputError: an input that isn't real, or shapes that don't broadcast.

    Source: as in `odekit.solvers.blow_up_time`.

    An aligned mode keeps its phase:

    >>> phi, psi = final_phases(1.0, 0.3, 1.0, 0.6, 1.0)
    >>> round(float(phi), 12), round(float(psi), 12)
    (0.3, 0.6)
    """
    alpha, phi, beta, psi, rate = real_arrays(alpha=alpha, phi=phi, beta=beta, psi=psi, rate=rate)
    with np.errstate(all="ignore"):
        start = start_from(alpha, beta, *phase_difference(phi, psi), rate)
        ends = np.where(np.isfinite(start.blow_up), phi, np.nan)
        final = ends - phase_ahead(start.orbit, start.point)
        return _wrapped(final), _wrapped(2 * final)


def time_to_phase_alignment(
    alpha: ArrayLike, beta: ArrayLike, D: ArrayLike, rate: ArrayLike, tolerance: ArrayLike
) -> FloatArray:
    r"""First time at which ``|D|``, taken in [0, pi], is at most ``tolerance``.

    ``|D|`` only decreases, and equals the tolerance where ``alpha^2 beta cos D = |K|/tan(tolerance)``: a
    cubic for d, then a difference of Carlson's R_F.

    Parameters
    ----------
    alpha, beta: float64, >= 0. D: float64, radians. rate: float64, > 0.
    tolerance: float64, radians in (0, pi).

    Returns
    -------
    float64 of the broadcast shape: the time, 0 where the start is aligned (or ``beta = 0``), infinity where D
    stays, NaN where the input is invalid. The error is of the order of rounding times T*.

    Raises
    ------
    InputError: a tolerance outside (0, pi), or a rate that isn't finite and positive.
    InputError: an input that isn't real, or shapes that don't broadcast.

    Source: as in `odekit.solvers.blow_up_time`.

    >>> float(time_to_phase_alignment(1.0, 1.0, 0.01, 1.0, 0.02))
    0.0
    """
    alpha, beta, D, rate, angle = real_arrays(alpha=alpha, beta=beta, D=D, rate=rate, tolerance=tolerance)
    if not np.all((angle > 0) & (angle < np.pi)):
        raise InputError("a tolerance is out of range", expected="radians in (0, pi)", received=str(angle))
    with np.errstate(all="ignore"):
        sine, cosine = sine_and_cosine(D)
        start = start_from(alpha, beta, sine, cosine, rate)
        target = np.minimum(start.beta * np.abs(sine) * np.cos(angle) / np.sin(angle), _FAR_OUT)
        wait = start.ahead - clock(start.orbit, point_at_projection(start.orbit, target))[0]
        is_stuck = start.is_at_rest | np.isposinf(start.blow_up)
        time = np.where(is_stuck, np.inf, start.time(np.maximum(wait, 0)))
        is_aligned = start.is_valid & (np.abs(np.arctan2(sine, cosine)) <= angle)
        return np.where(is_aligned, 0.0, time)


def _wrapped(angle: FloatArray) -> FloatArray:
    """The angle in (-pi, pi]."""
    return np.asarray(np.arctan2(np.sin(angle), np.cos(angle)))
