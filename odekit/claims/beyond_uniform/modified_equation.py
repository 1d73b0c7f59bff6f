"""Modified equation: descent in steps of eta follows f - (eta/2) Df f up to eta^2, and f itself up to eta."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from odekit.arrays import EPS, ComplexArray, FloatArray
from odekit.claims.experiments.modes import (
    at_start,
    blowing_up_together,
    choose_group,
    draw,
    is_odd_cyclic,
    nearly_uniform,
)
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings, neurons_from
from odekit.claims.statistics import next_order, noise_of_orders, orders
from odekit.claims.verdict import Claim, Verdict, judge
from odekit.comparison import project
from odekit.derivation import derive
from odekit.networks import Network
from odekit.simulation import Run, simulate
from odekit.solvers import solve
from odekit.systems import System

__all__ = ["CLAIM"]

ORDERS = (1, 2, 3)  # of the modified equation; that of order 1 is the flow
CLAIMED = 2
STARTS = 3
NEURONS = 4
SHARE = 0.5  # of the time to the first blow-up: far enough for weights to have grown
STEPS = 16 * 2 ** np.arange(6)  # for that time, as `next_order` needs
RTOL, LOOSER = 1e-12, 1e-11  # their difference tells the solver's error
TOLERANCE = 0.1  # of an order, a tenth of what the wrong sign costs
WRONG = -CLAIMED  # stands for the field with the other sign of eta


@dataclass(frozen=True)
class _Start:
    """One start at every number of steps, each (S,): relative distances of descent and flow.

    Parameters
    ----------
    steps: eta, in units of the time to the first blow-up.
    distances: by order of the modified equation; `WRONG` for the wrong sign.
    errors: of descent and of the solver, relative to the weights.
    """

    steps: FloatArray
    distances: Mapping[int, FloatArray]
    errors: Mapping[int, FloatArray]

    def slopes(self, order: int) -> FloatArray:
        """The local orders of a distance, (S - 1,)."""
        return orders(self.steps, self.distances[order])

    def noise(self, order: int) -> float:
        """Bound of the last slope's error by errors of descent and solver."""
        return float(noise_of_orders(self.steps, self.errors[order] / self.distances[order])[-1])


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Descend from random weights, to half of the first blow-up time, in ever more and smaller steps.

    The softmax stays uniform, so that the network's flow is known: that of every neuron's every mode. The
    distance is a power series in eta.
    """
    group = choose_group(settings, 7)
    network = nearly_uniform(group, settings.value("neurons", NEURONS))
    generator = settings.generator(claim.id)
    starts = [_measured(network, generator) for _ in range(8 if settings.full else STARTS)]
    last = {order: np.array([s.slopes(order)[-1] for s in starts]) for order in (*ORDERS, WRONG)}
    budget = {
        "next order in the step": max(next_order(s.slopes(order), 1) for s in starts for order in ORDERS),
        "descent's rounding and the solver": max(s.noise(order) for s in starts for order in ORDERS),
    }
    names = {order: f"order of the error of the modified equation to order {order}" for order in ORDERS}
    return claim.verdict(
        gap=max(float(np.abs(last[order] - order).max()) for order in ORDERS),
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "descent follows $f + (eta/2) Df f$ with an error of order 2",
            judge(float(np.abs(last[WRONG] - CLAIMED).max()), sum(budget.values()), TOLERANCE),
            "$f - (eta/2) Df f$",
        ),
        predicted={names[order]: float(order) for order in ORDERS},
        measured={names[order]: float(np.median(last[order])) for order in ORDERS},
        checks={
            "at every step the modified equation is nearer to descent than the flow": all(
                (s.distances[CLAIMED] < s.distances[1]).all() for s in starts
            )
        },
        evidence={
            "group": group.name,
            "steps to half of the first blow-up time": STEPS,
            **{f"slopes, order {order}": [s.slopes(order) for s in starts] for order in ORDERS},
            "slopes with the wrong sign": [s.slopes(WRONG) for s in starts],
            "series": _series(starts[0]),
        },
        text="Order 1 is the gradient flow itself; the distances are those of all weights.",
    )


def _series(start: _Start) -> dict[str, object]:
    names = {1: "flow", 2: "modified equation", 3: "with the next term", WRONG: "with the wrong sign"}
    return {
        "x": {"label": "step in units of the blow-up time", "values": start.steps},
        "y": {"label": "relative distance from descent"},
        "curves": {names[order]: distances for order, distances in start.distances.items()},
        "scale": "loglog",
        "caption": "How far descent is from the gradient flow and from modified equations, at half of the "
        "time to the first blow-up, for several steps. On logarithmic axes the slopes are the orders, 1, 2 "
        "and 3, and with the wrong sign 1.",
    }


@cache
def _modified(order: int) -> System:
    """The derived modified equation of real and imaginary parts, u of theta and v of xi."""
    return derive(Network("Zp")).form("cartesian").modified("eta", order)


def _measured(network: Network, generator: np.random.Generator) -> _Start:
    """One random start, all of whose neurons blow up at one time, at every number of steps."""
    weights, blow_up = blowing_up_together(network, draw(network, "iid", 1.0, generator))
    end = SHARE * blow_up
    start = _amplitudes(at_start(network, weights))
    descended = np.array(
        [
            _amplitudes(
                simulate(
                    network,
                    weights=weights,
                    method="sgd",
                    learning_rate=end / count,
                    steps=int(count),
                    snapshots=2,
                )
            )
            for count in STEPS
        ]
    )
    size = np.linalg.norm(descended, axis=(1, 2))
    rounding = STEPS * network.finite_group.order * EPS
    distances, errors = {}, {}
    for order in (*ORDERS, WRONG):
        tight, loose = (_predicted(network, order, start, end, rtol) for rtol in (RTOL, LOOSER))
        distances[order] = np.linalg.norm(descended - tight, axis=(1, 2)) / size
        errors[order] = np.linalg.norm(loose - tight, axis=(1, 2)) / size + rounding
    return _Start(SHARE / STEPS, distances, errors)


def _amplitudes(run: Run) -> ComplexArray:
    """u and v of every neuron's every mode at the last snapshot, (2, neurons times modes)."""
    last = project(run).at(-1).amplitudes
    return np.array([last["theta"].ravel(), last["xi"].ravel()])


def _predicted(network: Network, order: int, start: ComplexArray, end: float, rtol: float) -> ComplexArray:
    """Amplitudes at the end by the modified equation at every step, (S, 2, neurons times modes).

    Where the order is negative, by that of steps backward: with the other sign of eta.
    """
    rate, count = network.flow_rate(), len(STEPS)
    u, v = np.tile(start, count)  # step by step, all modes of all neurons
    eta = np.copysign(np.repeat(rate * end / STEPS, start.shape[1]), order)
    found = solve(
        _modified(abs(order)),
        {"u_re": u.real, "u_im": u.imag, "v_re": v.real, "v_im": v.imag},
        rate * end,
        parameters={"p": network.finite_group.order, "eta": eta},
        rtol=rtol,
    )
    u, v = (found[f"{name}_re"][-1] + 1j * found[f"{name}_im"][-1] for name in "uv")
    return np.stack([u.reshape(count, -1), v.reshape(count, -1)], axis=1)


CLAIM = Claim(
    id="modified-equation",
    statement="Descent with steps of $eta$ follows the flow of $f - (eta/2) Df f$ with an error of order 2 "
    "in $eta$, and that of $f$ with one of order 1.",
    source="arXiv 2009.11162, backward error analysis of gradient descent",
    paper="2009.11162",
    hypotheses="cyclic group of odd order at least 5, quadratic activation, shared embedding, x+y, uniform "
    "softmax, full-batch descent without momentum",
    experiment=experiment,
    applies=is_odd_cyclic,
    takes={"neurons": neurons_from(1)},
)
