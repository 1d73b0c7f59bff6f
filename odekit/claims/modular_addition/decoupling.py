"""Decoupling: at small scale the full flow is that of independent neurons, with an error of third order."""

from dataclasses import dataclass

import numpy as np

from odekit.arrays import FloatArray
from odekit.claims.experiments.modes import PAPER_A, at_start, choose_group, draw, is_cyclic
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings, neurons_from, scale_between
from odekit.claims.statistics import next_order, noise_of_orders, orders
from odekit.claims.verdict import Claim, Verdict, judge
from odekit.comparison import ReducedFlow, predict, project
from odekit.groups import from_modes
from odekit.networks import Network
from odekit.simulation import Run, simulate

__all__ = ["CLAIM"]

ORDER = 3  # logits are cubic in the weights, and so is the softmax's departure
STARTS = 3
NEURONS = 8
RTOL = 1e-12  # the distance is of order scale^3, down to 1e-8
TOLERANCE = 1e-2  # of the order, which tends to 0 against the false flow
SCALE = 0.04  # the largest
HALVINGS: FloatArray = 0.5 ** np.arange(5.0)  # of it, as `next_order` needs
WRONG_SPEED = 1.01  # a distance that doesn't fall with the scale, yet is small


@dataclass(frozen=True)
class _Start:
    """One start at every scale, each (S,): relative distances from the decoupled flow, and their errors.

    Parameters
    ----------
    distances: from the flow as derived.
    distances_wrong: from the same flow at a wrong speed.
    errors: of the simulation and of the decoupled flow's solution, relative to the weights.
    """

    distances: FloatArray
    distances_wrong: FloatArray
    errors: FloatArray


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Train random starts at falling scales, to half of the first blow-up time, and measure the distance.

    In rescaled weights and time the softmax depends on the scale through its cube only, so that the distance
    is a power series in the cube, and the slopes' corrections fall by 8 with each halving.
    """
    group = choose_group(settings, 7)
    generator = settings.generator(claim.id)
    network = Network(group, neurons=settings.value("neurons", NEURONS))
    scales = settings.value("scale", SCALE) * HALVINGS
    starts = [_measure(network, scales, generator) for _ in range(8 if settings.full else STARTS)]
    distances = np.array([start.distances for start in starts])
    noise = noise_of_orders(scales, np.array([start.errors for start in starts]) / distances)
    slopes, wrong = orders(scales, distances), orders(scales, np.array([s.distances_wrong for s in starts]))
    budget = {
        "integrator": float(noise[:, -2:].max()),
        "next order in the scale": max(next_order(row[:-1], ORDER) for row in slopes),
    }
    return claim.verdict(
        gap=_gap(slopes),
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "the neurons are independent and 1 % faster than derived",
            judge(_gap(wrong), sum(budget.values()), TOLERANCE),
        ),
        predicted=float(ORDER),
        measured=float(slopes[:, -1][np.abs(slopes[:, -1] - ORDER).argmax()]),
        evidence={
            "group": group.name,
            "scales": scales,
            "slopes": slopes,
            "slopes against the flow 1 % faster": wrong,
            "series": {
                "x": {"label": "scale of the weights", "values": scales},
                "y": {"label": "relative distance of full and decoupled flow"},
                "curves": {f"start {i + 1}": row for i, row in enumerate(distances)},
                "scale": "loglog",
                "caption": "How far the gradient flow of the network is from that of independent neurons, "
                "for weights of several scales, from three random starts. On logarithmic axes the slope is "
                "the order, 3.",
            },
        },
    )


def _gap(slopes: FloatArray) -> float:
    """Largest deviation from the order among the last two slopes of each start."""
    return float(np.abs(slopes[:, -2:] - ORDER).max())


def _measure(network: Network, scales: FloatArray, generator: np.random.Generator) -> _Start:
    """One random start at every scale."""
    unit = draw(network, "iid", 1.0, generator)
    half = 0.5 * float(predict(at_start(network, unit)).blow_up_time.min())
    flow = ReducedFlow(network)
    rows = [_distances(network, flow, unit, scale, half / scale) for scale in scales]
    return _Start(*(np.array(column) for column in zip(*rows, strict=True)))


def _distances(
    network: Network, flow: ReducedFlow, unit: dict[str, FloatArray], scale: float, end: float
) -> tuple[float, float, float]:
    """Distances at one scale, from the right flow and from the wrong one, and the error of the first."""
    weights = {name: scale * w for name, w in unit.items()}
    run = simulate(network, weights=weights, times=[0.0, end], rtol=RTOL)
    right, error = _distance(run, flow, end)
    wrong, _ = _distance(run, flow, WRONG_SPEED * end)
    return right, wrong, error + float(run.records["integrator_error"][-1])


def _distance(run: Run, flow: ReducedFlow, time: float) -> tuple[float, float]:
    """|full - decoupled| / |decoupled| with the latter at ``time``, and its solver's relative error."""
    modes = project(run)
    start = modes.at(0)
    decoupled, error = flow.evolve_with_error(start.amplitudes, np.array([time]), rtol=RTOL)
    difference, size = 0.0, 0.0
    for name, weights in run.weights.items():
        expected = from_modes(decoupled[name][0], modes.group, start.means[name])
        difference += float(((weights[-1] - expected) ** 2).sum())
        size += float((expected**2).sum())
    return float(np.sqrt(difference / size)), float(error.max())


CLAIM = Claim(
    id="decoupling",
    statement="At small weights the network's gradient flow is that of independent neurons, up to a relative "
    "error of order 3 in the scale.",
    source="arXiv 2602.16849, decoupled dynamics at small initialisation",
    paper=PAPER_A,
    hypotheses="cyclic group of order at least 5, quadratic activation, shared embedding, x+y",
    experiment=experiment,
    applies=is_cyclic,
    takes={"neurons": neurons_from(1), "scale": scale_between(1e-3, 0.1)},
)
