"""The shape that outgrows all others: the nonlinear eigenvalue of a flow that is homogeneous of degree 1.

With the activation ``a z + b |z|``, E is homogeneous of degree 2, and the winning shape of ``w' = lambda w``
maximises ``lambda = 2 E/|w|^2``. Its theta is odd and its xi even about one element, hence a kink
theta[x] + theta[y] = 0 wherever x + y is that element. With G[h, x] = sign(theta[x] + theta[h - x]) the
gradient in xi is ``2 b G(theta) theta``, and lambda the largest ``|2 b G(theta) theta| / |theta|``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from odekit.arrays import FloatArray, IntArray
from odekit.errors import InputError

__all__ = ["GrowthShape", "growth_shape"]

# At a kink the ascent jumps to and fro by about one step, so that steps shrink to the wanted accuracy.
SHARES = (0.1, 0.03, 0.01, 3e-3, 1e-3, 3e-4, 1e-4, 1e-5, 1e-6, 1e-7)
SWEEPS = 100
# Inputs that cancel exactly leave rounding of this size, whose sign means nothing.
KINK = 1e-12


@dataclass(frozen=True, eq=False)
class GrowthShape:
    """The fixed shape of a growing neuron, per unit of b in ``act = a z + b |z|``.

    Parameters
    ----------
    rate: lambda/b, in the time of the summed loss at logit scale 1.
    error: how much the rate still rose in the last tenfold refinement of the step.
    theta, xi: (H,) sizes of the harmonics of the shape of norm 1 in each, theta_m of sin(m w j) and xi_m of
        -cos(m w j) up to signs.
    """

    rate: float
    error: float
    theta: FloatArray
    xi: FloatArray

    @property
    def ratio(self) -> float:
        """alpha/beta at the frequency itself."""
        return float(abs(self.theta[0] / self.xi[0]))

    def relative(self, weights: str, m: int) -> float:
        """Size of harmonic m relative to that of the frequency itself."""
        values = self.theta if weights == "theta" else self.xi
        return float(abs(values[m - 1] / values[0]))


@lru_cache(maxsize=256)
def growth_shape(order: int, harmonics: int | None = None) -> GrowthShape:
    """Maximise the growth rate by ascent on the sphere, with steps that shrink because of the kinks.

    Parameters
    ----------
    order: n, odd and at least 5.
    harmonics: H, how many multiples of the frequency theta and xi hold; by default all (n-1)/2.

    Raises
    ------
    InputError: an even or small order, or a number of harmonics out of range.

    >>> round(growth_shape(23, 1).rate, 6)
    12.496651
    """
    if order < 5 or order % 2 == 0:
        raise InputError("a growth rate needs an odd order", expected="an odd n from 5", received=str(order))
    count = order // 2 if harmonics is None else harmonics
    if not 1 <= count <= order // 2:
        raise InputError("harmonics out of range", expected=f"1 to {order // 2}", received=str(harmonics))
    ladder = _Ladder.of(order, count)
    shape = np.eye(count)[0]
    best: list[float] = []
    for share in SHARES:
        shape, rate = ladder.climb(shape, share)
        best.append(max([2 * rate, *best[-1:]]))
    xi = ladder.readout(shape)
    return GrowthShape(best[-1], best[-1] - best[-2], shape, xi / np.linalg.norm(xi))


@dataclass(frozen=True, eq=False)
class _Ladder:
    """Orthonormal sines for theta and cosines for xi, (n, H), and the other element y of each x + y = h."""

    sines: FloatArray
    cosines: FloatArray
    partner: IntArray

    @classmethod
    def of(cls, order: int, count: int) -> _Ladder:
        elements = np.arange(order)
        turns = np.outer(elements, np.arange(1, count + 1)) % order * (2 * np.pi / order)
        scale = np.sqrt(2 / order)
        return cls(scale * np.sin(turns), scale * np.cos(turns), (elements[:, None] - elements) % order)

    def climb(self, shape: FloatArray, share: float) -> tuple[FloatArray, float]:
        """Ascend with one step size; returns the last shape and the largest rate."""
        best = 0.0
        for _ in range(SWEEPS):
            signs, votes = self._votes(shape)
            rate = float(np.linalg.norm(votes))
            best = max(best, rate)
            pull = self.sines.T @ (signs.T @ (self.cosines @ votes))
            pull /= np.linalg.norm(pull)
            shape = shape + share * (pull - shape * (shape @ pull))
            shape /= np.linalg.norm(shape)
        return shape, best

    def readout(self, shape: FloatArray) -> FloatArray:
        """The gradient in xi, which xi is parallel to."""
        return self._votes(shape)[1]

    def _votes(self, shape: FloatArray) -> tuple[FloatArray, FloatArray]:
        theta = self.sines @ shape
        inputs = theta + theta[self.partner]
        signs = np.where(np.abs(inputs) < KINK, 0.0, np.sign(inputs))
        return signs, self.cosines.T @ (signs @ theta)
