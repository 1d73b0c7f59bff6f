"""Dominance time: when the winning frequency leads, by scale and by order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from odekit.claims.experiments import PAPER_A, at_start, choose_group, draw, is_odd_cyclic, nearly_uniform, orders
from odekit.claims.verdict import Claim, Control, Settings, Verdict, judge
from odekit.comparison import predict, project
from odekit.groups import FiniteGroup, cyclic
from odekit.networks import Network
from odekit.simulation import Run, simulate
from odekit.solvers import blow_up_time

__all__ = ["CLAIM"]

FloatArray = NDArray[np.float64]

LEAD = 3.0
NEURONS = 12
RTOL = 1e-10
TOLERANCE = 1e-2
SCALES = 0.01 * 0.5 ** np.arange(4)
ORDERS = (5, 11, 23, 37)
SNAPSHOTS = 81


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Time the lead of the winner from equal magnitudes, at falling scales and at growing orders."""
    generator = settings.generator(claim.id)
    times, noise = _by_scale(choose_group(settings, 11), generator)
    slopes = orders(SCALES, times)
    gap = float(abs(slopes[-1] + 1.0))
    budget = {"integrator": noise, "departure from uniform softmax": float(abs(slopes[-2] + 1.0) / 4 + 1e-6)}
    by_order = {p: _scaled_times(cyclic(p), generator, 32 if settings.full else NEURONS) for p in ORDERS}
    medians = np.array([np.median(lead) for lead, _ in by_order.values()])
    if not all((lead <= blow_up).all() for lead, blow_up in by_order.values()):
        gap = float("inf")
    limit = float(blow_up_time(1.0, 1.0, 0.0, 1.0))
    growth = float(medians[-1] / medians[0])
    logarithmic = float(np.log(ORDERS[-1]) / np.log(ORDERS[0]))
    return claim.verdict(
        gap=gap,
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "the dominance time grows like log(p)/p",
            judge(abs(growth - logarithmic), 0.25 * (logarithmic - 1), 1.0),
            f"log(p)/(p scale) is a bound; the time lies below the winner's blow-up time, {limit:.3f}/(p scale) "
            "in the limit of large p",
        ),
        predicted={"exponent in the scale": -1.0, "limit of p * scale * blow-up time": limit},
        measured={
            "exponent in the scale": float(slopes[-1]),
            f"median of p * scale * time at p = {ORDERS[-1]}": float(medians[-1]),
        },
        evidence={
            "slopes": slopes,
            "median of p * scale * time": {str(p): float(m) for p, m in zip(ORDERS, medians, strict=True)},
            "series": {
                "x": {"label": "order p", "values": np.array(ORDERS)},
                "y": {"label": "p * scale * time"},
                "curves": {
                    "time of dominance": medians,
                    "winner's blow-up time": np.array([np.median(b) for _, b in by_order.values()]),
                    "limit": np.full(len(ORDERS), limit),
                },
                "scale": "linear",
            },
        },
        text="The time is exactly proportional to 1/scale at uniform softmax, and to 1/p up to a bounded factor.",
    )


def _by_scale(group: FiniteGroup, generator: np.random.Generator) -> tuple[FloatArray, float]:
    """Time of the first neuron's lead at every scale, and the relative error of the simulations."""
    network = Network(group, neurons=NEURONS)
    unit = draw(network, "equal_magnitude", 1.0, generator)
    end = 0.97 * float(predict(at_start(network, unit)).blow_up_time.min())
    times, noise = [], 0.0
    for scale in SCALES:
        weights = {name: scale * w for name, w in unit.items()}
        run = simulate(network, weights=weights, times=np.linspace(0, end / scale, SNAPSHOTS), rtol=RTOL)
        times.append(float(min(_lead_times(run), key=lambda time: (np.isnan(time), time))))
        noise = max(noise, float(run.records["integrator_error"].max()))
    return np.array(times), 10 * noise


def _scaled_times(
    group: FiniteGroup, generator: np.random.Generator, neurons: int
) -> tuple[FloatArray, FloatArray]:
    """p * scale * (time of the lead, blow-up time) of each neuron, from one run in which all blow up together."""
    network = nearly_uniform(group, neurons)
    unit = draw(network, "equal_magnitude", 1.0, generator)
    blow_up = predict(at_start(network, unit)).blow_up_time
    end = float(blow_up.max())
    scale = blow_up / end
    weights = {name: scale[:, None] * w for name, w in unit.items()}
    remaining = np.geomspace(1.0, 1e-2, SNAPSHOTS)
    run = simulate(network, weights=weights, times=end * (1 - remaining), rtol=1e-8, estimate_error=False)
    unit_time = group.order * network.flow_rate() * scale
    leads = _lead_times(run)
    return np.where(np.isfinite(leads), leads, end * (1 - remaining[-1])) * unit_time, blow_up * unit_time / scale


def _lead_times(run: Run) -> FloatArray:
    """When each neuron's first frequency leads its second by the factor LEAD, by log-linear interpolation; NaN if never."""
    ordered = np.sort(project(run).alpha, axis=-1)
    lead = np.log(ordered[..., -1] / ordered[..., -2]) - np.log(LEAD)
    times = np.full(lead.shape[1], np.nan)
    for neuron, values in enumerate(lead.T):
        if (values > 0).any():
            after = int(np.argmax(values > 0))
            times[neuron] = np.interp(0.0, values[after - 1 : after + 1], run.t[after - 1 : after + 1])
    return times


CLAIM = Claim(
    id="dominance-time",
    statement="From equal magnitudes the winning frequency dominates within a time of order log(p)/(p scale); "
    "the time is exactly proportional to 1/scale.",
    source="arXiv 2602.16849, dominance time of the lottery ticket",
    paper=PAPER_A,
    hypotheses="cyclic group of odd order at least 5, quadratic activation, equal magnitudes, uniform softmax",
    experiment=experiment,
    applies=is_odd_cyclic,
)
