"""Decoupling: at small scale the full flow is that of independent neurons, with an error of third order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from odekit.claims.experiments import PAPER_A, at_start, choose_group, draw, is_cyclic, orders, train
from odekit.claims.verdict import Claim, Control, Settings, Verdict, judge
from odekit.comparison import ReducedFlow, predict, project
from odekit.groups import FiniteGroup, from_modes
from odekit.networks import Network
from odekit.simulation import Run

__all__ = ["CLAIM"]

FloatArray = NDArray[np.float64]

ORDER = 3.0
NEURONS = 8
RTOL = 1e-12
TOLERANCE = 1e-2
SCALES = 0.08 * 0.5 ** np.arange(5)


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Train one start at falling scales, to half of its first blow-up time, and measure the distance."""
    group = choose_group(settings, 7)
    generator = settings.generator(claim.id)
    measured = [_distances(group, generator) for _ in range(8 if settings.full else 3)]
    distances, noise = (np.array(part) for part in zip(*measured, strict=True))
    slopes = orders(SCALES, distances)
    gap = float(np.abs(slopes[:, -2:] - ORDER).max())
    budget = {
        "integrator": float((noise / distances).max() * 2 / np.log(2)),
        "next order in the scale": float(np.abs(slopes[:, -3] - slopes[:, -2]).max() * 2 / 7),
    }
    wrong = float(np.abs(slopes[:, -2:] - 2.0).max())
    return claim.verdict(
        gap=gap,
        budget=budget,
        tolerance=TOLERANCE,
        control=Control("the distance falls at order 2", judge(wrong, sum(budget.values()), TOLERANCE)),
        predicted=ORDER,
        measured=float(slopes[:, -1][np.abs(slopes[:, -1] - ORDER).argmax()]),
        evidence={
            "scales": SCALES,
            "slopes": slopes,
            "group": group.name,
            "series": {
                "x": {"label": "scale of the weights", "values": SCALES},
                "y": {"label": "relative distance of full and decoupled flow"},
                "curves": {f"start {i + 1}": row for i, row in enumerate(distances)},
                "scale": "loglog",
            },
        },
    )


def _distances(group: FiniteGroup, generator: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Relative distance at every scale, and the simulation's error estimate, for one random start."""
    network = Network(group, neurons=NEURONS)
    unit = draw(network, "iid", 1.0, generator)
    half = 0.5 * float(predict(at_start(network, unit)).blow_up_time.min())
    flow = ReducedFlow(network)
    distances, noise = [], []
    for scale in SCALES:
        weights = {name: scale * w for name, w in unit.items()}
        run = train(network, weights, np.array([0.0, half / scale]), RTOL)
        distances.append(_distance(run, flow))
        noise.append(float(run.records["integrator_error"][-1]))
    return np.array(distances), np.array(noise)


def _distance(run: Run, flow: ReducedFlow) -> float:
    modes = project(run)
    start = modes.at(0)
    decoupled = flow.evolve(start.amplitudes, run.t[-1:])
    difference, size = 0.0, 0.0
    for name, weights in run.weights.items():
        expected = from_modes(decoupled[name][0], modes.group, start.means[name])
        difference += float(((weights[-1] - expected) ** 2).sum())
        size += float((expected**2).sum())
    return float(np.sqrt(difference / size))


CLAIM = Claim(
    id="decoupling",
    statement="At small weights the network's gradient flow is that of independent neurons, up to a relative "
    "error of order 3 in the scale.",
    source="arXiv 2602.16849, decoupled dynamics at small initialisation",
    paper=PAPER_A,
    hypotheses="cyclic group of order at least 5, quadratic activation, shared embedding, x+y",
    experiment=experiment,
    applies=is_cyclic,
)
