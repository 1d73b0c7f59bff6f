"""Tests of uniform frames: means of bounded quantities with rigorous levels, and tests on the circle."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, iv
from scipy.stats import norm

from odekit.arrays import FloatArray

__all__ = [
    "Law",
    "concentrated",
    "kuiper",
    "mean_test",
    "null_coordinate",
    "null_share",
    "rayleigh",
    "uniform_coordinate",
]

KUIPER_TERMS = 100  # the series has converged long before, also at its smallest argument, 0.4


@dataclass(frozen=True)
class Law:
    """What is known of a bounded random quantity.

    Parameters
    ----------
    mean, variance: of one sample.
    reach: largest distance of a sample from the mean.
    """

    mean: float
    variance: float
    reach: float

    def quantile(self, count: int, probability: float) -> float:
        """Lower quantile of the mean of ``count`` samples, by the normal approximation."""
        return self.mean + float(norm.ppf(probability)) * math.sqrt(self.variance / count)


def mean_test(samples: FloatArray | float, law: Law, count: int | None = None) -> float:
    """A bound of the p-value of a mean, by Bernstein's inequality: at most its level for any sample size.

    ``P(|mean - mu| >= t) <= 2 exp(-N t^2 / (2 (sigma^2 + b t / 3)))``.

    Parameters
    ----------
    samples: (N,), or their mean with its ``count``.
    law: of a sample, if the hypothesis is true.

    >>> mean_test(np.zeros(100), Law(0.0, 1.0, 1.0))
    1.0
    """
    values = np.asarray(samples)
    number = values.size if count is None else count
    t = abs(float(values.mean()) - law.mean)
    scale = 2 * (law.variance + law.reach * t / 3)
    return min(1.0, 2 * math.exp(-number * t**2 / scale))


def null_coordinate(r: int) -> Law:
    """A coordinate of a uniform unit vector in R^r: mean 0, variance 1/r."""
    return Law(0.0, 1 / r, 1.0)


def uniform_coordinate(r: int, places: FloatArray) -> FloatArray:
    """The probability that a coordinate of a uniform unit vector in R^r, r at least 2, is below each place.

    >>> uniform_coordinate(3, np.array([-1.0, 0.0, 0.5]))
    array([0.  , 0.5 , 0.75])
    """
    return np.asarray(betainc((r - 1) / 2, (r - 1) / 2, (1 + places) / 2))


def null_share(half_kappa: float, m: int) -> Law:
    """``|<p, e>|^2`` of a uniform unit vector p in K^m: Beta(kappa/2, kappa (m-1)/2).

    >>> null_share(0.5, 2)
    Law(mean=0.5, variance=0.125, reach=0.5)
    """
    mean = 1 / m
    variance = mean * (1 - mean) / (half_kappa * m + 1)
    return Law(mean, variance, max(mean, 1 - mean))


def concentrated(r: int, concentration: float) -> Law:
    """A coordinate x of a unit vector in R^r with the density of von Mises and Fisher, ``exp(c x)``.

    The mean is ``A = I_{r/2}(c) / I_{r/2-1}(c)`` and the variance ``1 - A^2 - (r-1) A / c``.
    """
    mean = float(iv(r / 2, concentration) / iv(r / 2 - 1, concentration))
    return Law(mean, 1 - mean**2 - (r - 1) * mean / concentration, 1 + mean)


def rayleigh(angles: FloatArray) -> float:
    """p-value of Rayleigh's test that angles are uniform on the circle.

    Source: Wilkie, Applied Statistics 32 (1983) 311.
    """
    count = len(angles)
    squared = float(abs(np.exp(1j * angles).sum()) ** 2)
    return min(1.0, math.exp(math.sqrt(1 + 4 * count + 4 * (count**2 - squared)) - (1 + 2 * count)))


def kuiper(angles: FloatArray) -> float:
    """p-value of Kuiper's test that angles are uniform on the circle, at any origin.

    Source: Stephens, Journal of the Royal Statistical Society B 32 (1970) 115, for the finite-size factor.
    """
    count = len(angles)
    places = np.sort(np.mod(angles, 2 * np.pi) / (2 * np.pi))
    ranks = np.arange(count)
    statistic = float((places - ranks / count).max() + ((ranks + 1) / count - places).max())
    scaled = statistic * (math.sqrt(count) + 0.155 + 0.24 / math.sqrt(count))
    if scaled < 0.4:
        return 1.0
    squares = (np.arange(1, KUIPER_TERMS + 1) * scaled) ** 2
    return min(1.0, float((2 * (4 * squares - 1) * np.exp(-2 * squares)).sum()))
