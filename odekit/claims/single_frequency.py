"""Single frequency: a neuron that starts at one frequency stays there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from odekit.claims.experiments import PAPER_A, at_start, choose_group, draw, is_odd_cyclic, orders, train
from odekit.claims.verdict import Claim, Control, Settings, Verdict, judge
from odekit.comparison import Modes, predict, project
from odekit.derivation import derive
from odekit.groups import FiniteGroup
from odekit.networks import Network

__all__ = ["CLAIM"]

FloatArray = NDArray[np.float64]

ORDER = 3.0
NEURONS = 8
RTOL = 1e-12
TOLERANCE = 2e-2
SCALES = 0.08 * 0.5 ** np.arange(5)


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Measure what leaks out of the starting frequency at falling scales: nothing is left in the limit."""
    group = choose_group(settings, 11)
    generator = settings.generator(claim.id)
    unit = draw(Network(group, neurons=NEURONS), "single_frequency", 1.0, generator)
    leaks, noise = _leaks(group, unit, "quadratic", _half_blow_up(group, unit))
    slopes = orders(SCALES, leaks)
    gap = float(np.abs(slopes[-2:] - ORDER).max())
    budget = {
        "integrator": float((noise / leaks).max() * 2 / np.log(2)),
        "next order in the scale": float(abs(slopes[-3] - slopes[-2]) * 2 / 7),
    }
    system = derive(Network("Zp"))
    if not system.closed or not system.certify(group.order).passed:
        gap = float("inf")
    quartic = derive(Network("Zp", activation="quartic"))
    other, _ = _leaks(group, unit, "quartic", _half_blow_up(group, unit))
    wrong = float(np.abs(orders(SCALES, other)[-2:] - ORDER).max())
    return claim.verdict(
        gap=gap,
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "the same with the activation z^4",
            judge(wrong, sum(budget.values()), TOLERANCE),
            "with z^4 the frequency k leaks into "
            + "; ".join(f"{', '.join(found)} of {name}" for name, found in quartic.leaks.items() if found),
        ),
        predicted=ORDER,
        measured=float(slopes[-1]),
        evidence={
            "group": group.name,
            "closed": system.closed,
            "certificate": str(system.certify(group.order)),
            "slopes": slopes,
            "series": {
                "x": {"label": "scale of the weights", "values": SCALES},
                "y": {"label": "share of weight outside of the frequency"},
                "curves": {"z^2": leaks, "z^4": other},
                "scale": "loglog",
            },
        },
        text="Exact at uniform softmax; the softmax's departure from uniform leaks at order 3 in the scale.",
    )


def _half_blow_up(group: FiniteGroup, unit: dict[str, FloatArray]) -> float:
    start = at_start(Network(group, neurons=NEURONS), unit)
    return 0.5 * float(predict(start).blow_up_time.min())


def _leaks(
    group: FiniteGroup, unit: dict[str, FloatArray], activation: str, half: float
) -> tuple[FloatArray, FloatArray]:
    """Share of weight outside of the starting frequency at every scale, and the simulation's error.

    The gradient has the degree of the activation, so that time is rescaled by the scale to that degree
    less one.
    """
    network = Network(group, neurons=NEURONS, activation=activation)
    degree = 2 if activation == "quadratic" else 4
    duration = half if degree == 2 else 0.02 * half
    shares, noise = [], []
    for scale in SCALES:
        weights = {name: scale * w for name, w in unit.items()}
        run = train(network, weights, np.array([0.0, duration / scale ** (degree - 1)]), RTOL)
        shares.append(_outside(project(run)))
        noise.append(float(run.records["integrator_error"][-1]))
    return np.array(shares), np.array(noise)


def _outside(modes: Modes) -> float:
    """Root of the share of squared amplitudes outside of each neuron's first frequency, at the end."""
    own = np.zeros(modes.alpha.shape[1:], dtype=bool)
    own[np.arange(len(own)), modes.at(0).dominant] = True
    outside, total = 0.0, 0.0
    for name, amplitudes in modes.amplitudes.items():
        power = np.abs(amplitudes[-1]) ** 2
        mean = 2 * modes.means[name][-1] ** 2
        outside += float(power[~own].sum() + mean.sum())
        total += float(power.sum() + mean.sum())
    return float(np.sqrt(outside / total))


CLAIM = Claim(
    id="single-frequency",
    statement="A neuron that starts with a single frequency keeps it: no other frequency grows.",
    source="arXiv 2602.16849, single-frequency preservation",
    paper=PAPER_A,
    hypotheses="cyclic group of odd order at least 5, quadratic activation, shared embedding, x+y, small weights",
    experiment=experiment,
    applies=is_odd_cyclic,
)
