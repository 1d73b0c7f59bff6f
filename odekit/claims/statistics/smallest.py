"""The smallest of M independent times: its law from a sample of single ones, and Kolmogorov's test of it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy.stats import binom, kstest, kstwo

from odekit.arrays import FloatArray

__all__ = [
    "Distribution",
    "SmallestOf",
    "distance_power",
    "kolmogorov",
    "kolmogorov_critical",
    "least_distance",
]

# Probability of a time up to each of several.
Distribution: TypeAlias = Callable[[FloatArray], FloatArray]

# Any number in (0, 1) gives a bound; this one is nearly the best at small levels.
SHARE = 0.9


@dataclass(frozen=True, eq=False)
class SmallestOf:
    """The law ``P(smallest of M <= t) = 1 - (1 - F(t))^M``, F that of a sample.

    Parameters
    ----------
    singles: (N,) times, increasing.
    count: M.

    >>> SmallestOf(np.arange(1.0, 5.0), 2)(np.array([0.0, 1.0, 4.0])).tolist()
    [0.0, 0.4375, 1.0]
    """

    singles: FloatArray
    count: int

    def __call__(self, t: FloatArray) -> FloatArray:
        """The distribution function at times of any shape."""
        return np.asarray(1 - (1 - self.single(t)) ** self.count)

    def single(self, t: FloatArray) -> FloatArray:
        """F, the share of the sample up to each time."""
        return np.asarray(np.searchsorted(self.singles, t, side="right") / len(self.singles))

    def quantile(self, probabilities: FloatArray) -> FloatArray:
        """Times up to which the smallest comes with given probabilities, from the sample."""
        return np.asarray(np.quantile(self.singles, 1 - (1 - probabilities) ** (1 / self.count)))

    def error(self, level: float) -> float:
        """What the distance from the true law exceeds with a probability of at most ``level``.

        K = N // M disjoint choices of M have smallest times whose distribution is at a distance d with
        ``P(d > e) <= 2 exp(-2 K e^2)``, so that ``exp(2 c K d^2)`` is at most ``(1 + c)/(1 - c)`` on average
        for every c in (0, 1). By convexity so it is for the mean of the distributions over all divisions into
        such choices, which obeys ``P(d > e) <= (1 + c)/(1 - c) exp(-2 c K e^2)``. That mean is the law for M
        of N drawn without replacement; with it, as here, it grows by at most ``s^(M-1) (1-s) M (M-1) / (2
        (N-M))``, s = 1 - F, and so by less than ``(M-1) / (4 (N-M))``.

        Source: Massart, Annals of Probability 18 (1990) 1269, for one choice; Hoeffding, Journal of the
        American Statistical Association 58 (1963) 13, section 5, for the mean over all.
        """
        choices = len(self.singles) // self.count
        if choices < 2:
            return math.inf
        margin = math.log((1 + SHARE) / (1 - SHARE) / level)
        replaced = (self.count - 1) / (4 * (len(self.singles) - self.count))
        return math.sqrt(margin / (2 * SHARE * choices)) + replaced


def kolmogorov(sample: FloatArray, law: Distribution) -> float:
    """Largest distance of a sample's distribution function from a law.

    >>> kolmogorov(np.array([0.25, 0.75]), lambda t: t)
    0.25
    """
    # "asymp" saves the exact p-value, of which nothing is used.
    return float(kstest(law(sample), "uniform", method="asymp").statistic)


def kolmogorov_critical(count: int, level: float) -> float:
    """What that distance exceeds with probability ``level``, if the law holds: exact for any continuous one.

    >>> round(kolmogorov_critical(200, 0.05), 3)
    0.095
    """
    return float(kstwo.isf(level, count))


def least_distance(
    law: Distribution, other: Distribution, places: FloatArray, count: int, power: float
) -> float:
    """What the distance from ``law`` reaches with at least the probability ``power``, if ``other`` is true.

    By the binomial share of a sample up to the one of the places at which the two differ most.

    >>> round(least_distance(lambda t: t, lambda t: t**2, np.linspace(0, 1, 101), 200, 0.99), 3)
    0.175
    """
    p, q = _furthest(law, other, places)
    tail = power if q < p else 1 - power
    return max(0.0, math.copysign(1.0, q - p) * (float(binom.ppf(tail, count, q)) / count - p))


def distance_power(
    law: Distribution, other: Distribution, places: FloatArray, count: int, distance: float
) -> float:
    """The probability, at least, of more than this distance from ``law``, if ``other`` is true.

    >>> round(distance_power(lambda t: t, lambda t: t**2, np.linspace(0, 1, 101), 200, 0.174), 2)
    0.99
    """
    p, q = _furthest(law, other, places)
    if q < p:
        return float(binom.cdf(math.ceil(count * (p - distance)) - 1, count, q))
    return float(binom.sf(math.floor(count * (p + distance)), count, q))


def _furthest(law: Distribution, other: Distribution, places: FloatArray) -> tuple[float, float]:
    """Both probabilities at the place at which they differ most."""
    expected, found = law(places), other(places)
    place = int(np.abs(found - expected).argmax())
    return float(expected[place]), float(found[place])
