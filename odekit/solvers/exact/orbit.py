r"""One orbit of the two-mode flow in units of its own scale: its constants, its points, its clock.

The flow ``u' = 2 r v conj(u), v' = r u^2`` conserves ``c = alpha^2 - 2 beta^2`` and
``K = alpha^2 beta sin D``. Every orbit falls towards a turning point ``(a, s) = (alpha^2, beta^2)`` while
``cos D < 0`` and rises from it while ``cos D > 0``. With ``d = beta^2 - s``, ``alpha^2 = a + 2 d`` and

    (alpha^2 beta cos D)^2 = 4 d (d^2 + B d + Q),   B = s + a,   Q = s a + a^2/4.

Gauss's transformation ``d = p (p + h)/(p + g)``, ``h = sqrt(Q)``, ``g = (h + B/2)/2`` makes all roots real
and keeps the clock ``z = 2 r (T* - t) = R_F(p, p + h, p + g)``. Every formula adds positive terms, so that
small ratios alpha/beta lose no digits; the larger magnitude must be between 1/2 and 1.
Source: [A] arXiv 2602.16849, the four-variable ODE; its closed form follows from the two first integrals.
"""

from dataclasses import dataclass

import numpy as np

from odekit.arrays import BoolArray, FloatArray
from odekit.solvers.exact.elliptic import half_period, phase_integral, point_at, time_from_pole

__all__ = [
    "Orbit",
    "Point",
    "clock",
    "orbit_through",
    "phase_ahead",
    "point_at_projection",
    "point_at_time",
    "state_at",
]

# Both starts of Newton's method are so close from above that seven steps reach rounding.
_NEWTON_STEPS = 7
# 2**27 + 1 halves the digits of a float, so that products of the halves are exact (Veltkamp).
_VELTKAMP = 134217729.0
# Relative rounding of alpha^2 - 2 beta^2; ratio a/s below which psi turns by far less than rounding.
_BALANCED = 4 * float(np.finfo(np.float64).eps)
_NEGLIGIBLE = 1e-34


@dataclass(frozen=True)
class Orbit:
    """Constants of an orbit, arrays of one shape: the start ``alpha``, the sign of K, and the turning point.

    ``turn_alpha`` and ``turn_beta`` are the magnitudes at the turning point, ``B`` the sum of the roots,
    ``h`` and ``g`` the roots after Gauss's transformation, ``half`` the clock at the turning point.
    """

    alpha: FloatArray
    sign: FloatArray
    turn_alpha: FloatArray
    turn_beta: FloatArray
    B: FloatArray
    h: FloatArray
    g: FloatArray
    half: FloatArray

    @property
    def K(self) -> FloatArray:
        """The first integral ``alpha^2 beta sin D``."""
        return self.sign * np.square(self.turn_alpha) * self.turn_beta


@dataclass(frozen=True)
class Point:
    """A point of an orbit: p, ``sqrt(d)``, ``sqrt(d^2 + B d + Q)``, and whether ``cos D >= 0``."""

    p: FloatArray
    root_d: FloatArray
    root_q: FloatArray
    is_rising: BoolArray


def orbit_through(alpha: FloatArray, beta: FloatArray, sine: FloatArray) -> Orbit:
    """Constants of the orbit through a state; ``sine`` is sin D.

    Where ``alpha = 0`` the state is at rest, and the constants are NaN. Where ``sin D = 0``, magnitudes
    within rounding of ``alpha^2 = 2 beta^2``, which no floats but 0 solve, stand for that balance.
    """
    c = _magnitude_excess(alpha, beta)
    c = np.where((sine == 0) & (np.abs(c) <= _BALANCED * np.square(alpha)), 0.0, c)
    height = beta * np.abs(sine)
    turn_beta = _turning_beta(c, np.square(alpha) * height)
    squared = np.where(c < 0, height / turn_beta, (2 * np.square(turn_beta) + c) / np.square(alpha))
    turn_alpha = alpha * np.sqrt(squared)
    a, s = np.square(turn_alpha), np.square(turn_beta)
    h = turn_alpha * np.sqrt(s + a / 4)
    g = (h + (s + a) / 2) / 2
    return Orbit(alpha, np.copysign(1.0, sine), turn_alpha, turn_beta, s + a, h, g, half_period(h, g))


def _magnitude_excess(alpha: FloatArray, beta: FloatArray) -> FloatArray:
    """``alpha^2 - 2 beta^2`` to full relative accuracy, the squares being kept with their rounding errors."""
    x, x_error = _exact_square(alpha)
    s, s_error = _exact_square(beta)
    return (x - 2 * s) + (x_error - 2 * s_error)


def _exact_square(value: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The rounded square and its rounding error (Dekker's product)."""
    high = _VELTKAMP * value
    high = high - (high - value)
    low = value - high
    square = value * value
    return square, ((high * high - square) + 2 * high * low) + low * low


def _turning_beta(c: FloatArray, K: FloatArray) -> FloatArray:
    """Largest root w of ``2 w^3 + c w - K``, ``K >= 0``, by Newton's method from above, hence monotone."""
    floor = np.sqrt(np.maximum(-c, 0) / 2)
    w: FloatArray = floor + np.fmin(np.cbrt(K / 2), K / (np.where(c < 0, 2, 1) * np.abs(c)))
    for _ in range(_NEWTON_STEPS):
        slope = 6 * w * w + c
        w = np.where(slope == 0, w, (4 * w * w * w + K) / slope)
    return w


def point_at_projection(orbit: Orbit, projection: FloatArray) -> Point:
    """The point with ``alpha^2 beta cos D = alpha(0)^2 * projection``.

    At the start ``projection`` is ``beta cos D``. ``k = d/alpha(0)^2`` is the positive root of
    ``4 k (x k^2 + B k + Q/x) = projection^2``, ``x = alpha(0)^2``, by Newton's method from above.
    """
    x, q = np.square(orbit.alpha), np.square(orbit.h / orbit.alpha)
    k = _positive_cubic_root(x, orbit.B, q, np.abs(projection))
    root_d = orbit.alpha * np.sqrt(k)
    root_q = orbit.alpha * np.sqrt(x * k * k + orbit.B * k + q)
    width = x * k + root_q
    p = root_d * (root_d / (width + orbit.h)) * (width + orbit.B / 2)
    return Point(p, root_d, root_q, projection >= 0)


def _positive_cubic_root(x: FloatArray, B: FloatArray, q: FloatArray, projection: FloatArray) -> FloatArray:
    """Positive root k of ``4 k (x k^2 + B k + q) = projection^2``; all terms positive, so nothing cancels."""
    target = np.square(projection)
    k: FloatArray = np.fmin(np.cbrt(target / (4 * x)), projection / (2 * np.sqrt(B)))
    k = np.fmin(k, target / (4 * q))
    for _ in range(_NEWTON_STEPS):
        slope = 12 * x * k * k + 8 * B * k + 4 * q
        k = np.where(slope == 0, k, (8 * x * k * k * k + 4 * B * k * k + target) / slope)
    return k


def clock(orbit: Orbit, point: Point) -> tuple[FloatArray, FloatArray]:
    """Clock from the point forward to blow-up and backward to the blow-up of the past."""
    near = time_from_pole(point.p, orbit.h, orbit.g)
    far = 2 * orbit.half - near
    return np.where(point.is_rising, near, far), np.where(point.is_rising, far, near)


def point_at_time(orbit: Orbit, ahead: FloatArray, behind: FloatArray) -> Point:
    """The point ``ahead`` from blow-up and ``behind`` from that of the past; NaN outside the orbit's life."""
    nearest = np.minimum(ahead, behind)
    p = point_at(np.where(nearest > 0, nearest, np.nan), orbit.h, orbit.g)
    outer = p + orbit.g
    share = np.where(outer > 0, (p + orbit.h) / outer, 1.0)
    return Point(p, np.sqrt(p) * np.sqrt(share), p + orbit.g * share, ahead <= behind)


def state_at(orbit: Orbit, point: Point) -> tuple[FloatArray, FloatArray, FloatArray]:
    """``(alpha, beta, D)`` at a point, D in [-pi, pi] with the sign of K."""
    alpha = np.hypot(orbit.turn_alpha, np.sqrt(2) * point.root_d)
    unit = np.where(alpha == 0, 1.0, alpha)
    along = 2 * (point.root_d / unit) * (point.root_q / unit)
    across = orbit.sign * np.square(orbit.turn_alpha / unit) * orbit.turn_beta
    D = np.arctan2(across, np.where(point.is_rising, along, -along))
    return alpha, np.hypot(orbit.turn_beta, point.root_d), D


def phase_ahead(orbit: Orbit, point: Point) -> FloatArray:
    """``phi(t) - phi(T*)`` at a point: K times the integral of ``1/alpha^2`` over the clock that is left.

    An orbit that comes so close to ``alpha = 0`` that psi stays, to far below rounding, has ``D/2`` there.
    """
    a, s = np.square(orbit.turn_alpha), np.square(orbit.turn_beta)
    near = phase_integral(np.square(point.root_d), point.p, a, s)
    turn = phase_integral(np.zeros_like(a), np.zeros_like(a), a, s)
    total = orbit.K * np.where(point.is_rising, near, 2 * turn - near)
    phase = np.where(a < _NEGLIGIBLE * s, state_at(orbit, point)[2] / 2, total)
    return np.where((orbit.K == 0) & (a >= s), 0.0, phase)
