"""The winner on spheres: the real irrep whose free flow blows up first, decided at the start."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from odekit.arrays import BoolArray, FloatArray, IndexArray
from odekit.claims.experiments.spheres import (
    PAPER_B,
    choose_groups,
    converged,
    has_competitors,
    neurons_on,
    snapshot,
    winners,
)
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings, neurons_from
from odekit.claims.verdict import Claim, Verdict, judge
from odekit.comparison import irrep_shares
from odekit.comparison.flows import free_blow_up_times
from odekit.groups import FiniteGroup
from odekit.simulation import Run

__all__ = ["CLAIM"]

QUICK, FULL = ("S3", "Z15", "A4"), ("Z12", "D4", "Q8", "F21", "S4", "Q8xS3")
FINE, COARSE = 1e-10, 1e-8  # their difference bounds the error of a time
NEAR_TIE = 1e-6  # a hundred times the simulation's relative tolerance
TOLERANCE = 0.01  # share of neurons that may be near-ties; with more the test says little


@dataclass(frozen=True)
class _Race:
    """Neurons from their start to convergence, and the blow-up times of their irreps.

    Parameters
    ----------
    run: from the start to convergence.
    times: (M, irreps) tau* of every nontrivial real irrep.
    error: (M,) largest relative difference of these times between two tolerances.
    """

    run: Run
    times: FloatArray
    error: FloatArray

    @property
    def group(self) -> FiniteGroup:
        """What the weights live on."""
        return self.run.network.finite_group

    @property
    def hits(self) -> BoolArray:
        """Whether the irrep with the smallest time won, (M,)."""
        return np.asarray(1 + self.times.argmin(axis=1) == winners(self.run))

    @property
    def margin(self) -> FloatArray:
        """Second smallest time over the smallest, less 1, (M,)."""
        first, second = np.sort(self.times, axis=1)[:, :2].T
        return np.asarray(second / first - 1.0)

    @property
    def near_ties(self) -> BoolArray:
        """Whether the two smallest times agree within 1e-6 and twice the error of a time, (M,)."""
        return np.asarray(self.margin <= NEAR_TIE + 2 * self.error)

    @property
    def largest_at_start(self) -> IndexArray:
        """The nontrivial real irrep with the largest share of the neuron at the start, (M,)."""
        shares = sum(irrep_shares(values, self.group) for values in snapshot(self.run, 0).values())
        return np.asarray(1 + np.asarray(shares)[:, 1:].argmax(axis=1))


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Integrate every irrep's free flow from random starts, and let the whole neurons converge.

    The prediction is exact at uniform softmax, so that no neuron may miss but near-ties: those whose two
    smallest times agree within 1e-6, a hundred times the simulation's relative tolerance, and the error of
    the integration.
    """
    more = 4 if settings.full else 1
    races = [
        _race(converged(group, settings.value("neurons", more * neurons_on(group)), settings.seed))
        for group in choose_groups(settings, QUICK, FULL)
    ]
    budget = {"near-ties counted out": max(float(race.near_ties.mean()) for race in races)}
    by_size = [float((race.largest_at_start == winners(race.run)).mean()) for race in races]
    return claim.verdict(
        gap=1.0 - min(float(race.hits.mean()) for race in races),
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "the irrep with the largest share of the neuron at the start wins",
            judge(1.0 - max(by_size), sum(budget.values()), TOLERANCE),
            "sizes and alignments decide together, by the blow-up time",
        ),
        predicted={f"agreement on {race.group.name}": 1.0 for race in races},
        measured={f"agreement on {race.group.name}": float(race.hits.mean()) for race in races},
        checks={
            **{
                f"every miss on {race.group.name} is a near-tie": bool((race.hits | race.near_ties).all())
                for race in races
            },
            **{
                f"every neuron on {race.group.name} comes to rest": race.run.meta["unconverged"] == 0
                for race in races
            },
        },
        evidence=_evidence(races, by_size),
        text="With $S = exp(int E dt)$ and $dtau = dt/S$ the irreps decouple exactly, and the first "
        "blow-up in $tau$ is the limit of large $t$; a conjugate pair is one real irrep. Exact only where "
        "all three spheres have equal rates.",
    )


def _race(run: Run) -> _Race:
    start = snapshot(run, 0)
    fine, coarse = (free_blow_up_times(run.network, start, rtol) for rtol in (FINE, COARSE))
    with np.errstate(invalid="ignore"):
        relative = np.nan_to_num(np.abs(fine - coarse) / fine)
    return _Race(run, fine, relative.max(axis=1))


def _evidence(races: Sequence[_Race], by_size: Sequence[float]) -> dict[str, object]:
    names = [race.group.name for race in races]
    return {
        "neurons": {race.group.name: len(race.hits) for race in races},
        "near-ties": {race.group.name: int(race.near_ties.sum()) for race in races},
        "smallest margin": {race.group.name: float(race.margin.min()) for race in races},
        "largest relative error of a time": {race.group.name: float(race.error.max()) for race in races},
        "agreement of the largest share at the start": dict(zip(names, by_size, strict=True)),
        "series": _margins(races),
    }


def _margins(races: Sequence[_Race]) -> dict[str, object]:
    """How many neurons have at most a margin."""
    margins = np.logspace(-4, 1, 26)
    return {
        "x": {"label": "runner-up's blow-up time / winner's, less 1", "values": margins},
        "y": {"label": "share of neurons with a smaller margin"},
        "curves": {
            race.group.name: [float((race.margin <= margin).mean()) for margin in margins] for race in races
        },
        "scale": "semilogx",
        "caption": "How close the races are: the share of neurons whose runner-up would blow up no later "
        "than by a given margin. All of them are won by the irrep predicted.",
    }


CLAIM = Claim(
    id="blow-up-winner",
    statement="The real irrep whose free flow blows up first wins its neuron: every neuron's winner is "
    "decided at the start.",
    source="arXiv 2606.02993, winners; the exact decoupling in general",
    paper=PAPER_B,
    hypotheses="finite group with at least two nontrivial real irreps, quadratic activation, unshared "
    "embedding, weights on three spheres with equal rates, uniform softmax",
    experiment=experiment,
    applies=has_competitors,
    takes={"neurons": neurons_from(16)},
)
