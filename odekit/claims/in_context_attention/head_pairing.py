"""Heads pair: their values, and values times squared weights, sum to 0 unless all have one sign."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from odekit.arrays import FloatArray
from odekit.claims.experiments import are_of_one_size, at_values, heads_in_groups, heads_on
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings
from odekit.claims.verdict import Claim, Verdict, about_no_group, judge
from odekit.derivation import averaged_loss, least_slope, valley_slope, vanishing_powers
from odekit.simulation import follow_heads
from odekit.systems import System

__all__ = ["CLAIM"]

DIMENSION = 5
NOISE, SPREAD = 0.0275, 0.3  # c, and by how much its logarithm varies
SCALE = 0.3
HEADS = (2, 2, 2, 3, 3, 4)  # of the random starts
END, EARLIER = 1e5, 8  # the weights fall like t^(-1/6), by sqrt(2) from END/8 to END
FALL = 4.0  # what tends to 0 does so like omega^4 or faster, and falls by this factor meanwhile
RTOL, LOOSER = 1e-8, 1e-6  # their difference tells the integrator's error
TOLERANCE = 0.01  # a tenth of what an unbiased slope would cost, c d/(1 + c d)
CURVE = 61


@dataclass(frozen=True, eq=False)
class _Run:
    """Heads in weight space.

    Parameters
    ----------
    mu, omega, looser_mu, looser_omega: (T, head); the last at the looser tolerance.
    t: (T,).
    limits: what the derivation gives.
    """

    t: FloatArray
    mu: FloatArray
    omega: FloatArray
    looser: tuple[FloatArray, FloatArray]
    limits: "_Limits"

    @property
    def pairs(self) -> bool:
        """Whether there are heads of both signs at the end."""
        return len({*np.sign(self.omega[-1])}) == 2

    @property
    def slope(self) -> FloatArray:
        """``mu . omega``, (T,)."""
        return np.asarray((self.mu * self.omega).sum(axis=1))

    def departures(self) -> dict[str, FloatArray]:
        """Relative distances from the limits, (T,)."""
        return self._of(self.mu, self.omega)

    @property
    def integrator_error(self) -> float:
        """Largest change of a distance at the end at the looser tolerance."""
        other = self._of(*self.looser)
        return max(float(abs(value[-1] - other[name][-1])) for name, value in self.departures().items())

    def _of(self, mu: FloatArray, omega: FloatArray) -> dict[str, FloatArray]:
        slope, sizes = (mu * omega).sum(axis=1), np.abs(omega)
        if not self.pairs:
            return {
                "slope of heads of one sign": np.abs(slope / self.limits.alone - 1),
                "key-query weight of heads of one sign": np.abs(sizes / self.limits.weight - 1).max(axis=1),
            }
        return {
            "slope of heads of both signs": np.abs(slope / self.limits.paired - 1),
            **{
                f"sum of mu omega^{power} of both signs": _relative_sum(mu * omega**power)
                for power in self.limits.vanishing
            },
        }


@dataclass(frozen=True)
class _Limits:
    """What the slope ``mu . omega`` tends to, and what vanishes.

    Parameters
    ----------
    paired: of heads of both signs. vanishing: powers k of which their sum of ``mu omega^k`` tends to 0.
    alone, weight: of heads of one sign, and the size of their omega.
    """

    vanishing: tuple[int, ...]
    paired: float
    alone: float
    weight: float


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Follow the averaged flow of 2, 3 and 4 heads from random starts, and one that starts with one sign."""
    generator = settings.generator(claim.id)
    noise = NOISE * float(np.exp(generator.uniform(-SPREAD, SPREAD)))
    limits = _limits(noise)
    starts = [SCALE * generator.standard_normal((2, heads)) for heads in (8 if settings.full else 1) * HEADS]
    starts += [SCALE * np.abs(generator.standard_normal((2, 2))), np.array([[0.2, -0.1], [0.1, -0.3]])]
    runs = [_run(start, noise, limits) for start in starts]
    last, earlier = (_largest(runs, place) for place in (-1, -2))
    budget = {
        "distance from the limit": max(2 * abs(earlier[name] - last[name]) / (FALL - 1) for name in last),
        "integrator of the heads": max(run.integrator_error for run in runs),
    }
    paired = [run for run in runs if run.pairs]
    unbiased = max(float(abs(run.slope[-1] - 1)) for run in paired)
    cubes = max(float(_relative_sum(run.mu[-1:] * run.omega[-1:] ** 3)[0]) for run in paired)
    pair = _pair()
    return claim.verdict(
        gap=max(last.values()),
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "the paired heads' slope tends to 1, that of the labels, or the sum of $mu omega^3$ to 0",
            judge(min(unbiased, cubes), sum(budget.values()), TOLERANCE),
            "the slope tends to $1/(1 + c d)$, and the sums of $mu$ and $mu omega^2$ alone vanish",
        ),
        predicted=dict.fromkeys(last, 0.0),
        measured=last,
        checks={
            "pairs are closed": pair.closed and pair.certify().passed,
            "four heads in two equal pairs are closed": _pair(4).closed and _pair(4).certify().passed,
            "heads of one sign are closed": _alone().closed and _alone().certify().passed,
        },
        evidence={
            "c": noise,
            "inputs": DIMENSION,
            "slope of paired heads": limits.paired,
            "slope of heads of one sign": limits.alone,
            "starts whose heads end with both signs": len(paired),
            "starts whose heads end with two opposite weights": sum(
                are_of_one_size(run.omega[-1]) for run in paired
            ),
            "starts": len(runs),
            "reduced flow": [f"{state}' = {rate}" for state, rate in pair.rhs.items()],
            "series": _series(runs[-1]),
        },
        text="To first order in 1/(tokens) and for many inputs. Where key-query weights "
        "of both signs are left, the sums of $mu$ and of $mu omega^2$ vanish. If two weights are left, as in "
        "most starts, they are opposite, and groups of heads on either side act as one; four heads can keep "
        "three. Heads that are all of one sign don't pair: they stop at $|omega| = 1/sqrt(d)$ with values "
        "that do not sum to 0, and the smaller slope $1/(1 + e c d)$; here "
        f"{len(runs) - len(paired)} of {len(runs)} starts.",
    )


@cache
def _pair(heads: int = 2) -> System:
    """The flow of heads in two equal groups, found from the averaged loss."""
    return heads_in_groups(averaged_loss(heads), (heads // 2, heads // 2))


@cache
def _alone() -> System:
    """The flow of two equal heads."""
    return heads_on(averaged_loss(2), ["m", "m"], ["w", "w"])


def _limits(noise: float) -> _Limits:
    """What the derivation gives, at these numbers."""
    values = {"c": noise, "d": DIMENSION}
    formulas = (valley_slope(_pair()), *least_slope(_alone()))
    return _Limits(vanishing_powers(averaged_loss(2)), *(at_values(each, values) for each in formulas))


def _run(start: FloatArray, noise: float, limits: _Limits) -> _Run:
    t = np.concatenate([[0.0], np.geomspace(0.1, END / EARLIER, CURVE), [END]])
    (mu, omega), looser = (
        follow_heads(start[0], start[1], t, noise, DIMENSION, rtol) for rtol in (RTOL, LOOSER)
    )
    return _Run(t, mu, omega, looser, limits)


def _relative_sum(terms: FloatArray) -> FloatArray:
    """(T,), of terms (T, head), over the sum of their sizes."""
    return np.asarray(np.abs(terms.sum(axis=1)) / np.abs(terms).sum(axis=1))


def _largest(runs: list[_Run], place: int) -> dict[str, float]:
    """The largest distance of each kind over runs, at a moment."""
    found: dict[str, float] = {}
    for run in runs:
        for name, values in run.departures().items():
            found[name] = max(found.get(name, 0.0), float(values[place]))
    return found


def _series(run: _Run) -> dict[str, object]:
    """Of the last run, whose two heads start with both signs."""
    heads = range(run.mu.shape[1])
    return {
        "x": {"label": "time", "values": run.t[1:]},
        "y": {"label": "weight"},
        "curves": {
            **{f"value of head {head + 1}": run.mu[1:, head] for head in heads},
            **{f"key-query weight of head {head + 1}": run.omega[1:, head] for head in heads},
            "slope mu . omega": run.slope[1:],
            "its limit 1/(1 + c d)": np.full(len(run.t) - 1, run.limits.paired),
        },
        "scale": "semilogx",
        "caption": "Two heads of averaged attention over time: they pair, so that their values and their "
        "key-query weights each sum to 0, and their slope is less than 1 by the noise of the pooled labels.",
    }


CLAIM = Claim(
    id="head-pairing",
    statement="Heads of averaged softmax attention that regress in context pair: their values $mu$ sum to 0, "
    "and so do their products with the squared key-query weights $omega^2$, so that two weights are "
    "opposite, while the slope, the sum of $mu omega$ over heads, tends to $1/(1 + c d)$.",
    source="arXiv 2503.12734, abstract (zero-sum values); the averaged loss and the limits are derived here",
    paper="2503.12734",
    hypotheses="no group: inputs of N(0, I_d), noisy linear labels, heads $K = omega I$, the loss averaged "
    "over prompts to first order in 1/(tokens), many inputs, key-query weights that keep both signs",
    experiment=experiment,
    applies=about_no_group,
)
