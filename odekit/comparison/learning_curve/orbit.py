"""The predicted orbit: at order 3 while the next cumulant is small, then with the whole softmax.

Steps of descent itself go on where a step h is no longer short: the series of the modified equation
converges while h times the eigenvalues of the loss's Hessian H are below 1, for it stands for
log(1 - h H)/h. They go on as well where a step of the integrator, which stability bounds, costs as much.
Where the sharpness, the largest eigenvalue, exceeds 2/h descent is not stable (Cohen et al., arXiv
2103.00065): what is unknown of the orbit grows, and the prediction ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison.flows import MOST_GRADIENTS, PopulationFlow
from odekit.comparison.learning_curve.learning_curve import Regime, guessing
from odekit.networks import Network
from odekit.simulation import LossGradient, Velocity

__all__ = ["STEPS", "Point", "PredictedOrbit", "follow_orbit"]

ORDER = 3
CUT, WHOLE, STEPS = f"order {ORDER}", "whole softmax", "steps of descent"
ORDERS = {CUT: ORDER, WHOLE: None, STEPS: None}
# Distance of the field at that order to the whole softmax's, over its size, from which it is left.
LEVEL = 1e-3
RTOL = 1e-6
# Points at which the loss is evaluated in each step of the integrator.
PARTS = 4
# Steps of the integrator, twice so many, whose cost is weighed.
WEIGHED = 3
# Steps of descent from one point to the next, at most.
EVERY = 10
# Points that are kept of an orbit, at least, and half of what there may be on the way.
KEPT = 250
# Share of the loss of guessing after whose fall a training counts as ended.
FALLEN = 0.9
# Falls of the loss, in shares of that of guessing: once by the first, and since half of the time by less than
# the second, it has settled.
BEGUN, SETTLED = 0.1, 1e-3
# Step times the largest curvature of either sign from which descent is followed by its steps.
SHARP = 1.0
# Step times sharpness above which descent is not stable.
STABLE = 2.0
# Steps of the power method at the start; one at each point afterwards.
POWERS = 10
# Length of the difference that measures curvature, over that of the weights.
DIFFERENCE = 1e-5
# Times that the weights take at the start to change by their size, after which nothing is awaited any more.
LONGEST = 1e5
NEVER = f"the loss neither falls nor settles in {LONGEST:g} times the time that the start takes to change"


@dataclass(frozen=True, eq=False)
class Point:
    """A moment of an orbit: time, stack (e + 1, n, M) and loss."""

    t: float
    stack: FloatArray
    loss: float


@dataclass(frozen=True, eq=False)
class PredictedOrbit:
    """What was followed: points in order of time, regimes, full gradients, and why it ended."""

    points: list[Point]
    regimes: tuple[Regime, ...]
    gradients: int
    ended: str


def follow_orbit(
    network: Network, start: FloatArray, step: float, begin: float, until: float | None
) -> PredictedOrbit:
    """Follow descent, or the flow, from a stack to a time, or until the loss has fallen or settled.

    Parameters
    ----------
    start: (e + 1, n, M).
    step: of plain descent, 0 for the flow.
    begin, until: times; None for the end of the training.
    """
    return _Following(network, step, begin, until).orbit(start)


class _Following:
    """An orbit under way."""

    def __init__(self, network: Network, step: float, begin: float, until: float | None) -> None:
        self.network, self.step, self.begin, self.until = network, step, begin, until
        self.guess = guessing(network)
        self.whole = LossGradient(network)
        self.cut = LossGradient(network, order=ORDER)
        self.rates = Velocity(network).rates
        self.gradients = 0
        self.sharpness = self.radius = 0.0
        self.sharpest = np.random.default_rng(0).standard_normal(
            (len(self.rates), network.finite_group.order, network.neurons)
        )
        self.points: list[Point] = []
        self.spent: list[tuple[float, int]] = []
        self.is_by_steps = False

    def orbit(self, start: FloatArray) -> PredictedOrbit:
        last = self._last(start)
        regimes, ended = [], ""
        point, distance = self._measured(self.begin, start, ORDER)
        self.points.append(point)
        self.is_by_steps = self._is_sharp()
        for name in ORDERS:
            if (name == CUT and not distance <= LEVEL) or (name != STEPS and self.is_by_steps):
                continue
            first, largest, self.spent = self.points[-1].t, 0.0, []
            for point, distance in self._along(name, last):
                if self.step * self.sharpness > STABLE:
                    ended = "descent is stable no more, its step exceeds 2/sharpness"
                    break
                self.points.append(point)
                self.spent.append((point.t, self.gradients))
                largest = max(largest, distance)
                ended = self._reason(point, last)
                self.is_by_steps = self._is_sharp() or self._is_dear()
                if ended or distance > LEVEL or (name != STEPS and self.is_by_steps):
                    break
            else:
                ended = "the orbit blows up"
            regimes.append(Regime(name, first, self.points[-1].t, largest))
            if ended:
                break
            self._thin()
        return PredictedOrbit(self.points, tuple(regimes), self.gradients, ended)

    def _last(self, start: FloatArray) -> float:
        """The time asked for, or one by which every training has ended."""
        if self.until is not None:
            return self.until
        speed = float(np.linalg.norm(PopulationFlow(self.network).velocity(start)))
        self.gradients += 1
        size = float(np.linalg.norm(start))
        return self.begin + LONGEST * (size or 1.0) / (speed or 1.0)

    def _along(self, name: str, last: float) -> Iterator[tuple[Point, float]]:
        """Points after the last one, with the relative distance of their field to the whole softmax's."""
        order = ORDERS[name]
        flow = PopulationFlow(self.network, order, self.step)
        begin = self.points[-1]
        if name == STEPS:
            followed = flow.descend(begin.stack, _paced(begin.t, last, self._pace()))
        else:
            followed = flow.follow(begin.stack, np.array([begin.t, last]), RTOL, PARTS)
        next(followed)
        known = 0
        for t, stack in followed:
            self.gradients += flow.gradients - known
            known = flow.gradients
            yield self._measured(t, stack, order)
            if len(self.points) > 2 * KEPT:
                self._thin()

    def _is_sharp(self) -> bool:
        """Whether the modified equation of so long steps doesn't converge."""
        return self.step * self.radius > SHARP

    def _is_dear(self) -> bool:
        """Whether the last steps of the integrator, which grow no more, took as much as those of descent."""
        back = WEIGHED * PARTS
        if not self.step or len(self.spent) <= 2 * back:
            return False
        (first, had), (middle, _), (now, has) = (self.spent[-1 - place] for place in (2 * back, back, 0))
        grows = now - middle > 2 * (middle - first)
        return not grows and has - had >= (now - first) / self.step

    def _pace(self) -> float:
        """Time between points in descent: some steps, about as far apart as the points before."""
        if len(self.points) == 1:
            return self.step
        before, now = self.points[-2:]
        return self.step * float(np.clip(round((now.t - before.t) / self.step), 1, EVERY))

    def _measured(self, t: float, stack: FloatArray, order: int | None) -> tuple[Point, float]:
        loss, slope = self.whole.evaluate(stack)
        self.gradients += 1
        for _ in range((1 if self.points else POWERS) if self.step else 0):
            self._sharpen(stack, slope)
        distance = 0.0
        if order is not None:
            self.gradients += 1
            apart = np.linalg.norm(self.cut.evaluate(stack)[1] - slope)
            size = float(np.linalg.norm(slope))
            distance = float(apart) / size if size else 0.0
        return Point(t, stack, float(loss)), distance

    def _reason(self, point: Point, last: float) -> str:
        """Why the orbit ends here; nothing where it goes on."""
        if point.t >= last:
            return "the time asked for" if self.until is not None else NEVER
        if self.gradients >= MOST_GRADIENTS:
            return f"after {self.gradients:,} gradients"
        if self.until is not None:
            return ""
        fall = self.guess - point.loss
        if fall >= FALLEN * self.guess:
            return f"the loss has fallen by {FALLEN:g} of that of guessing"
        times, losses = np.array([(each.t, each.loss) for each in self.points]).T
        before = float(np.interp(self.begin + (point.t - self.begin) / 2, times, losses))
        has_settled = fall > BEGUN * self.guess and before - point.loss < SETTLED * self.guess
        return "the loss falls no more" if has_settled else ""

    def _sharpen(self, stack: FloatArray, slope: FloatArray) -> None:
        """One step of the power method, from the direction that was sharpest before."""
        length = DIFFERENCE * float(np.linalg.norm(stack)) or DIFFERENCE
        direction = self.sharpest / np.linalg.norm(self.sharpest)
        ahead = self.whole.evaluate(stack + length * direction)[1]
        self.gradients += 1
        curved = (ahead - slope) / length
        weighted = float((direction**2 / self.rates).sum())
        self.sharpness = float(np.vdot(direction, curved)) / weighted
        self.radius = float(np.sqrt((self.rates * curved**2).sum() / weighted))
        self.sharpest = self.rates * curved

    def _thin(self) -> None:
        """Keep points that are about evenly spaced along the curve of the loss."""
        if len(self.points) <= KEPT:
            return
        times, losses = np.array([(each.t, each.loss) for each in self.points]).T
        lengths = np.abs(np.diff(times)) / (times[-1] - times[0]) + np.abs(np.diff(losses)) / self.guess
        places = np.append(0.0, np.cumsum(lengths))
        chosen = np.unique(np.searchsorted(places, np.linspace(0, places[-1], KEPT)))
        kept = [*chosen[chosen < len(self.points) - 1], len(self.points) - 1]
        self.points[:] = [self.points[place] for place in kept]


def _paced(begin: float, last: float, pace: float) -> Iterator[float]:
    """Times from the first to the last, so far apart."""
    yield from (begin + pace * count for count in range(int(np.ceil((last - begin) / pace))))
    yield last
