"""Softmax orders: each cumulant of the logits that the flow keeps takes three powers of the scale."""

from dataclasses import dataclass

import numpy as np

from odekit.arrays import FloatArray
from odekit.claims.experiments.spheres import choose_groups
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings, neurons_from
from odekit.claims.statistics import next_order, noise_of_orders, orders
from odekit.claims.verdict import Claim, Verdict, judge
from odekit.comparison import PopulationFlow, predict
from odekit.groups import FiniteGroup
from odekit.networks import Network
from odekit.simulation import CUMULANTS, Run, Velocity

__all__ = ["CLAIM"]

POWER = 3  # of the weights in a logit, and so of the scale in every further cumulant
QUICK, FULL = ("Z11", "Z12", "S3"), ("Z15", "D4", "Q8")
NEURONS = 6
SHARE = 0.5  # of the time to the first blow-up at uniform softmax: far enough for the weights to have grown
# The largest logit at the end, less the mean over the answers, at the largest scale: so small that terms fall
# from order to order, so large that the third order's distance stays above rounding.
LARGEST_LOGIT = 0.25
SHRINK: FloatArray = 0.5 ** (np.arange(4.0) / 2)  # from scale to scale
RTOL, LOOSER = 1e-13, 1e-12  # of the whole softmax; their difference tells the solver's error
RTOLS: dict[int | str, float] = {
    1: 1e-9,
    2: 1e-11,
    3: RTOL,
    "wrong": 1e-9,
}  # as small as the distance asks for
TOLERANCE = 0.05  # of an order
WRONG = "wrong"  # stands for the flow of order 2 without the factor 1/2 of the variance


@dataclass(frozen=True)
class _Start:
    """One random start: scales (S,), distances from the whole softmax by order (S,), and its solver error."""

    group: FiniteGroup
    scales: FloatArray
    distances: dict[int | str, FloatArray]
    error: float

    def slopes(self, order: int | str) -> FloatArray:
        """The local orders of a distance, (S - 1,)."""
        return orders(self.scales, self.distances[order])

    def limits(self, order: int | str) -> FloatArray:
        """The local orders without what falls with the scale's cube, (S - 2,)."""
        slopes = self.slopes(order)
        return np.asarray(slopes[1:] + np.diff(slopes) / (SHRINK[1] ** -POWER - 1))

    def noise(self, order: int) -> float:
        """Bound of the last slope's error by the solver's."""
        return float(noise_of_orders(self.scales, 2 * self.error / self.distances[order])[-1])


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Follow random weights of falling scale to half of the first blow-up time, at every order and at all."""
    generator = settings.generator(claim.id)
    neurons = settings.value("neurons", NEURONS)
    starts = [_measured(group, neurons, generator) for group in choose_groups(settings, QUICK, FULL)]
    found = {order: np.array([s.limits(order)[-1] for s in starts]) for order in CUMULANTS}
    wrong = np.array([s.limits(WRONG)[-1] for s in starts])
    budget = {
        "next order in the scale": max(next_order(s.limits(o), POWER) for s in starts for o in CUMULANTS),
        "solver": max(s.noise(order) for s in starts for order in CUMULANTS),
    }
    names = {order: f"order of the error at order {order}" for order in CUMULANTS}
    return claim.verdict(
        gap=max(float(np.abs(found[order] - POWER * order).max()) for order in CUMULANTS),
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "the variance of the logits enters the loss without its factor 1/2",
            judge(float(np.abs(wrong - 2 * POWER).max()), sum(budget.values()), TOLERANCE),
            "half of the variance",
        ),
        predicted={names[order]: float(POWER * order) for order in CUMULANTS},
        measured={names[order]: float(np.median(found[order])) for order in CUMULANTS},
        evidence={
            "groups": [s.group.name for s in starts],
            "scales": [s.scales for s in starts],
            **{f"slopes at order {order}": [s.slopes(order) for s in starts] for order in CUMULANTS},
            "slopes without the factor 1/2": [s.slopes(WRONG) for s in starts],
            "series": {
                "x": {"label": "scale of the weights", "values": starts[0].scales},
                "y": {"label": "relative distance from the whole softmax"},
                "curves": {f"order {order}": starts[0].distances[order] for order in CUMULANTS}
                | {"order 2 without 1/2": starts[0].distances[WRONG]},
                "scale": "loglog",
                "caption": "How far the flow with the cumulants up to an order is from that with the whole "
                f"softmax, at half of the first blow-up time, on {starts[0].group.name}. On logarithmic axes "
                "the slopes are 3, 6 and 9; without the factor 1/2 of the variance the second is 3.",
            },
        },
    )


def _measured(group: FiniteGroup, neurons: int, generator: np.random.Generator) -> _Start:
    embedding = "shared" if group.is_abelian else "unshared"
    network = Network(group, neurons=neurons, embedding=embedding, loss="sum")
    unit = {name: generator.normal(size=(neurons, group.order)) for name in (*network.embeddings, "xi")}
    unit = {name: w - w.mean(axis=1, keepdims=True) for name, w in unit.items()}
    begun = Run(np.zeros(1), {name: w[None] for name, w in unit.items()}, network)
    end = SHARE * float(predict(begun).blow_up_time.min())
    whole = PopulationFlow(network)
    start = whole.stack(unit)
    flows: dict[int | str, PopulationFlow] = {order: PopulationFlow(network, order) for order in CUMULANTS}
    flows[WRONG] = _WithoutHalf(network)
    scales = SHRINK * _scale(flows[1], start, end)
    distances: dict[int | str, list[float]] = {order: [] for order in flows}
    for scale in scales:
        times = np.array([0.0, end / scale])
        reached = _end(whole, scale * start, times, RTOL)
        size = np.linalg.norm(reached)
        for order, flow in flows.items():
            apart = np.linalg.norm(_end(flow, scale * start, times, RTOLS[order]) - reached)
            distances[order].append(float(apart / size))
    # In rescaled weights and time the error is the same at every scale.
    error = np.linalg.norm(_end(whole, scale * start, times, LOOSER) - reached) / size
    return _Start(group, scales, {order: np.array(row) for order, row in distances.items()}, float(error))


def _scale(flow: PopulationFlow, start: FloatArray, end: float) -> float:
    """Of a start, so that at uniform softmax the largest logit at the end is the one that is wanted."""
    reached = _end(flow, start, np.array([0.0, end]), RTOLS[1])
    return float((LARGEST_LOGIT / flow.largest_logit(reached)) ** (1 / POWER))


def _end(flow: PopulationFlow, start: FloatArray, times: FloatArray, rtol: float) -> FloatArray:
    return [stack for _, stack in flow.follow(start, times, rtol)][-1]


class _WithoutHalf(PopulationFlow):
    """The flow whose loss has the variance of the logits once, instead of half of it."""

    def __init__(self, network: Network) -> None:
        super().__init__(network, 2)
        self._first = Velocity(network, order=1)

    def field(self, stack: FloatArray) -> FloatArray:
        """Twice the step from order 1 to order 2."""
        return 2 * self.velocity(stack) - self._first(stack)


CLAIM = Claim(
    id="softmax-orders",
    statement="With the logits' cumulants up to order 1, 2 or 3 over the answers, the flow of all neurons is "
    "that of the whole softmax up to a relative error of order 3, 6 or 9 in the scale of the weights.",
    source="odekit, the cumulants of log mean exp beyond the uniform softmax of arXiv 2602.16849",
    paper="odekit",
    hypotheses="any group of order at least 5, quadratic activation, x*y, small weights at a fixed rescaled "
    "time before the first blow-up",
    experiment=experiment,
    applies=lambda group: group.order >= 5,
    takes={"neurons": neurons_from(1, 64)},
)
