"""The stages of one Runge-Kutta step for a whole block of trajectories.

The ``h k_i`` are rows of one matrix, and a stage is a matrix product, taken panel by panel: a block is always
whole panels wide, so that no lane depends on where it stands or on its neighbours, not even in its last bit.
Of a system so large that one lane fills a panel the last panel of all is filled up instead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from odekit.arrays import FloatArray, IntArray
from odekit.solvers.problem import Interpolant
from odekit.solvers.stepping.tableau import DOP853

__all__ = ["PANEL", "RightHandSide", "Stages", "combine", "interpolate", "padded", "stage_weights"]

RightHandSide = Callable[[Any, Any, Any, Any], None]

# Matrix products of another width may round differently: with one width, neighbours don't matter.
PANEL = 128

_STAGE_WEIGHTS = tuple(np.concatenate([[1.0], DOP853.rows[s, :s]]) for s in range(DOP853.stages_extended))


def padded(positions: IntArray) -> IntArray:
    """Positions followed by copies of the first, up to a whole number of panels; none stay none.

    >>> padded(np.array([5, 7])).shape
    (128,)
    """
    missing = -len(positions) % PANEL
    return np.concatenate([positions, np.repeat(positions[:1], missing)])


def stage_weights(stage: int) -> FloatArray:
    """Of y and the increments before a stage in the point at which that stage is evaluated."""
    return _STAGE_WEIGHTS[stage]


def combine(weights: FloatArray, rows: FloatArray) -> FloatArray:
    """Linear combination ``sum_i weights_i rows_i`` of (stage, state, lane) rows, (state, lane)."""
    if rows[0].size % PANEL:
        return _with_rest(weights, rows)
    panels = rows.reshape(len(rows), -1, PANEL).transpose(1, 0, 2)
    total: FloatArray = np.matmul(weights[None, :], panels)
    return total.reshape(rows.shape[1:])


def _with_rest(weights: FloatArray, rows: FloatArray) -> FloatArray:
    """The same where the last panel has to be filled up."""
    flat = rows.reshape(len(rows), -1)
    rest = flat.shape[1] % PANEL
    last = np.zeros((len(rows), PANEL))
    last[:, :rest] = flat[:, -rest:]
    parts = combine(weights, flat[:, :-rest]), combine(weights, last)[:rest]
    return np.concatenate(parts).reshape(rows.shape[1:])


@dataclass(frozen=True, eq=False)
class Stages:
    """Increments of a step from ``t`` to ``t + h``, a step size for each lane.

    Parameters
    ----------
    rhs: writes y' into its last argument.
    t, h: (lane,) float64.
    p: (parameter, lane) float64.
    low, high: (lane,) float64, between which the right-hand side is asked for.
    rows: (stages + 1, state, lane) float64, or longer for the interpolant; row 0 is y, row i + 1 is h k_i.
    """

    rhs: RightHandSide
    t: FloatArray
    h: FloatArray
    p: FloatArray
    low: FloatArray
    high: FloatArray
    rows: FloatArray

    def take(self, y: FloatArray, f: FloatArray) -> tuple[FloatArray, FloatArray]:
        """State and derivative at the end of the step, from those at its beginning; each (state, lane)."""
        self.rows[0] = y
        np.multiply(f, self.h, out=self.rows[1])
        for stage in range(1, DOP853.stages):
            self._evaluate(stage)
        y_new = combine(DOP853.weights, self.increments)
        y_new += y
        f_new = np.empty_like(y_new)
        self._ask(1.0, y_new, f_new)
        return y_new, f_new

    @property
    def increments(self) -> FloatArray:
        """The h k_i of the method itself, (stages, state, lane)."""
        return self.rows[1 : DOP853.stages + 1]

    def extended(self, positions: IntArray, f_new: FloatArray) -> Stages:
        """Stages of chosen lanes (a whole number of panels), with those that the interpolant needs."""
        rows = np.empty((DOP853.stages_extended + 1, self.rows.shape[1], len(positions)))
        np.take(self.rows[: DOP853.stages + 1], positions, axis=2, out=rows[: DOP853.stages + 1])
        h = self.h[positions]
        np.multiply(f_new[:, positions], h, out=rows[DOP853.stages + 1])
        window = self.low[positions], self.high[positions]
        chosen = Stages(self.rhs, self.t[positions], h, self.p[:, positions], *window, rows)
        for stage in range(DOP853.stages + 1, DOP853.stages_extended):
            chosen._evaluate(stage)
        return chosen

    def _evaluate(self, stage: int) -> None:
        increment = self.rows[stage + 1]
        point = combine(stage_weights(stage), self.rows[: stage + 1])
        self._ask(DOP853.nodes[stage], point, increment)
        increment *= self.h

    def _ask(self, share: float, y: FloatArray, out: FloatArray) -> None:
        """The right-hand side at a share of the step, on this side of both breakpoints."""
        self.rhs(np.clip(self.t + share * self.h, self.low, self.high), y, self.p, out)


def interpolate(stages: Stages, y_new: FloatArray) -> Interpolant:
    """Interpolant of a step from its extended stages and its end point."""
    increments = stages.rows[1:]
    difference = y_new - stages.rows[0]
    begin, end = increments[0], increments[DOP853.stages]
    lower = [difference, begin - difference, 2.0 * difference - (begin + end)]
    upper = [combine(weights, increments) for weights in DOP853.dense]
    return Interpolant(stages.t, stages.h, stages.rows[0], np.stack(lower + upper))
