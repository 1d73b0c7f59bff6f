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
from odekit.comparison.flows import MOST_GRADIENTS
from odekit.comparison.learning_curve.band import Band, Point
from odekit.comparison.learning_curve.learning_curve import Regime, guessing
from odekit.comparison.learning_curve.population import LEVEL, OFF, ORDER, Population, Tally
from odekit.networks import Network

__all__ = ["PredictedOrbit", "follow_orbit"]

CUT, WHOLE, STEPS = f"order {ORDER}", "whole softmax", "steps of descent"
Moved = list[tuple[float, FloatArray]]
ORDERS = {CUT: ORDER, WHOLE: None, STEPS: None}
# Share of the level from which every point is asked for the distance: a step may multiply it by hundreds.
NEAR = 1e-3
RTOL = 1e-6
# Points at which the loss is evaluated in each step of the integrator.
PARTS = 4
# Steps of the integrator, twice so many, whose cost is weighed.
WEIGHED = 3
# Steps of descent from one point to the next, at most; of two such stretches the band takes one step.
EVERY, PACES = 10, 2
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
# Steps of the power method at the start; one at each checkpoint afterwards.
POWERS = 10
# Length of the difference that measures curvature, over that of the weights.
DIFFERENCE = 1e-5
# Times that the weights take at the start to change by their size, after which nothing is awaited any more.
LONGEST = 1e5
NONE = np.empty(0)
NEVER = f"the loss neither falls nor settles in {LONGEST:g} times the time that the start takes to change"
UNSTABLE = "descent is stable no more, its step exceeds 2/sharpness"


@dataclass(frozen=True, eq=False)
class PredictedOrbit:
    """What was followed: points in order of time, regimes, what it took, why it ended, and the population."""

    points: list[Point]
    regimes: tuple[Regime, ...]
    tally: Tally
    ended: str
    population: Population
    band: Band


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
    return _Following(network, start, step, begin, until).orbit()


class _Following:
    """An orbit under way."""

    def __init__(
        self, network: Network, start: FloatArray, step: float, begin: float, until: float | None
    ) -> None:
        self.step, self.until = step, until
        self.guess = guessing(network)
        self.population, self.tally = Population(network, start), Tally()
        self.band = Band(self.population, start)
        self.rates = self.population.rates
        self.sharpness = self.radius = 0.0
        self.sharpest = np.random.default_rng(0).standard_normal(start.shape)
        self.points = [self._point(begin, start)]
        # Of all weights, at the last checkpoint.
        self.exact = self.points[0].velocity
        self.spent: list[tuple[float, int]] = []
        # Of the cut to the whole softmax, and of what lives to all weights, at the last checkpoint.
        self.cut = self.off = 0.0
        self.is_whole = self.is_by_steps = False

    def orbit(self) -> PredictedOrbit:
        start = self.points[0]
        last = self._last(start)
        self._sharpen(start, POWERS)
        regimes: list[Regime] = []
        ended = ""
        while not ended:
            self._choose()
            self.is_whole = self.is_whole or not self._cut_at(self.points[-1]) <= LEVEL
            self.is_by_steps |= self._is_sharp()
            name = STEPS if self.is_by_steps else WHOLE if self.is_whole else CUT
            begin, modes = self.points[-1].t, self.population.modes
            ended, largest = self._stretch(name, last)
            if self.points[-1].t > begin:
                regimes.append(Regime(name, begin, self.points[-1].t, largest, modes))
            self._thin()
        return PredictedOrbit(self.points, tuple(regimes), self.tally, ended, self.population, self.band)

    def _choose(self) -> None:
        """Leave out what is dead, from the full gradient at the last point, and measure that point anew."""
        now = self.points[-1]
        _, slope = self.population.exact(self.tally).evaluate(now.stack)
        self.population.choose(now.stack, slope, self.tally)
        again = self._point(now.t, now.stack)
        now.loss, now.velocity = again.loss, again.velocity

    def _last(self, start: Point) -> float:
        """The time asked for, or one by which every training has ended."""
        if self.until is not None:
            return self.until
        speed, size = (float(np.linalg.norm(each)) for each in (start.velocity, start.stack))
        return start.t + LONGEST * (size or 1.0) / (speed or 1.0)

    def _stretch(self, name: str, last: float) -> tuple[str, float]:
        """Follow one field; why the orbit ends, if it does, and the field's largest distance."""
        residual, largest = self._check(name)
        self.band.lack(self.points[-1], residual)
        self.spent = []
        for moved, strayed in self._along(name, last):
            points, ended = [self.points[-1]], ""
            for t, stack in moved:
                points.append(self._point(t, stack))
                ended = self._reason(points[1:], last)
                is_near = name == CUT and self.cut > NEAR * LEVEL
                if ended or (is_near and not self._cut_at(points[-1]) <= LEVEL):
                    break
            self.points += points[1:]
            residual, distance = self._check(name)
            self._sharpen(points[-1])
            if self.step * self.sharpness > STABLE:
                del self.points[-len(points[1:]) :]
                return UNSTABLE, largest
            largest = max(largest, distance)
            if name == STEPS:
                self.band.leap(points, residual, self.radius)
            else:
                self.band.flow(points, residual, strayed, RTOL)
            for point in points[:-1]:
                point.velocity = point.beyond = NONE
            self.spent.append((points[-1].t, self.tally.gradients))
            self.is_by_steps |= self._is_sharp() or self._is_dear()
            if ended or self._is_left(name):
                return ended, largest
            if len(self.points) > 2 * KEPT:
                self._thin()
        return "the orbit blows up", largest

    def _cut_at(self, now: Point) -> float:
        """The distance of the velocity up to the cumulant to the whole softmax's, which the point keeps."""
        _, slope = self.population.reduced(self.tally, ORDER, keeps=True).evaluate(now.stack)
        now.beyond = now.velocity - self.population.velocity(now.stack, slope)
        size = float(np.linalg.norm(now.velocity))
        return float(np.linalg.norm(now.beyond)) / size if size else 0.0

    def _is_left(self, name: str) -> bool:
        """Whether another field, or another choice of what lives, has to go on."""
        leaves = name == CUT and not self.cut <= LEVEL
        return leaves or (self.is_by_steps and name != STEPS) or not self.off <= OFF

    def _along(self, name: str, last: float) -> Iterator[tuple[Moved, FloatArray | float]]:
        """Times and stacks of one step of the integrator, or of a few of descent, and how far this strays."""
        flow, begin = self.population.flow(self.tally, ORDERS[name], self.step), self.points[-1]
        if name == STEPS:
            followed = flow.descend(begin.stack, _paced(begin.t, last, self._pace()))
        else:
            followed = flow.follow(begin.stack, np.array([begin.t, last]), RTOL, PARTS)
        next(followed)
        moved: Moved = []
        for each in followed:
            moved.append(each)
            if len(moved) == (PACES if name == STEPS else PARTS) or each[0] >= last:
                yield moved, flow.error
                moved = []
        if moved:
            yield moved, flow.error

    def _is_sharp(self) -> bool:
        """Whether the modified equation of so long steps doesn't converge."""
        return self.step * self.radius > SHARP

    def _is_dear(self) -> bool:
        """Whether the last steps of the integrator, which grow no more, took as much as those of descent."""
        if not self.step or len(self.spent) <= 2 * WEIGHED:
            return False
        (first, had), (middle, _), (now, has) = (self.spent[-1 - back] for back in (2 * WEIGHED, WEIGHED, 0))
        grows = now - middle > 2 * (middle - first)
        return not grows and has - had >= (now - first) / self.step

    def _pace(self) -> float:
        """Time between points in descent: some steps, about as far apart as the points before."""
        if len(self.points) == 1:
            return self.step
        before, now = self.points[-2:]
        return self.step * float(np.clip(round((now.t - before.t) / self.step), 1, EVERY))

    def _point(self, t: float, stack: FloatArray) -> Point:
        with np.errstate(all="ignore"):
            loss, slope = self.population.reduced(self.tally, keeps=True).evaluate(stack)
            return Point(t, stack, float(loss), self.population.velocity(stack, slope))

    def _check(self, name: str) -> tuple[FloatArray, float]:
        """What the last point's field lacks of all weights, and its distance to the whole softmax's field."""
        now = self.points[-1]
        exact = now.velocity
        with np.errstate(all="ignore"):
            if self.population.is_reduced:
                loss, slope = self.population.exact(self.tally).evaluate(now.stack)
                exact = self.population.velocity(now.stack, slope)
                self.band.missed = max(self.band.missed, abs(float(loss) - now.loss))
            self.exact, now.beyond = exact, np.zeros_like(exact)
            if name == CUT:
                self.cut = self._cut_at(now)
            lacks = exact - now.velocity
            size = float(np.linalg.norm(exact)) or 1.0
            self.off = float(np.linalg.norm(lacks)) / size
            distance = float(np.linalg.norm(lacks + now.beyond)) / size
            if name != STEPS:
                further = self.population.flow(self.band.tally, ORDERS[name], self.step)
                lacks = lacks + further.next_term(now.stack)
        return lacks, distance

    def _reason(self, points: list[Point], last: float) -> str:
        """Why the orbit ends at the last of the new points; nothing where it goes on."""
        point, begin = points[-1], self.points[0].t
        if point.t >= last:
            return "the time asked for" if self.until is not None else NEVER
        if self.tally.gradients >= MOST_GRADIENTS:
            return f"after {self.tally.gradients:,} gradients"
        if self.until is not None:
            return ""
        fall = self.guess - point.loss
        if fall >= FALLEN * self.guess:
            return f"the loss has fallen by {FALLEN:g} of that of guessing"
        times, losses = np.array([(each.t, each.loss) for each in [*self.points, *points]]).T
        before = float(np.interp(begin + (point.t - begin) / 2, times, losses))
        has_settled = fall > BEGUN * self.guess and before - point.loss < SETTLED * self.guess
        return "the loss falls no more" if has_settled else ""

    def _sharpen(self, now: Point, turns: int = 1) -> None:
        """Steps of the power method on all weights, from the sharpest direction before, of a descent."""
        if not self.step:
            return
        gradient, slope = self.population.full(self.tally), -self.exact / self.rates
        length = DIFFERENCE * float(np.linalg.norm(now.stack)) or DIFFERENCE
        for _ in range(turns):
            direction = self.sharpest / np.linalg.norm(self.sharpest)
            curved = (gradient.evaluate(now.stack + length * direction)[1] - slope) / length
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
