"""How far is the predicted orbit off? An estimate: what its field neglects, carried along by the flow.

With v the velocity that is followed and r what it lacks, the error e of an orbit w obeys

    e' = v(w + e) - v(w) + r,

from 0. r is measured at the checkpoints: the next term of the modified equation, what the softmax has beyond
the cumulants, and what the modes that are left out do, from the full gradient with all weights. Between them
it is linear. e need not be followed any closer than a band has to be known: two gradients between one point
and the next do, and where descent goes on by its steps, some of a stabilised step over many of these.

What the integrator strays has a size and no direction that is known. It grows where e does, as much, never
shrinks, and adds to e: an estimate, since another direction may grow more.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison.learning_curve.population import Population, Tally
from odekit.simulation import chebyshev_step, stable_stages

__all__ = ["Band", "Point"]


@dataclass(eq=False)
class Point:
    """A moment of an orbit.

    Parameters
    ----------
    t: time.
    stack: (e + 1, n, M).
    loss: of the reduced population.
    velocity: (e + 1, n, M), of the flow of that loss; let go once the band has passed.
    beyond: what the velocity of the whole softmax has more than that of the field, (e + 1, n, M); None where
        this wasn't asked for, and let go as well.
    loss_error, neuron_error: estimates, of the loss's error and each neuron's over its length, (M,).
    """

    t: float
    stack: FloatArray
    loss: float
    velocity: FloatArray
    beyond: FloatArray | None = None
    loss_error: float = 0.0
    neuron_error: FloatArray | float = 0.0


class Band:
    """The error of an orbit under way.

    Parameters
    ----------
    population: whose reduced loss's flow carries it.
    start: (e + 1, n, M).

    Attributes
    ----------
    tally: of the band alone.
    seconds: what it took.
    missed: by how much the loss of the reduced population is off at the last checkpoint.
    """

    def __init__(self, population: Population, start: FloatArray) -> None:
        self.tally, self.seconds, self.missed = Tally(), 0.0, 0.0
        self._population, self._error = population, np.zeros_like(start)
        self._strayed = np.zeros(start.shape[-1])
        self._moved: FloatArray | None = None

    def lack(self, point: Point, residual: FloatArray) -> None:
        """Begin a stretch at a point by a field that lacks the residual (e + 1, n, M)."""
        self._lack, self._moved = residual, None
        point.loss_error = max(point.loss_error, self.missed)

    def flow(
        self, points: Sequence[Point], residual: FloatArray, strayed: FloatArray | float, rtol: float
    ) -> None:
        """Carry the error along the points of a step of the integrator, and put the bands down there.

        Parameters
        ----------
        points: the first of them where the last step ended.
        residual: what the field lacks at the last point.
        strayed: by how much this step was off, about.
        rtol: of the integrator, which within its steps is as good as that.
        """
        begin = time.perf_counter()
        lacks = self._between(points, residual)
        self._strayed = self._strayed + _lengths(np.broadcast_to(strayed, residual.shape))
        for (before, lack), (now, ahead) in pairwise(zip(points, lacks, strict=True)):
            length = now.t - before.t
            here = self._moves(before, self._error)[1] if self._moved is None else self._moved
            there = self._moves(now, self._error + length * (here + lack))[1]
            grown = self._error + length / 2 * (here + there)
            self._grow(grown)
            self._error = grown + length / 2 * (lack + ahead)
            self._put(now, rtol)
        self._lack = residual
        self.seconds += time.perf_counter() - begin

    def _between(self, points: Sequence[Point], residual: FloatArray) -> list[FloatArray]:
        """What the field lacks at every point, linear where it wasn't measured."""
        first, last = points[0], points[-1]
        found = []
        for point in points:
            share = (point.t - first.t) / (last.t - first.t)
            linear = (1 - share) * _known(first) + share * _known(last)
            beyond = linear if point.beyond is None else point.beyond
            found.append(np.asarray((1 - share) * self._lack + share * residual + beyond))
        return found

    def leap(self, points: Sequence[Point], residual: FloatArray, radius: float) -> None:
        """Carry the error over many steps of descent at once, by the flow's linear part in the middle.

        Parameters
        ----------
        points, residual: as `flow` takes them.
        radius: the largest curvature of either sign.
        """
        begin = time.perf_counter()
        middle, length = points[len(points) // 2], points[-1].t - points[0].t
        lack = (self._lack + residual) / 2

        def slope(flat: FloatArray) -> FloatArray:
            error = flat.reshape(lack.shape)
            return np.asarray(self._moves(middle, error)[1] + lack).ravel()

        start = self._error.ravel()
        moved = chebyshev_step(slope, start, slope(start), length, stable_stages(length * radius))
        self._grow(moved)
        self._error = moved.reshape(lack.shape)
        self._put(points[-1])
        for point in points[1:-1]:
            point.loss_error, point.neuron_error = points[-1].loss_error, points[-1].neuron_error
        self._lack = residual
        self.seconds += time.perf_counter() - begin

    def _grow(self, grown: FloatArray) -> None:
        """Let what the integrator strayed grow as the error has, but not shrink: it may lie elsewhere."""
        before, after = float(np.linalg.norm(self._error)), float(np.linalg.norm(grown))
        self._strayed = self._strayed * max(1.0, after / before if before else 1.0)

    def _moves(self, point: Point, error: FloatArray) -> tuple[float, FloatArray]:
        """The loss at an error from a point, and how much faster it is there."""
        with np.errstate(all="ignore"):
            away = point.stack + error
            loss, slope = self._population.reduced(self.tally).evaluate(away)
            return float(loss), self._population.velocity(away, slope) - point.velocity

    def _put(self, point: Point, rtol: float = 0.0) -> None:
        loss, self._moved = self._moves(point, self._error)
        apart, size = _lengths(self._error) + self._strayed, _lengths(point.stack)
        slopes = _lengths(point.velocity / self._population.rates)
        point.neuron_error = rtol + np.divide(apart, size, out=np.zeros_like(size), where=size > 0)
        point.loss_error = self.missed + max(abs(loss - point.loss), float((apart + rtol * size) @ slopes))
        if not np.isfinite(self._error).all():
            point.loss_error, point.neuron_error = np.inf, np.full_like(size, np.inf)


def _lengths(stack: FloatArray) -> FloatArray:
    """Of every neuron, (M,)."""
    return np.asarray(np.sqrt((stack**2).sum(axis=(0, 1))))


def _known(point: Point) -> FloatArray | float:
    return 0.0 if point.beyond is None else point.beyond
