"""The lottery ticket: which frequency wins a neuron is decided at the start, by the smallest blow-up time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from odekit.claims.experiments import (
    LEVEL,
    PAPER_A,
    at_start,
    choose_group,
    draw,
    is_odd_cyclic,
    proportion_interval,
)
from odekit.claims.verdict import Claim, Control, Settings, Verdict, judge
from odekit.comparison import Prediction, predict, project
from odekit.groups import FiniteGroup
from odekit.networks import Network
from odekit.simulation import Run, simulate

__all__ = ["CLAIM"]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

NEURONS = 256
SCALE = 0.02
RTOL = 1e-6
TRAINED = 1.15
CLEAR_SHARE = 0.5
TOLERANCE = 0.25
NEAR_TIE = 1.05


@dataclass(frozen=True)
class _Trained:
    """One trained network: what was predicted, what won, and by how much."""

    prediction: Prediction
    smallest_phase: NDArray[np.intp]
    winner: NDArray[np.intp]
    clear: BoolArray

    @property
    def hits(self) -> BoolArray:
        return np.asarray(self.prediction.winner == self.winner)

    @property
    def margin(self) -> FloatArray:
        """Runner-up's blow-up time over the winner's."""
        return self.prediction.runner_up_time / self.prediction.blow_up_time

    def agreement(self, predicted: NDArray[np.intp]) -> tuple[float, tuple[float, float]]:
        """Share of the clear neurons that ``predicted`` names, and its interval."""
        right = int((predicted == self.winner)[self.clear].sum())
        count = int(self.clear.sum())
        return (right / count, proportion_interval(right, count)) if count else (0.0, (0.0, 1.0))


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Train from random weights and from equal magnitudes, and compare winners with predictions."""
    group = choose_group(settings, 15)
    generator = settings.generator(claim.id)
    neurons = NEURONS * (4 if settings.full else 1)
    random = _train(group, neurons, "iid", generator)
    equal = _train(group, neurons, "equal_magnitude", generator)
    agreement, interval = random.agreement(random.prediction.winner)
    equal_agreement, _ = equal.agreement(equal.prediction.winner)
    same = float((equal.smallest_phase == equal.prediction.winner).mean())
    gap = 1.0 - min(agreement, equal_agreement) if same == 1.0 else float("inf")
    budget = {"sampling": _sampling(min(int(random.clear.sum()), int(equal.clear.sum())))}
    phase_only, _ = random.agreement(random.smallest_phase)
    return claim.verdict(
        gap=gap,
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "the phase decides rather than the magnitude: the smallest |D| wins from random weights",
            judge(1.0 - phase_only, sum(budget.values()), TOLERANCE),
            "the smallest blow-up time wins, which magnitudes and phases decide together; it is the smallest |D| "
            "only where all magnitudes are equal",
        ),
        predicted={"agreement": 1.0, "smallest |D| has the smallest blow-up time, equal magnitudes": 1.0},
        measured={
            "agreement, clear winners": agreement,
            "agreement, all neurons": float(random.hits.mean()),
            "agreement at equal magnitudes, clear winners": equal_agreement,
            "smallest |D| has the smallest blow-up time, equal magnitudes": same,
        },
        interval=interval,
        evidence={
            "group": group.name,
            "neurons": neurons,
            "clear winners": int(random.clear.sum()),
            "agreement of the smallest |D|": phase_only,
            "chance": 1 / random.prediction.times.shape[1],
            "near-ties (margin below 1.05) among misses": _near_ties(random, ~random.hits),
            "near-ties (margin below 1.05) among hits": _near_ties(random, random.hits),
            "series": _margins(random),
        },
        text="Misses are near-ties of the two smallest blow-up times; a clear winner holds more than half of its "
        "embedding's power when training ends.",
    )


def _train(group: FiniteGroup, neurons: int, init: str, generator: np.random.Generator) -> _Trained:
    network = Network(group, neurons=neurons)
    weights = draw(network, init, SCALE, generator)
    start = at_start(network, weights)
    prediction = predict(start)
    end = TRAINED * float(prediction.blow_up_time.min())
    run = simulate(network, weights=weights, times=[0.0, end], rtol=RTOL, estimate_error=False)
    last = project(run).at(-1)
    return _Trained(prediction, _smallest_phase(start), last.dominant, last.dominant_share > CLEAR_SHARE)


def _smallest_phase(start: Run) -> NDArray[np.intp]:
    """The mode with the smallest |D| of each neuron."""
    modes = project(start).at(0)
    return np.asarray(np.cos(2 * modes.phi - modes.psi).argmax(axis=-1))


def _sampling(count: int) -> float:
    """Largest shortfall of an observed share from 1 that Wilson's interval at the level still reaches."""
    z = float(norm.ppf(1 - LEVEL / 2))
    return z**2 / (count + z**2)


def _near_ties(trained: _Trained, chosen: BoolArray) -> float:
    return float((trained.margin < NEAR_TIE)[chosen].mean()) if chosen.any() else 0.0


def _margins(trained: _Trained) -> dict[str, object]:
    """Agreement among neurons whose margin exceeds a threshold."""
    thresholds = np.linspace(1.0, 1.5, 11)
    shares = [float(trained.hits[trained.margin >= limit].mean()) for limit in thresholds]
    return {
        "x": {"label": "runner-up's blow-up time / winner's, at least", "values": thresholds},
        "y": {"label": "share of neurons predicted"},
        "curves": {"all neurons": shares},
        "scale": "linear",
    }


CLAIM = Claim(
    id="lottery-ticket",
    statement="The frequency with the smallest blow-up time at initialisation wins its neuron; at equal magnitudes "
    "that is the one with the smallest phase difference |D|.",
    source="arXiv 2602.16849, lottery ticket (equal magnitudes); blow-up times in general",
    paper=PAPER_A,
    hypotheses="cyclic group of odd order at least 5, quadratic activation, shared embedding, x+y, small weights",
    experiment=experiment,
    applies=is_odd_cyclic,
)
