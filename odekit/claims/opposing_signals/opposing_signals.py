"""Opposing signals: learning sharpens the direction of the outliers, up to the step that turns unstable."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial

import numpy as np

from odekit.arrays import EPS, FloatArray
from odekit.claims.experiments import Outliers, draw_outliers
from odekit.claims.negative_control import Control
from odekit.claims.settings import Settings
from odekit.claims.statistics import next_order, noise_of_orders, orders
from odekit.claims.verdict import Claim, Verdict, about_no_group, judge
from odekit.solvers import solve
from odekit.systems import System, expectation, gradient_flow, reduce

__all__ = ["CLAIM"]

ORDERS = (1, 2, 3)  # of the modified equation; that of order 1 is the flow
CLAIMED = 2
WRONG = -CLAIMED  # stands for the field with the other sign of eta
CURVATURES = np.array([8.0, 16.0, 32.0, 64.0])  # doubled, so that the critical step is halved
SHAPE = (8, 6)  # hidden units and inputs
LABEL, FIRST, SECOND = (0.9, 1.1), (0.15, 0.3), (0.6, 0.8)  # ranges; the outer layer starts as the larger
SETTLED = 40.0  # times of the slowest rate, by which the signal is learnt to rounding
ROUNDS = 7  # of the fixed point's iteration; as each gains a factor above 2, the last change bounds the rest
NUDGES = (5e-6, 1e-5)  # of the response to the feature; their difference tells what the nudge does
PAST, SHOWN = 1.1, 40  # how far past the critical step outliers are shown, and for how many steps
KICK = 0.02  # of the response there
RTOL, LOOSER = 1e-12, 1e-11  # their difference tells the solver's error
TOLERANCE = 0.1  # of an order, a tenth of what the wrong sign costs


@dataclass(frozen=True, eq=False)
class _Critical:
    """The step at which descent turns unstable, for each curvature of the outliers.

    Parameters
    ----------
    measured: (K,), by descent of all weights. noise: (K,), relative, of these and of the solver.
    predicted: (K,), by order of the modified equation.
    """

    measured: FloatArray
    noise: FloatArray
    predicted: Mapping[int, FloatArray]

    def distances(self, order: int) -> FloatArray:
        """(K,), relative."""
        return np.asarray(np.abs(self.predicted[order] / self.measured - 1))

    def slopes(self, order: int) -> FloatArray:
        """The local orders of a distance in the step, (K - 1,)."""
        return orders(self.measured, self.distances(order))

    def uncertain(self, order: int) -> float:
        """Bound of the last slope's error by noise."""
        return float(noise_of_orders(self.measured, self.noise / self.distances(order))[-1])


def experiment(claim: Claim, settings: Settings) -> Verdict:
    """Find the critical step of networks on samples with opposing outliers, and predict it from equations."""
    generator = settings.generator(claim.id)
    label, first, second = (float(generator.uniform(*ends)) for ends in (LABEL, FIRST, SECOND))
    data = draw_outliers(generator, CURVATURES, label, first, second, SHAPE)
    start = {"b": first, "c": second}
    found = _critical(data, start, label)
    last = {order: float(found.slopes(order)[-1]) for order in (*ORDERS, WRONG)}
    budget = {
        "next order in the step": max(next_order(found.slopes(order), 1) for order in ORDERS),
        "descent's rounding, the nudge, the solver and the iteration": max(
            found.uncertain(order) for order in ORDERS
        ),
    }
    names = {order: f"order of the critical step's error, equation to order {order}" for order in ORDERS}
    below, losses = (_beside(data, label, found, factor) for factor in (2 - PAST, PAST))
    higher = losses[:, 0] > losses[:, 1]
    return claim.verdict(
        gap=max(abs(last[order] - order) for order in ORDERS),
        budget=budget,
        tolerance=TOLERANCE,
        control=Control(
            "descent ends where $f + (eta/2) Df f$ does, with an error of order 2",
            judge(abs(last[WRONG] - CLAIMED), sum(budget.values()), TOLERANCE),
            "$f - (eta/2) Df f$",
        ),
        predicted={names[order]: float(order) for order in ORDERS},
        measured={names[order]: last[order] for order in ORDERS},
        checks={
            "without response to the feature the signal's flow closes": _valley().closed,
            "the reduction is certified": _valley().certify().passed,
            "the signal sharpens the feature's direction": bool(
                (2 / found.measured > 1.1 * CURVATURES * second**2).all()
            ),
            "at smaller steps outliers calm down": bool((below[-1] < below[0]).all()),
            "at larger steps outliers of the two labels take turns": bool((higher[2:] != higher[1:-1]).all()),
        },
        evidence={
            "curvatures of the feature": CURVATURES,
            "critical steps": found.measured,
            **{f"the same by the equation to order {order}": found.predicted[order] for order in ORDERS},
            **{f"slopes, order {order}": found.slopes(order) for order in ORDERS},
            "slopes with the wrong sign": found.slopes(WRONG),
            "series": _series(losses),
        },
        text="The toy is made after the abstract: $y = beta x$, and outliers that share a large feature o of "
        "curvature $k = E o^2$ and have both labels. With $f = c (b x + d o)$ the curvature along d is $k "
        "c^2$; it grows as c learns the signal, and descent is unstable there from $eta k c^2 = 2$ on. Where "
        "learning ends depends on the step, too: $c^2 - b^2$ is kept by the flow, and not by descent.",
    )


@cache
def _toy() -> System:
    """The derived flow of signal b, outer weight c and response d on the samples' second moments."""
    loss = expectation(
        "(beta*x - c*(b*x + d*o))**2/2", gaussian={"x": (0, 1), "o": (0, "k")}, parameters="beta b c d k"
    )
    return gradient_flow(loss, "b c d", parameters="beta k")


@cache
def _valley() -> System:
    """The derived flow where the opposing outliers cancel, d = 0."""
    return reduce(_toy(), {"d": "0"})


@cache
def _modified(order: int) -> System:
    return _valley().modified("eta", order)


def _curvatures(c: FloatArray) -> FloatArray:
    """(K,), of the loss along d in the valley, by the derived linearisation."""
    toy = _toy()
    entry = toy.linearisation({"d": 0})[2, 2]
    pairs = zip(c, CURVATURES, strict=True)
    return np.array([-float(entry.subs({toy["c"]: value, toy["k"]: k})) for value, k in pairs])


def _critical(data: Outliers, start: Mapping[str, float], label: float) -> _Critical:
    """Measured from descent, and predicted to each order and with the wrong sign."""
    one, left = _settled(partial(_measured, data, label, NUDGES[0]))
    two = 2 / _measured(data, label, NUDGES[1], one)
    solutions = {
        (order, rtol): _settled(partial(_predicted, start, label, order, rtol))
        for order in (*ORDERS, WRONG)
        for rtol in (RTOL, LOOSER)
    }
    steps = {key: step for key, (step, _) in solutions.items()}
    solver = [
        np.abs(steps[order, LOOSER] / steps[order, RTOL] - 1) + solutions[order, RTOL][1] for order in ORDERS
    ]
    rounding = EPS * data.targets.shape[1] / NUDGES[0]  # of a sum over samples, in a response so large
    return _Critical(
        one,
        np.max(solver, axis=0) + np.abs(two / one - 1) + left + rounding,
        {order: steps[order, RTOL] for order in (*ORDERS, WRONG)},
    )


def _settled(curvature: Callable[[FloatArray], FloatArray]) -> tuple[FloatArray, FloatArray]:
    """(K,) each: the steps at which ``eta curvature(eta) = 2``, and their last relative change."""
    eta = before = 1 / CURVATURES  # stable
    for _ in range(ROUNDS):
        before, eta = eta, 2 / curvature(eta)
    return eta, np.abs(eta / before - 1)


def _predicted(
    start: Mapping[str, float], label: float, order: int, rtol: float, eta: FloatArray
) -> FloatArray:
    """(K,), the curvature where the equation ends; of a negative order, with the other sign of eta."""
    found = solve(
        _modified(abs(order)),
        {name: np.full(len(eta), value) for name, value in start.items()},
        SETTLED / (2 * label),
        parameters={"beta": label, "k": CURVATURES, "eta": np.copysign(eta, order)},
        rtol=rtol,
    )
    return _curvatures(found["c"][-1])


def _measured(data: Outliers, label: float, nudge: float, eta: FloatArray) -> FloatArray:
    """(K,), the curvature where descent ends: by the factor of one more step on a nudged response."""
    settled = _settle(data, label, eta)
    after = data.descend(eta, [0, 1], data.nudged(settled, nudge))
    before, then = data.response(after) - data.response(settled)
    return np.asarray((1 - then / before) / eta)


def _settle(data: Outliers, label: float, eta: FloatArray) -> list[FloatArray]:
    """The weights where descent ends: each network alone, so that none goes on after it has settled."""
    ends = [
        data.only(place).descend(eta[place : place + 1], [int(SETTLED / (2 * label * eta[place]))])
        for place in range(len(eta))
    ]
    return [np.concatenate([end[part][-1] for end in ends]) for part in range(2)]


def _beside(data: Outliers, label: float, found: _Critical, factor: float) -> FloatArray:
    """(steps, 2, K): losses of outliers of both labels, from where a smaller step ended, kicked."""
    settled = _settle(data, label, (2 - PAST) * found.measured)
    kicked = data.nudged(settled, KICK / np.sqrt(CURVATURES.max()))
    return data.group_losses(data.descend(factor * found.measured, [*range(SHOWN)], kicked))


def _series(losses: FloatArray) -> dict[str, object]:
    last = losses[:, :, 0]
    return {
        "x": {"label": "step", "values": np.arange(len(last))},
        "y": {"label": "mean loss of the outliers"},
        "curves": {"with labels above 0": last[:, 0], "with labels below 0": last[:, 1]},
        "caption": f"Outliers that share a feature and have opposite labels, at {PAST:g} times the step at "
        "which descent turns unstable: their losses rise, each high when the other is low, "
        "until they have moved c back to where the step is stable.",
    }


CLAIM = Claim(
    id="opposing-signals",
    statement="Learning a signal sharpens the direction in which outliers oppose each other, $k c^2$, and "
    "descent turns unstable where $eta k c^2$ reaches 2: at a step that the modified equation to order n "
    "gives with an error of order n.",
    source="arXiv 2311.04163, abstract, for opposing signals; the toy and its step are derived here",
    paper="2311.04163",
    hypotheses="no group: two linear layers, full-batch descent without momentum, a start that knows one "
    "direction, outliers that are uncorrelated with the signal",
    experiment=experiment,
    applies=about_no_group,
)
