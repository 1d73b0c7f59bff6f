r"""Exact solutions of the two-mode flow ``u' = 2 r v conj(u), v' = r u^2`` in elliptic functions.

With ``u = alpha e^{i phi}``, ``v = beta e^{i psi}`` and ``D = 2 phi - psi`` this is the four-variable ODE

    alpha' = 2 r alpha beta cos D,   beta' = r alpha^2 cos D,
    phi' = -2 r beta sin D,          psi' = r (alpha^2/beta) sin D,

of one frequency of one neuron (``r = p`` for the loss summed over the pairs of Z_p). A character of order 2,
whose signed coefficients obey ``u' = 4 p u v, v' = 2 p u^2``, is the case ``r = 2 p`` with D = 0 (v > 0) or
D = pi (v < 0).

Magnitudes, phases, rates and times enter as arrays that broadcast; times, magnitudes and phases leave. A row
that has no answer is NaN and disturbs no other row. This module knows nothing of groups, networks or runs.

At D = pi the orbit is unstable, and rounding must not decide whether it blows up: a D within one unit in the
last place of an odd multiple of pi stands for that multiple, and there magnitudes within rounding of
``alpha^2 = 2 beta^2`` stand for that balance.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from odekit.errors import InputError
from odekit.solvers.orbit import clock, phase_ahead, point_at_projection, state_at
from odekit.solvers.start import phase_difference, sine_and_cosine, start_from

__all__ = ["blow_up_time", "exact_modes", "final_phases", "time_to_phase_alignment"]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_FAR_OUT = 1e100


def blow_up_time(alpha: ArrayLike, beta: ArrayLike, D: ArrayLike, rate: ArrayLike) -> FloatArray:
    r"""Time at which both magnitudes become infinite.

    ``T* = F/(2 r)`` if ``cos D >= 0``, else ``(2 Z - F)/(2 r)``; F is the time from the start to infinity on
    the rising branch, Z that from the turning point, both Carlson's R_F.

    Parameters
    ----------
    alpha, beta: float64, >= 0, magnitudes of u and v.
    D: float64, radians, ``2 phi - psi``.
    rate: float64, > 0, the r of ``u' = 2 r v conj(u), v' = r u^2``.

    Returns
    -------
    float64 of the broadcast shape: T*; infinity where the orbit never blows up (``alpha = 0``, or D = pi with
    ``alpha^2 <= 2 beta^2``); NaN where a magnitude is negative or an input is not finite.

    Raises
    ------
    InputError: a rate that isn't finite and positive.
    InputError: an input that isn't real, or shapes that don't broadcast.

    Source: the four-variable ODE of [A] arXiv 2602.16849; ``s = beta^2`` solves
    ``s'^2 = 4 r^2 (s (2 s + c)^2 - K^2)`` with its two first integrals c and K.

    >>> float(blow_up_time(1.0, 1.0, np.pi, 1.0))
    inf
    >>> round(float(blow_up_time(1.0, 0.5**0.5, 0.0, 1.0)), 12)
    0.707106781187
    """
    alpha, beta, D, rate = _real_arrays(alpha=alpha, beta=beta, D=D, rate=rate)
    with np.errstate(all="ignore"):
        start = start_from(alpha, beta, *sine_and_cosine(D), rate)
        return start.blow_up


def exact_modes(
    alpha: ArrayLike, phi: ArrayLike, beta: ArrayLike, psi: ArrayLike, rate: ArrayLike, t: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    r"""Magnitudes and phases at time t.

    ``alpha = sqrt(a + 2 d)``, ``beta = sqrt(s + d)`` with ``d`` elliptic in ``2 r (T* - t)``; phi is a
    difference of Carlson's R_J, and ``psi = 2 phi - D`` with ``tan D = K/(alpha^2 beta cos D)``.

    Parameters
    ----------
    alpha, beta: float64, >= 0. phi, psi: float64, radians. rate: float64, > 0.
    t: float64, broadcasting against the states, as ``(time, 1)`` or ``(time, batch)`` against ``(batch,)``.
        Negative times continue the orbit backward, to its blow-up in the past.

    Returns
    -------
    alpha, phi, beta, psi: float64 of the broadcast shape. The phases are continuous in t and start at the
    given ones, except that psi jumps by pi where v passes through 0 (D = pi, ``alpha^2 > 2 beta^2``), and at
    ``t > 0`` is ``2 phi`` up to a multiple of 2 pi where ``beta = 0``. NaN at ``t >= T*``, at and before the
    blow-up of the past, and in rows with invalid input.

    Raises
    ------
    InputError: a rate that isn't finite and positive.
    InputError: an input that isn't real, or shapes that don't broadcast.

    Source: as in `blow_up_time`. Errors are of the order of rounding times ``1/(1 - t/T*)``.

    Aligned and balanced, alpha grows like ``1/(1 - t/T*)``:

    >>> alpha, phi, beta, psi = exact_modes(1.0, 0.0, 0.5**0.5, 0.0, 1.0, 0.5)
    >>> bool(np.isclose(alpha, 1 / (1 - 0.5 * 2**0.5), rtol=1e-14))
    True
    """
    alpha, phi, beta, psi, rate, t = _real_arrays(alpha=alpha, phi=phi, beta=beta, psi=psi, rate=rate, t=t)
    with np.errstate(all="ignore"):
        sine, cosine = phase_difference(phi, psi)
        start = start_from(alpha, beta, sine, cosine, rate)
        point = start.point_after(t)
        moved_alpha, moved_beta, D = state_at(start.orbit, point)
        moved_phi = phi + (phase_ahead(start.orbit, point) - phase_ahead(start.orbit, start.point))
        moved_psi = psi + (2 * (moved_phi - phi) - (D - np.arctan2(sine, cosine)))
        moved = (start.rescaled(moved_alpha), moved_phi, start.rescaled(moved_beta), moved_psi)
        stays = start.is_valid & ((t == 0) | (start.is_at_rest & np.isfinite(t)))
        alive = np.where(t < start.blow_up, 1.0, np.nan)
        return _keep_where(stays, (alpha, phi, beta, psi), tuple(value * alive for value in moved))


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

    Source: as in `blow_up_time`.

    An aligned mode keeps its phase:

    >>> phi, psi = final_phases(1.0, 0.3, 1.0, 0.6, 1.0)
    >>> round(float(phi), 12), round(float(psi), 12)
    (0.3, 0.6)
    """
    alpha, phi, beta, psi, rate = _real_arrays(alpha=alpha, phi=phi, beta=beta, psi=psi, rate=rate)
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

    Source: as in `blow_up_time`.

    >>> float(time_to_phase_alignment(1.0, 1.0, 0.01, 1.0, 0.02))
    0.0
    """
    alpha, beta, D, rate, angle = _real_arrays(alpha=alpha, beta=beta, D=D, rate=rate, tolerance=tolerance)
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


def _keep_where(
    stays: BoolArray, before: tuple[FloatArray, ...], after: tuple[FloatArray, ...]
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """The four values before where the state stays, those after elsewhere."""
    alpha, phi, beta, psi = (np.where(stays, old, new) for old, new in zip(before, after, strict=True))
    return alpha, phi, beta, psi


def _real_arrays(**values: ArrayLike) -> list[FloatArray]:
    """The arguments as float64 arrays, checked to be real and to broadcast, and the rate to be positive."""
    arrays = {name: _real_array(name, value) for name, value in values.items()}
    try:
        np.broadcast_shapes(*(array.shape for array in arrays.values()))
    except ValueError as failure:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise InputError("shapes don't fit", expected="shapes that broadcast", received=shapes) from failure
    rate = arrays["rate"]
    if not np.all(np.isfinite(rate) & (rate > 0)):
        raise InputError("a rate is out of range", expected="finite and positive", received=str(rate))
    return list(arrays.values())


def _real_array(name: str, value: ArrayLike) -> FloatArray:
    try:
        if np.iscomplexobj(value):
            raise TypeError("complex")
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as failure:
        raise InputError(f"{name} isn't real", expected="real numbers", received=str(failure)) from failure
