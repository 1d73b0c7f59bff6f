"""Who wins how often: counts of winners, and chi-square tests of proportions with their power.

Real irreps are alike if they have the same type and dimension m over K: independent normal weights have
blocks of one distribution there, so that alike irreps win equally often.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2, ncx2

from odekit.arrays import FloatArray, IndexArray
from odekit.groups import FiniteGroup

__all__ = [
    "STANDARD_ERROR",
    "Kind",
    "ProportionTest",
    "alike",
    "compare_proportions",
    "known_shares",
    "one_wins_twice",
    "pool",
]

Kind = tuple[str, int]

STANDARD_ERROR = 0.003  # of shares that were counted from 20,000 neurons
# By kinds and how many irreps each has, on which alone the shares depend.
KNOWN: Mapping[frozenset[tuple[Kind, int]], Mapping[Kind, float]] = {
    frozenset({(("R", 1), 1), (("R", 2), 1)}): {("R", 1): 0.238, ("R", 2): 0.762},
    frozenset({(("R", 1), 3), (("R", 2), 1)}): {("R", 1): 3 * 0.1645, ("R", 2): 0.506},
    frozenset({(("R", 1), 3), (("H", 1), 1)}): {("R", 1): 3 * 0.2135, ("H", 1): 0.3595},
    frozenset({(("C", 1), 1), (("R", 3), 1)}): {("C", 1): 0.171, ("R", 3): 0.829},
    frozenset({(("C", 1), 1), (("C", 3), 1)}): {("C", 1): 0.145, ("C", 3): 0.855},
    frozenset({(("R", 1), 1), (("C", 1), 5)}): {("R", 1): 0.146, ("C", 1): 5 * 0.171},
}


@dataclass(frozen=True)
class ProportionTest:
    """Whether counts have the expected proportions.

    Parameters
    ----------
    name: what is tested.
    statistic, degrees: chi-square with this many degrees of freedom, if they do.
    alternative: non-centrality under the alternative that the test is meant to exclude.
    """

    name: str
    statistic: float
    degrees: int
    alternative: float

    def critical(self, level: float) -> float:
        """What the statistic exceeds with probability ``level``, if the proportions hold."""
        return float(chi2.isf(level, self.degrees))

    def power(self, level: float) -> float:
        """Probability that the alternative is rejected."""
        return float(ncx2.sf(self.critical(level), self.degrees, self.alternative))


def alike(group: FiniteGroup) -> dict[Kind, list[int]]:
    """Places of the nontrivial real irreps, by type and dimension over K.

    >>> from odekit.groups import group
    >>> alike(group("Z6"))
    {('C', 1): [1, 2], ('R', 1): [3]}
    """
    found: dict[Kind, list[int]] = {}
    for place, sigma in enumerate(group.real_irreps[1:], start=1):
        found.setdefault((sigma.type, sigma.m), []).append(place)
    return found


def known_shares(group: FiniteGroup) -> Mapping[Kind, float] | None:
    """Shares of neurons won by all irreps of a kind, within about 0.003, or None where nobody counted them.

    From 20,000 random neurons and more a group, by programs that share nothing with this package.
    """
    kinds = frozenset((kind, len(places)) for kind, places in alike(group).items())
    shares = KNOWN.get(kinds)
    if shares is None:
        return None
    total = sum(shares.values())
    return {kind: share / total for kind, share in shares.items()}


def compare_proportions(
    name: str,
    counts: Sequence[int] | IndexArray,
    expected: Sequence[float] | FloatArray,
    alternative: Sequence[float] | FloatArray,
    standard_error: float = 0.0,
) -> ProportionTest:
    """Chi-square of counts against proportions that are known up to a standard error each.

    Without such an error it is Pearson's. The error adds to the covariance of the measured proportions, in
    the directions that leave their sum alone.

    >>> round(compare_proportions("coin", [60, 40], [0.5, 0.5], [0.9, 0.1]).statistic, 12)
    4.0
    """
    counts, expected = np.asarray(counts), np.asarray(expected, dtype=np.float64)
    total, size = int(counts.sum()), len(counts)
    if not total:
        return ProportionTest(name, float("nan"), size - 1, 0.0)
    multinomial = (np.diag(expected) - np.outer(expected, expected)) / total
    uncertain = standard_error**2 * (np.eye(size) - 1.0 / size) * size / (size - 1)
    weights = np.linalg.pinv(multinomial + uncertain, hermitian=True)
    measured, other = counts / total - expected, np.asarray(alternative) - expected
    statistic, noncentrality = float(measured @ weights @ measured), float(other @ weights @ other)
    return ProportionTest(name, statistic, size - 1, noncentrality)


def pool(name: str, tests: Sequence[ProportionTest]) -> ProportionTest:
    """One test of several independent ones, all of whose alternatives hold together."""
    counted = [test for test in tests if not np.isnan(test.statistic)]
    return ProportionTest(
        name,
        sum(test.statistic for test in counted),
        sum(test.degrees for test in counted),
        sum(test.alternative for test in counted),
    )


def one_wins_twice(size: int) -> FloatArray:
    """Proportions if one of ``size`` irreps won twice as often as each other one.

    >>> one_wins_twice(3).tolist()
    [0.5, 0.25, 0.25]
    """
    weights = np.ones(size)
    weights[0] = 2.0
    shares: FloatArray = weights / weights.sum()
    return shares
