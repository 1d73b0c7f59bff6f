r"""Blow-up time and exact solution of the two-mode flow ``u' = 2 r v conj(u), v' = r u^2``.

With ``u = alpha e^{i phi}``, ``v = beta e^{i psi}`` and ``D = 2 phi - psi``:

    alpha' = 2 r alpha beta cos D,   beta' = r alpha^2 cos D,
    phi' = -2 r beta sin D,          psi' = r (alpha^2/beta) sin D.

One frequency of one neuron has ``r = p`` (loss summed over the pairs of Z_p). A character of order 2, with
``u' = 4 p u v, v' = 2 p u^2``, has ``r = 2 p`` and D = 0 (v > 0) or D = pi (v < 0).
D = pi is unstable: a D within a unit in the last place of it, or of another odd multiple, stands for it.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from odekit.arrays import FloatArray
from odekit.solvers.exact.inputs import real_arrays
from odekit.solvers.exact.numba_orbits import exact_kernel, follow_lanes
from odekit.solvers.exact.rows import follow_rows, lifetimes

__all__ = ["blow_up_time", "exact_modes", "exact_modes_before_blow_up", "exact_orbit"]


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
    alpha, beta, D, rate = real_arrays(alpha=alpha, beta=beta, D=D, rate=rate)
    columns = (alpha, D / 2.0, beta, np.zeros(()), rate)
    kernel = exact_kernel(_size(columns))
    if kernel is None:
        return lifetimes(*columns)
    return follow_lanes(kernel, (*columns, np.full((), np.nan)), before=False, phases=False)[0]


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
    alpha, phi, beta, psi, rate, t = real_arrays(alpha=alpha, phi=phi, beta=beta, psi=psi, rate=rate, t=t)
    _, alpha, beta, _, phi, psi = _follow((alpha, phi, beta, psi, rate, t), before=False, phases=True)
    return alpha, phi, beta, psi


def exact_modes_before_blow_up(
    alpha: ArrayLike, phi: ArrayLike, beta: ArrayLike, psi: ArrayLike, rate: ArrayLike, z: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    r"""Magnitudes and phases at the time ``z = T* - t`` before blow-up, to full accuracy as z tends to 0.

    There ``beta`` tends to ``1/(2 r z)``, ``alpha`` to sqrt(2) beta, and ``D = 2 phi - psi`` to
    ``4 r^3 K z^3``.

    Parameters
    ----------
    alpha, beta: float64, >= 0. phi, psi: float64, radians: the start. rate: float64, > 0.
    z: float64, > 0, broadcasting against the states; from ``1e-140 T*`` on. Above T* it continues the orbit
        backward, to its blow-up in the past.

    Returns
    -------
    alpha, phi, beta, psi: float64 of the broadcast shape, the phases as in `exact_modes`. NaN at ``z <= 0``,
    where the orbit never blows up, and in rows with invalid input.

    Raises
    ------
    InputError: a rate that isn't finite and positive.
    InputError: an input that isn't real, or shapes that don't broadcast.

    Source: as in `blow_up_time`. The relative error is of the order of rounding, whatever z.

    >>> alpha, phi, beta, psi = exact_modes_before_blow_up(1.0, 0.0, 1.0, 0.5, 1.0, 1e-30)
    >>> bool(np.isclose(beta, 5e29, rtol=1e-14)), bool(np.isclose(alpha / beta, 2**0.5, rtol=1e-14))
    (True, True)
    """
    alpha, phi, beta, psi, rate, z = real_arrays(alpha=alpha, phi=phi, beta=beta, psi=psi, rate=rate, z=z)
    _, alpha, beta, _, phi, psi = _follow((alpha, phi, beta, psi, rate, z), before=True, phases=True)
    return alpha, phi, beta, psi


def exact_orbit(
    alpha: ArrayLike, beta: ArrayLike, D: ArrayLike, rate: ArrayLike, t: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    r"""Blow-up time, and magnitudes and phase difference at time t: what doesn't need the phases, at once.

    Parameters
    ----------
    alpha, beta: float64, >= 0. D: float64, radians, ``2 phi - psi``. rate: float64, > 0.
    t: float64, broadcasting against them.

    Returns
    -------
    blow_up_time, alpha, beta, D: float64 of the broadcast shape; D in [-pi, pi]. The first is as in
    `blow_up_time`, the others are NaN where `exact_modes` has NaN.

    Raises
    ------
    InputError: a rate that isn't finite and positive.
    InputError: an input that isn't real, or shapes that don't broadcast.

    Source: as in `blow_up_time`.

    >>> T, alpha, beta, D = exact_orbit(1.0, 0.5**0.5, 0.0, 1.0, 0.5)
    >>> bool(np.isclose(alpha, 1 / (1 - 0.5 * 2**0.5), rtol=1e-14)), float(D)
    (True, 0.0)
    """
    alpha, beta, D, rate, t = real_arrays(alpha=alpha, beta=beta, D=D, rate=rate, t=t)
    columns = (alpha, D / 2.0, beta, np.zeros(()), rate, t)
    life, alpha, beta, D = _follow(columns, before=False, phases=False)
    return life, alpha, beta, D


def _follow(columns: Sequence[FloatArray], *, before: bool, phases: bool) -> tuple[FloatArray, ...]:
    """By machine code where that pays, else row by row on arrays."""
    kernel = exact_kernel(_size(columns))
    if kernel is None:
        return follow_rows(*columns, before=before, phases=phases)
    return follow_lanes(kernel, columns, before=before, phases=phases)


def _size(columns: Sequence[FloatArray]) -> int:
    return math.prod(np.broadcast_shapes(*(column.shape for column in columns)))
