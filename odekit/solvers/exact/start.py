"""A batch of starts of the two-mode flow on their orbits, scaled by powers of 2, so that no digit is lost."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from odekit.arrays import BoolArray, FloatArray
from odekit.solvers.exact.orbit import Orbit, Point, clock, orbit_through, point_at_projection, point_at_time

__all__ = ["Start", "phase_difference", "sine_and_cosine", "start_from"]

# A phase of many turns has coarser floats: further from pi than this it still is what it says.
_MOST_ROUNDING = 8 * float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Start:
    """Starts on their orbits; ``beta`` and the clock ``ahead`` and ``behind`` in units of ``2**exponent``."""

    orbit: Orbit
    point: Point
    beta: FloatArray
    ahead: FloatArray
    behind: FloatArray
    exponent: NDArray[np.int32]
    rate: FloatArray
    is_valid: BoolArray
    is_at_rest: BoolArray

    @property
    def blow_up(self) -> FloatArray:
        """T*, infinity at rest."""
        return np.where(self.is_at_rest, np.inf, self.time(self.ahead))

    def time(self, span: FloatArray) -> FloatArray:
        """Time that a span of the clock takes; exponents apart, so that no product over- or underflows."""
        mantissa, exponent = np.frexp(self.rate)
        return np.asarray(np.ldexp(span / (2 * mantissa), -(exponent + self.exponent)))

    def point_after(self, t: FloatArray) -> Point:
        """The point at time t."""
        span = self._span(t)
        return point_at_time(self.orbit, self.ahead - span, self.behind + span)

    def point_before(self, z: FloatArray) -> Point:
        """The point at the time z before blow-up."""
        span = self._span(z)
        return point_at_time(self.orbit, span, 2 * self.orbit.half - span)

    def _span(self, time: FloatArray) -> FloatArray:
        """What a time is on the orbit's clock."""
        mantissa, exponent = np.frexp(self.rate)
        part, power = np.frexp(time)
        return np.asarray(np.ldexp(2 * mantissa * part, exponent + power + self.exponent))

    def rescaled(self, magnitude: FloatArray) -> FloatArray:
        """A magnitude in the caller's units."""
        return np.asarray(np.ldexp(magnitude, self.exponent))


def start_from(
    alpha: FloatArray, beta: FloatArray, sine: FloatArray, cosine: FloatArray, rate: FloatArray
) -> Start:
    """The start on its orbit, in units of the power of 2 just above the larger magnitude."""
    is_valid = np.isfinite(alpha) & np.isfinite(beta) & (alpha >= 0) & (beta >= 0) & np.isfinite(sine)
    exponent = np.frexp(np.where(is_valid, np.maximum(alpha, beta), 1.0))[1]
    alpha, beta = (np.ldexp(np.where(is_valid, value, np.nan), -exponent) for value in (alpha, beta))
    orbit = orbit_through(alpha, beta, sine)
    point = point_at_projection(orbit, beta * cosine)
    ahead, behind = clock(orbit, point)
    return Start(orbit, point, beta, ahead, behind, exponent, rate, is_valid, is_valid & (alpha == 0))


def sine_and_cosine(
    D: FloatArray, rest: FloatArray | float = 0.0, unit: FloatArray | float = 0.0
) -> tuple[FloatArray, FloatArray]:
    """Sine and cosine of ``D + rest``, the sine 0 where D stands for an odd multiple of pi.

    ``unit`` is the unit in the last place of what D was computed from, if that is larger than D's own.

    >>> float(sine_and_cosine(np.array(np.pi))[0])
    0.0
    """
    sine, cosine = np.sin(D) + rest * np.cos(D), np.cos(D)
    rounding = np.minimum(np.maximum(np.spacing(np.abs(D)), unit), _MOST_ROUNDING)
    stands_for_pi = (cosine < 0) & (np.abs(sine) <= rounding)
    return np.where(stands_for_pi, np.copysign(0.0, sine), sine), cosine


def phase_difference(phi: FloatArray, psi: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Sine and cosine of ``2 phi - psi``, the rounding error of the difference included (Knuth's two-sum)."""
    double, minus = 2 * phi, -psi
    D = double + minus
    part = D - double
    rest = (double - (D - part)) + (minus - part)
    return sine_and_cosine(D, rest, np.spacing(np.maximum(np.abs(double), np.abs(psi))))
