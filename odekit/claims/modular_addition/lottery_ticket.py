"""The lottery ticket: which frequency wins a neuron is decided at the start, by the smallest blow-up time."""

from dataclasses import dataclass

import numpy as np

from odekit.arrays import BoolArray, FloatArray, IndexArray
from odekit.claims.experiments.modes import (
    PAPER_A,
    at_start,
    blowing_up_together,
    choose_group,
    draw,
    elliptic_rate,
    is_odd_cyclic,
    nearly_uniform,
)
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings, neurons_from, scale_between
from odekit.claims.statistics import proportion_interval, rejection_power
from odekit.claims.verdict import Claim, Verdict, judge
from odekit.comparison import Prediction, predict, project
from odekit.groups import FiniteGroup
from odekit.networks import Network
from odekit.simulation import Run, simulate
from odekit.solvers import exact_modes

__all__ = ["CLAIM"]

Weights = dict[str, FloatArray]

STARTS = ("iid", "equal_magnitude")
NEURONS = 256  # that are trained; half as many race at uniform softmax
REMAINING = 0.01  # so near to the blow-up that only margins below 1 % are unresolved
SCALE = 0.02  # a usual start, at which the softmax departs from uniform during the race
TRAINED = 1.15  # of the first blow-up time: by then the loss has fallen and the race is over
RTOL = 1e-7  # divided by REMAINING, far below what tells first and second apart
CLEAR_SHARE = 0.5  # more than all others together
TOLERANCE = 0.05  # share of near-ties; with more the test says little
LEAST_AGREEMENT = 0.85  # far above the agreement of the rule that the smallest |D| wins
NEAR_TIE = 1.05  # of closer times the softmax's departure from uniform can decide which is first


@dataclass(frozen=True)
class _Race:
    """Neurons from a start to the moment at which their winners are read.

    Parameters
    ----------
    start: the weights, as a run of one snapshot.
    end: the moment.
    prediction: from the start.
    winner: (M,) the mode with the largest Fourier coefficient of theta at the end.
    share: (M,) its share of theta's power there.
    """

    start: Run
    end: float
    prediction: Prediction
    winner: IndexArray
    share: FloatArray

    @property
    def hits(self) -> BoolArray:
        """Whether the prediction came true, (M,)."""
        return np.asarray(self.prediction.winner == self.winner)

    @property
    def margin(self) -> FloatArray:
        """Runner-up's blow-up time over the winner's, (M,)."""
        return self.prediction.runner_up_time / self.prediction.blow_up_time

    @property
    def smallest_phase(self) -> IndexArray:
        """The mode with the smallest |D| at the start, (M,)."""
        modes = project(self.start).at(0)
        return np.asarray(np.cos(2 * modes.phi - modes.psi).argmax(axis=-1))

    @property
    def clear(self) -> BoolArray:
        """Whether the winner holds more than half of theta's power, (M,)."""
        return self.share > CLEAR_SHARE

    @property
    def tested(self) -> BoolArray:
        """Clear winners that were no near-ties, (M,)."""
        return self.clear & (self.margin >= NEAR_TIE)

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval of the agreement among those tested."""
        return proportion_interval(int(self.hits[self.tested].sum()), int(self.tested.sum()))

    @property
    def unresolved(self) -> BoolArray:
        """Where two modes blow up so closely together that the first does not lead at the end, (M,).

        At the remaining share r of the winner's time its amplitude is inverse to r, and that of a mode which
        blows up a margin m later is inverse to r + m, up to relative corrections of order r^2. So only
        margins far below r can be unresolved; of those, the exact solution says which are, within the
        simulation's relative error, its tolerance divided by r.
        """
        modes = project(self.start).at(0)
        alpha, phi, beta, psi = modes.alpha, modes.phi, modes.beta, modes.psi
        amplitude = exact_modes(alpha, phi, beta, psi, elliptic_rate(self.start.network), self.end)[0]
        first = np.arange(len(amplitude)), self.prediction.winner
        leader = amplitude[first]
        amplitude[first] = 0.0
        leads = leader * (1 - RTOL / REMAINING) > np.nan_to_num(amplitude).max(axis=1)
        return np.asarray((self.margin < 1 + REMAINING) & ~leads)


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Let frequencies race from random weights and from equal magnitudes, and compare with the predictions.

    At uniform softmax the prediction is exact, so there no neuron may miss but those whose two smallest
    blow-up times are closer together than the moment at which the winner is read. In training at a finite
    scale the first neurons to blow up end the race for the others: there the agreement is statistical. It is
    tested, at level 1e-4, whether fewer than 85 % of the clear winners that are no near-ties are predicted.
    """
    group = choose_group(settings, 15)
    generator = settings.generator(claim.id)
    count = settings.value("neurons", NEURONS * (4 if settings.full else 1))
    scale = settings.value("scale", SCALE)
    random, equal = (_race(group, count // 2, init, generator) for init in STARTS)
    trained, trained_equal = (_train(group, count, init, scale, generator) for init in STARTS)
    races, trainings = (random, equal), (trained, trained_equal)
    budget = {"near-ties unresolved": max(float(race.unresolved.mean()) for race in races)}
    same = float((equal.smallest_phase == equal.prediction.winner).mean())
    phase_only = float((random.smallest_phase == random.winner).mean())
    return claim.verdict(
        gap=1.0 - min(float(race.hits.mean()) for race in races),
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "the phase decides rather than the magnitude: the smallest $|D|$ wins from random weights",
            judge(1.0 - phase_only, sum(budget.values()), TOLERANCE),
            "the smallest blow-up time wins, which magnitudes and phases decide together; it is the smallest "
            "$|D|$ only where all magnitudes are equal",
        ),
        predicted={"agreement at uniform softmax": 1.0, "the same from equal magnitudes": 1.0},
        measured={
            "agreement at uniform softmax": float(random.hits.mean()),
            "the same from equal magnitudes": float(equal.hits.mean()),
            "agreement in training, all neurons": _mean(trained.hits),
            "near-ties among its misses": _mean((trained.margin < NEAR_TIE)[~trained.hits]),
            "near-ties among its hits": _mean((trained.margin < NEAR_TIE)[trained.hits]),
            "agreement in training, clear winners": _mean(trained.hits[trained.clear]),
            "agreement in training, clear winners, no near-ties": _mean(trained.hits[trained.tested]),
        },
        interval=trained.interval,
        checks={
            "every miss at uniform softmax is an unresolved near-tie": all(
                bool((race.hits | race.unresolved).all()) for race in races
            ),
            "at equal magnitudes the smallest |D| has the smallest blow-up time": same == 1.0,
            "in training no fewer than 85 % of the tested winners are predicted, at level 1e-4": all(
                race.interval[1] >= LEAST_AGREEMENT for race in trainings
            ),
        },
        evidence=_evidence(random, trained, trained_equal, phase_only),
        text="A clear winner holds more than half of its embedding's power when training ends; at a near-tie "
        "the two smallest blow-up times differ by less than 5 %. The interval is Wilson's of the last "
        "agreement, at level 1e-4. Training misses some because the neurons that blow up first end the race "
        "of the others.",
    )


def _evidence(random: _Race, trained: _Race, trained_equal: _Race, phase_only: float) -> dict[str, object]:
    return {
        "group": trained.start.network.finite_group.name,
        "agreement of the smallest |D| at uniform softmax": phase_only,
        "chance": 1 / random.prediction.times.shape[1],
        "training from random weights": _described(trained, phase_only),
        "training from equal magnitudes": _described(trained_equal, phase_only),
        "series": _margins(trained),
    }


def _described(race: _Race, phase_only: float) -> dict[str, object]:
    tested, close = race.tested, race.margin < NEAR_TIE
    return {
        "neurons": len(tested),
        "clear winners": int(race.clear.sum()),
        "clear winners that are no near-ties": int(tested.sum()),
        "agreement, all neurons": _mean(race.hits),
        "agreement, clear winners": _mean(race.hits[race.clear]),
        "agreement, clear winners that are no near-ties": _mean(race.hits[tested]),
        "its interval": race.interval,
        "power of the test if the smallest |D| decided": rejection_power(
            int(tested.sum()), LEAST_AGREEMENT, phase_only
        ),
        "near-ties among misses": _mean(close[~race.hits]),
        "near-ties among hits": _mean(close[race.hits]),
    }


def _mean(values: BoolArray) -> float:
    """Share of true values; NaN of none."""
    return float(values.mean()) if len(values) else float("nan")


def _race(group: FiniteGroup, neurons: int, init: str, generator: np.random.Generator) -> _Race:
    """Neurons at uniform softmax, scaled so that all winners blow up together, up to shortly before."""
    network = nearly_uniform(group, neurons)
    weights, end = blowing_up_together(network, draw(network, init, 1.0, generator))
    return _run(network, weights, (1 - REMAINING) * end)


def _train(
    group: FiniteGroup, neurons: int, init: str, scale: float, generator: np.random.Generator
) -> _Race:
    """A network at a finite scale, trained beyond the first blow-up time until its loss has fallen."""
    network = Network(group, neurons=neurons)
    weights = draw(network, init, scale, generator)
    first = float(predict(at_start(network, weights)).blow_up_time.min())
    return _run(network, weights, TRAINED * first)


def _run(network: Network, weights: Weights, end: float) -> _Race:
    start = at_start(network, weights)
    run = simulate(network, weights=weights, times=[0.0, end], rtol=RTOL, estimate_error=False)
    last = project(run).at(-1)
    return _Race(start, end, predict(start), last.dominant, last.dominant_share)


def _margins(race: _Race) -> dict[str, object]:
    """Agreement among neurons whose margin exceeds a threshold, up to one that a tenth of them exceed."""
    thresholds = np.linspace(1.0, float(np.quantile(race.margin, 0.9)), 11)
    shares = [float(race.hits[race.margin >= limit].mean()) for limit in thresholds]
    return {
        "x": {"label": "runner-up's blow-up time / winner's, at least", "values": thresholds},
        "y": {"label": "share of neurons predicted"},
        "curves": {"all neurons": shares},
        "scale": "linear",
        "caption": "Share of trained neurons that the predicted frequency wins, among those whose runner-up "
        "blows up later by at least a factor: what is missed are near-ties.",
    }


CLAIM = Claim(
    id="lottery-ticket",
    statement="The frequency with the smallest blow-up time at initialisation wins its neuron; at equal "
    "magnitudes that is the one with the smallest phase difference $|D|$.",
    source="arXiv 2602.16849, lottery ticket (equal magnitudes); blow-up times in general",
    paper=PAPER_A,
    hypotheses="cyclic group of odd order at least 5, quadratic activation, shared embedding, x+y, small "
    "weights",
    experiment=experiment,
    applies=is_odd_cyclic,
    takes={"neurons": neurons_from(32), "scale": scale_between(1e-3, 0.1)},
)
