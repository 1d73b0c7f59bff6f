"""The task of an integration, and the lanes: the trajectories that a block integrates at the moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields

import numpy as np

from odekit.arrays import BoolArray, FloatArray, IntArray
from odekit.solvers.codegen import Linearisation, Switching
from odekit.solvers.problem import BoundEvent, Inputs
from odekit.solvers.stepping.stages import RightHandSide, padded
from odekit.solvers.stepping.step_size_control import CONTROL

__all__ = ["BLOCK", "Lanes", "LooseLanes", "Series", "Task"]

Series = Callable[[FloatArray, FloatArray, FloatArray, FloatArray], FloatArray]

# Enough lanes to outweigh numpy's overhead for each call, few enough for the cache.
BLOCK = 4096


@dataclass(frozen=True, eq=False)
class Task:
    """What is to be integrated.

    Parameters
    ----------
    rhs: writes y' into its last argument.
    inputs: initial states, parameters, times and tolerances.
    h0: (batch,) float64, first step size; NaN where the solver shall choose it.
    max_steps: steps that a trajectory may try.
    events: events bound to the system's names.
    is_dense: whether all interpolants are kept.
    block: trajectories that are integrated side by side; no result depends on it.
    series: Taylor coefficients ``series(t, y, p, s)``, for the Taylor method; None for DOP853.
    linearisation: velocities and Jacobian, for the Rosenbrock method; None for the others.
    when_stiff: gives that of a trajectory that turns out stiff, which goes on by the Rosenbrock method, or
        None if there is none; itself None where every trajectory stays with its method.
    max_step: (batch,) float64, the longest step of each trajectory, or (1,) for all.
    breakpoints: (count, batch) float64 or (count, 1), rising: times at which steps have to end.
    switching: where states switch the field, its switches, whose ``rhs`` is the one above.
    is_wide: whether one lane fills a panel, and ``rhs`` gives the same however many stand side by side.
    """

    rhs: RightHandSide
    inputs: Inputs
    h0: FloatArray
    max_steps: int = 100_000
    events: tuple[BoundEvent, ...] = ()
    is_dense: bool = False
    block: int = BLOCK
    series: Series | None = None
    linearisation: Linearisation | None = None
    when_stiff: Callable[[], Linearisation | None] | None = None
    max_step: FloatArray = field(default_factory=lambda: np.full(1, np.inf))
    breakpoints: FloatArray = field(default_factory=lambda: np.zeros((0, 1)))
    switching: Switching | None = None
    is_wide: bool = False

    @property
    def batch(self) -> int:
        """Number of trajectories."""
        return len(self.h0)

    def times_after(self, cursor: IntArray, index: IntArray) -> FloatArray:
        """Requested time number ``cursor`` of each trajectory, infinite after the last."""
        times = self.inputs.times
        last = len(times) - 1
        return np.where(cursor > last, np.inf, times[np.minimum(cursor, last), index])

    def breakpoint(self, number: IntArray, index: IntArray) -> FloatArray:
        """Breakpoint of each trajectory by its number, infinite before the first and after the last."""
        count = len(self.breakpoints)
        if not count:
            return np.where(number < 0, -np.inf, np.inf)
        column = np.minimum(index, self.breakpoints.shape[1] - 1)
        found = self.breakpoints[np.clip(number, 0, count - 1), column]
        return np.where(number < 0, -np.inf, np.where(number < count, found, np.inf))


@dataclass(eq=False)
class Lanes:
    """Trajectories side by side, the last axis of every array; a whole number of panels wide.

    Lanes that aren't live double the first one, and nothing is recorded of them.

    Parameters
    ----------
    index: number of the trajectory.
    live: whether the lane counts.
    t, y, f, p: time, state, derivative and parameters, below these the modes of the switches.
    h: step size to try.
    end, next_time, cursor: last requested time, the next one, and its number.
    passed: breakpoints up to t.
    low, stop: the breakpoints before and after t, infinite where there is none.
    max_step, rtol, atol: the longest step, and tolerances.
    steps, error: steps tried, and sum of local errors.
    strained: how many more steps, of those looked at, were bounded by stability than by accuracy.
    rejected, broken: whether the last step was rejected, and whether it wasn't finite.
    events: (event, lane), value of each event's function at t.
    idle: turns of switches since the last step that made progress.
    """

    index: IntArray
    live: BoolArray
    t: FloatArray
    y: FloatArray
    f: FloatArray
    p: FloatArray
    h: FloatArray
    end: FloatArray
    next_time: FloatArray
    cursor: IntArray
    passed: IntArray
    low: FloatArray
    stop: FloatArray
    max_step: FloatArray
    rtol: FloatArray
    atol: FloatArray
    steps: IntArray
    error: FloatArray
    strained: IntArray
    rejected: BoolArray
    broken: BoolArray
    events: FloatArray
    idle: FloatArray

    @property
    def count(self) -> int:
        """Number of live lanes."""
        return int(np.count_nonzero(self.live))

    @property
    def goal(self) -> FloatArray:
        """Where a step has to end at the latest."""
        return np.minimum(self.end, self.stop)

    @property
    def window(self) -> tuple[FloatArray, FloatArray]:
        """The times between breakpoints at which the field is asked for; infinite where there are none."""
        least = CONTROL.least_gap * self.end
        return self.low * (1.0 + CONTROL.gap) + least, self.stop * (1.0 - CONTROL.gap) - least

    def only(self, wanted: BoolArray) -> Lanes:
        """The live ones among the wanted lanes, compacted."""
        positions = np.flatnonzero(wanted & self.live)
        chosen = self.padded(positions)
        columns = {entry.name: np.take(getattr(self, entry.name), chosen, axis=-1) for entry in fields(self)}
        columns["live"] = np.arange(len(chosen)) < len(positions)
        return type(self)(**columns)

    @staticmethod
    def padded(positions: IntArray) -> IntArray:
        """Positions of lanes that a step can take together."""
        return padded(positions)

    def joined(self, others: Lanes) -> Lanes:
        """These lanes and others, compacted."""
        both = {
            entry.name: np.concatenate([getattr(self, entry.name), getattr(others, entry.name)], axis=-1)
            for entry in fields(self)
        }
        together = type(self)(**both)
        return together.only(together.live)


class LooseLanes(Lanes):
    """Lanes without copies: a step that solves linear systems, or of a large system, would pay for each.

    No arithmetic of such a step may depend on how many stand side by side.
    """

    @staticmethod
    def padded(positions: IntArray) -> IntArray:
        """Positions as they are."""
        return positions

    @classmethod
    def of(cls, lanes: Lanes) -> LooseLanes:
        """The live ones."""
        return cls(**{entry.name: getattr(lanes, entry.name)[..., lanes.live] for entry in fields(lanes)})
