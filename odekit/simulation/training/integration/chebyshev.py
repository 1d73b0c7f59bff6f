"""A stabilised explicit method for stiff flows whose spectrum is real: Runge-Kutta-Chebyshev of order two.

A step of s stages is stable for ``h rho`` up to some .65 s**2, rho the spectral radius of the flow's
derivative, so that a stiff flow costs sqrt(h rho) gradients a step where a common method takes h rho. A
gradient flow's derivative is minus a Hessian times rates and has a real spectrum.
"""

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from odekit.arrays import FloatArray

__all__ = ["Chebyshev", "chebyshev_step", "spectral_radius", "stable_stages"]

Slope = Callable[[FloatArray], FloatArray]

# Damping of the stability polynomial, the published choice: a strip about the real axis is stable as well.
DAMPING = 2 / 13
# Share of the stability interval that a step may fill: the radius is an estimate.
MARGIN = 1.25
# Accepted steps after which the radius is estimated again.
RENEWED = 20
# Rounding grows as the square of the stages, and would come near the usual tolerances beyond.
MOST_STAGES = 500
# Limits to how fast a step may change, and a margin for the error estimate.
SAFETY, LEAST, MOST = 0.8, 0.1, 5.0
# A power method is stopped when it changes by less, which MARGIN covers, or after so many gradients.
SETTLED, MOST_TURNS = 0.02, 60


class Chebyshev:
    """Steps of dw/dt = slope(w), in the way of SciPy's solvers: `step`, then ``t``, ``y`` and `at`.

    Parameters
    ----------
    slope: of flat weights.
    t, start: where it begins.
    last: time at which it ends.
    step: first to try.
    rtol, atol: of a step's error, the root mean square over weights in units of atol + rtol |w|.

    Source: Sommeijer, Shampine and Verwer, J. Comput. Appl. Math. 88 (1998): the method, its error estimate
    ``.8 (w0 - w1) + .4 h (w0' + w1')``, and the radius by a nonlinear power method.
    """

    def __init__(
        self, slope: Slope, t: float, start: FloatArray, last: float, step: float, rtol: float, atol: float
    ) -> None:
        self.t, self.y, self.h_abs = t, start, step
        self.status, self.nfev = "running", 1
        self._slope, self._last, self._rtol, self._atol = slope, last, rtol, atol
        self.f = slope(start)
        self._before = (t, start, self.f)
        self.direction = self.f
        self.radius, self.age = 0.0, RENEWED

    def step(self) -> None:
        """Take one step; ``status`` is then running, finished or failed."""
        while True:
            self._renew()
            step = min(self.h_abs, self._last - self.t, self._longest())
            if not step > 10 * np.spacing(self.t):
                self.status = "failed"
                return
            reached = chebyshev_step(self._slope, self.y, self.f, step, self._stages(step))
            slope = self._slope(reached)
            self.nfev += self._stages(step)
            error = self._error(reached, slope, step)
            if error < 1:
                break
            self.age = RENEWED if self.age else 0
            self.h_abs = step * (max(SAFETY * error ** (-1 / 3), LEAST) if math.isfinite(error) else LEAST)
        self._before = (self.t, self.y, self.f)
        self.t = self._last if step >= self._last - self.t else self.t + step
        self.y, self.f = reached, slope
        self.h_abs = step * min(MOST, SAFETY * max(error, 1e-10) ** (-1 / 3))
        self.age += 1
        if self.t >= self._last:
            self.status = "finished"

    def at(self, times: FloatArray) -> FloatArray:
        """Weights (T, size) within the last step, by the cubic that has both ends' weights and slopes."""
        t, first, slope = self._before
        step = self.t - t
        s = ((times - t) / step)[:, None]
        moved = self.y - first
        bent = (1 - s) * (step * slope - moved) - s * (step * self.f - moved)
        cubic: FloatArray = first + s * moved + s * (1 - s) * bent
        return cubic

    @property
    def cost(self) -> float:
        """Gradients for each unit of time that the next step takes."""
        step = min(self.h_abs, self._longest())
        return self._stages(step) / step

    def _stages(self, step: float) -> int:
        return stable_stages(step * self.radius)

    def _longest(self) -> float:
        bound = 1.54 * MARGIN * self.radius
        return (MOST_STAGES**2 - 1) / bound if bound > 0 else math.inf

    def _renew(self) -> None:
        if self.age < RENEWED:
            return
        self.radius, self.direction, turns = spectral_radius(self._slope, self.y, self.f, self.direction)
        self.nfev += turns
        self.age = 0

    def _error(self, reached: FloatArray, slope: FloatArray, step: float) -> float:
        gap = 0.8 * (self.y - reached) + 0.4 * step * (self.f + slope)
        gap /= self._atol + self._rtol * np.maximum(np.abs(self.y), np.abs(reached))
        return float(np.sqrt(np.mean(gap**2)))


def stable_stages(length: float) -> int:
    """Stages of a step of which the length times the spectral radius is given."""
    return max(2, math.ceil(math.sqrt(1 + 1.54 * MARGIN * length)))


def chebyshev_step(
    slope: Slope, start: FloatArray, first: FloatArray, step: float, stages: int
) -> FloatArray:
    """One step from ``start``, whose slope is ``first``, of two or more stages."""
    mu, nu, mu_slope, gamma = coefficients(stages)
    before: FloatArray = start
    now: FloatArray = start + (mu_slope[1] * step) * first
    for j in range(2, stages + 1):
        following = slope(now)
        following *= mu_slope[j] * step
        following += mu[j] * now
        following += nu[j] * before
        following += (1 - mu[j] - nu[j]) * start
        following += (gamma[j] * step) * first
        before, now = now, following
    return now


@lru_cache(maxsize=256)
def coefficients(stages: int) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """mu, nu, mu~ and gamma~ of a step, (stages + 1,) each, by the recurrences of Chebyshev's polynomials."""
    w0 = 1 + DAMPING / stages**2
    value, first, second = (np.zeros(stages + 1) for _ in range(3))
    value[:2], first[1] = (1, w0), 1
    for j in range(2, stages + 1):
        value[j] = 2 * w0 * value[j - 1] - value[j - 2]
        first[j] = 2 * w0 * first[j - 1] - first[j - 2] + 2 * value[j - 1]
        second[j] = 2 * w0 * second[j - 1] - second[j - 2] + 4 * first[j - 1]
    w1 = first[-1] / second[-1]
    b = np.empty(stages + 1)
    b[2:] = second[2:] / first[2:] ** 2
    b[:2] = b[2]
    a = 1 - b * value
    mu, nu, mu_slope, gamma = (np.zeros(stages + 1) for _ in range(4))
    mu_slope[1] = b[1] * w1
    mu[2:] = 2 * w0 * b[2:] / b[1:-1]
    nu[2:] = -b[2:] / b[:-2]
    mu_slope[2:] = 2 * w1 * b[2:] / b[1:-1]
    gamma[2:] = -a[1:-1] * mu_slope[2:]
    return mu, nu, mu_slope, gamma


def spectral_radius(
    slope: Slope, start: FloatArray, at_start: FloatArray, direction: FloatArray
) -> tuple[float, FloatArray, int]:
    """The largest modulus of an eigenvalue of the slope's derivative, by the nonlinear power method.

    Parameters
    ----------
    at_start: the slope at ``start``.
    direction: first vector, such as the last one of an earlier call.

    Returns
    -------
    radius, the last vector, and how many slopes were taken.
    """
    size = math.sqrt(np.finfo(np.float64).eps) * (float(np.linalg.norm(start)) or 1.0)
    length, radius = float(np.linalg.norm(direction)), 0.0
    if not (math.isfinite(length) and length > 0):
        direction, length = np.ones_like(start), math.sqrt(start.size)
    for turn in range(1, MOST_TURNS + 1):
        moved = slope(start + (size / length) * direction) - at_start
        length = float(np.linalg.norm(moved))
        previous, radius = radius, length / size
        if not length > 0:
            return 0.0, np.ones_like(start), turn
        direction = moved
        if turn > 1 and abs(radius - previous) < SETTLED * radius:
            break
    return radius, direction, turn
