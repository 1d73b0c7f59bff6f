"""Diversification: over random starts every nontrivial irrep wins, alike ones equally often."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from odekit.arrays import IndexArray
from odekit.claims.experiments.spheres import (
    PAPER_B,
    choose_groups,
    has_competitors,
    random_start,
    sphere_network,
    winners,
)
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings, neurons_from
from odekit.claims.statistics import (
    LEVEL,
    STANDARD_ERROR,
    ProportionTest,
    alike,
    compare_proportions,
    known_shares,
    one_wins_twice,
    pool,
)
from odekit.claims.verdict import Claim, Verdict, judge
from odekit.groups import FiniteGroup
from odekit.simulation import simulate

__all__ = ["CLAIM"]

QUICK, FULL = ("Z15", "S3"), ("Z12", "D4", "Q8", "A4", "F21")
FULL_NEURONS = 20_000  # as many as the known shares were counted from
# Neurons in the quick set: at a cost of n^2 each they stay quick, yet enough to see the alternatives.
FEWEST, MOST, WORK = 800, 3000, 8e5
NEARLY = 0.03  # a residual at which the winner is clear, long before convergence
RTOL = 1e-5  # an error changes the winner only at a near-tie
PART_OF_ALTERNATIVE = 0.8  # chance can make a statistic smaller than its alternative predicts
HALF_AS_OFTEN_AGAIN = 1.5


@dataclass(frozen=True)
class _Counts:
    """Winners on one group.

    Parameters
    ----------
    group: what the weights live on.
    counts: (real irreps,) neurons won by each, the trivial one first.
    """

    group: FiniteGroup
    counts: IndexArray

    @property
    def is_uniform(self) -> bool:
        """Whether all nontrivial real irreps are alike, as on every Abelian group of odd order."""
        return len(alike(self.group)) == 1

    def tests(self) -> list[ProportionTest]:
        """Uniform among alike irreps, and the shares of kinds where they are known."""
        return [*self._within(), *self._between()]

    def false(self) -> tuple[str, ProportionTest]:
        """A nearby false statement and its test: another set of irreps that win equally often."""
        real = self.group.real_irreps
        weights = np.array([0.0, *(1.0 for _ in real[1:])])
        statement = f"on {self.group.name} all nontrivial real irreps win equally often"
        if self.is_uniform:
            weights[0] = 1.0
            statement = f"on {self.group.name} all real irreps win equally often, the trivial one included"
        elif self.group.is_abelian:
            weights[1:] = [len(sigma.members) for sigma in real[1:]]
            statement = f"on {self.group.name} all nontrivial characters win equally often, pairs twice that"
        kept = weights > 0
        even = weights[kept] / weights.sum()
        return statement, compare_proportions(statement, self.counts[kept], even, even)

    def _within(self) -> list[ProportionTest]:
        parts = [
            compare_proportions(
                f"type {kind}, dimension {m}",
                self.counts[places],
                np.full(len(places), 1.0 / len(places)),
                one_wins_twice(len(places)),
            )
            for (kind, m), places in alike(self.group).items()
            if len(places) > 1
        ]
        return [pool(f"{self.group.name}: uniform among irreps of one kind", parts)] if parts else []

    def _between(self) -> list[ProportionTest]:
        shares, places = known_shares(self.group), alike(self.group)
        if shares is None or self.is_uniform:
            return []
        known = np.array(list(shares.values()))
        more = known * np.where(known == known.min(), HALF_AS_OFTEN_AGAIN, 1.0)
        return [
            compare_proportions(
                f"{self.group.name}: shares of the kinds of irreps",
                np.array([self.counts[places[kind]].sum() for kind in shares]),
                known,
                more / more.sum(),
                STANDARD_ERROR,
            )
        ]


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Count the winners of random neurons and test their proportions, all tests together at level 1e-4.

    The gap is the largest root of a statistic over its critical value. The alternatives are that one irrep
    of each kind wins twice as often as the others of its kind, and that the rarest kind wins half as often
    again. Their statistics must exceed the critical values so far that they would be seen, or the claim
    stays open.
    """
    generator = settings.generator(claim.id)
    found = [_count(group, settings, generator) for group in choose_groups(settings, QUICK, FULL)]
    tests = [test for counts in found for test in counts.tests()]
    level = LEVEL / len(tests)
    seen = min(np.sqrt(test.alternative / test.critical(level)) for test in tests)
    return claim.verdict(
        gap=max(_excess(test, level) for test in tests),
        budget={f"critical value at level {LEVEL:g}": 1.0},
        tolerance=float(PART_OF_ALTERNATIVE * seen),
        control=_control(found, level),
        predicted={name: share for counts in found for name, share in _expected(counts).items()},
        measured={name: share for counts in found for name, share in _measured(counts).items()},
        checks={f"{test.name}: chi-square": test.statistic <= test.critical(level) for test in tests},
        evidence=_evidence(found, tests, level) | {"series": _series(found)},
        text="Uniform over irreps holds only as said: over conjugate pairs on an Abelian group of odd order, "
        "elsewhere among the real irreps of one kind, that is one type and one dimension; the shares of "
        "kinds differ, and the trivial irrep never wins. The gap is in units of the critical value.",
    )


def _count(group: FiniteGroup, settings: Settings, generator: np.random.Generator) -> _Counts:
    fewer = int(np.clip(WORK / group.order**2, FEWEST, MOST))
    count = settings.value("neurons", FULL_NEURONS if settings.full else fewer)
    network = sphere_network(group, count)
    start = random_start(network, generator)
    run = simulate(
        network, weights=start, softmax="uniform", until=NEARLY, snapshots=2, rtol=RTOL, estimate_error=False
    )
    return _Counts(group, np.bincount(winners(run), minlength=len(group.real_irreps)))


def _excess(test: ProportionTest, level: float) -> float:
    return float(np.sqrt(test.statistic / test.critical(level)))


def _control(found: Sequence[_Counts], level: float) -> Control:
    unequal = [counts for counts in found if not counts.is_uniform]
    statement, test = (unequal or found)[0].false()
    return Control(statement, judge(_excess(test, level), 1.0, 1.0), "only irreps of one kind do")


def _expected(counts: _Counts) -> dict[str, float]:
    """Shares by real irrep, where all are known."""
    shares, places = known_shares(counts.group), alike(counts.group)
    if counts.is_uniform:
        shares = dict.fromkeys(places, 1.0)
    return {
        _label(counts.group, place): share / len(places[kind])
        for kind, share in (shares or {}).items()
        for place in places[kind]
    }


def _measured(counts: _Counts) -> dict[str, float]:
    total = int(counts.counts.sum())
    return {
        _label(counts.group, place): float(counts.counts[place] / total)
        for place in range(1, len(counts.counts))
    }


def _series(found: Sequence[_Counts]) -> dict[str, object]:
    """Shares of neurons by real irrep, measured and expected."""
    measured = {name: share for counts in found for name, share in _measured(counts).items()}
    expected = {name: share for counts in found for name, share in _expected(counts).items()}
    return {
        "x": {"label": "real irrep", "values": np.arange(len(measured)), "names": list(measured)},
        "y": {"label": "share of neurons won"},
        "curves": {
            "measured": list(measured.values()),
            "expected": [expected.get(name, np.nan) for name in measured],
        },
        "caption": "Share of random neurons that each real irrep wins, and what is expected where that is "
        "known.",
    }


def _label(group: FiniteGroup, place: int) -> str:
    return f"{group.name}, irrep {group.real_irreps[place].name}"


def _evidence(found: Sequence[_Counts], tests: Sequence[ProportionTest], level: float) -> dict[str, object]:
    return {
        "neurons": {counts.group.name: int(counts.counts.sum()) for counts in found},
        "level of each test": level,
        "tests": {
            test.name: {
                "chi-square": test.statistic,
                "degrees of freedom": test.degrees,
                "critical value": test.critical(level),
                "power against the alternative": test.power(level),
            }
            for test in tests
        },
        "standard error of the known shares": STANDARD_ERROR,
    }


def _applies(group: FiniteGroup) -> bool:
    """Whether some irreps are alike, or the shares of its kinds are known."""
    are_some_alike = len(group.real_irreps) - 1 > len(alike(group))
    return has_competitors(group) and (are_some_alike or known_shares(group) is not None)


CLAIM = Claim(
    id="diversification",
    statement="From random starts, neurons diversify: winners are uniform over conjugate pairs on Abelian "
    "groups of odd order; elsewhere they are uniform among the real irreps of one type and dimension.",
    source="arXiv 2606.02993, diversification",
    paper=PAPER_B,
    hypotheses="finite group with at least two nontrivial real irreps, some of one type and dimension or "
    "with known shares; quadratic activation, unshared embedding, weights uniform on three spheres, uniform "
    "softmax",
    experiment=experiment,
    applies=_applies,
    takes={"neurons": neurons_from(200, FULL_NEURONS)},
)
