"""The task of an integration, and the lanes: the trajectories that a block integrates at the moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from odekit.arrays import BoolArray, FloatArray, IntArray
from odekit.solvers.problem import BoundEvent, Inputs
from odekit.solvers.stepping.stages import RightHandSide, padded

__all__ = ["BLOCK", "Lanes", "Series", "Task"]

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
    """

    rhs: RightHandSide
    inputs: Inputs
    h0: FloatArray
    max_steps: int = 100_000
    events: tuple[BoundEvent, ...] = ()
    is_dense: bool = False
    block: int = BLOCK
    series: Series | None = None

    @property
    def batch(self) -> int:
        """Number of trajectories."""
        return len(self.h0)

    def times_after(self, cursor: IntArray, index: IntArray) -> FloatArray:
        """Requested time number ``cursor`` of each trajectory, infinite after the last."""
        times = self.inputs.times
        last = len(times) - 1
        return np.where(cursor > last, np.inf, times[np.minimum(cursor, last), index])


@dataclass(eq=False)
class Lanes:
    """Trajectories side by side, the last axis of every array; a whole number of panels wide.

    Lanes that aren't live double the first one, and nothing is recorded of them.

    Parameters
    ----------
    index: number of the trajectory.
    live: whether the lane counts.
    t, y, f, p: time, state, derivative and parameters.
    h: step size to try.
    end, next_time, cursor: last requested time, the next one, and its number.
    rtol, atol: tolerances.
    steps, error: steps tried, and sum of local errors.
    rejected, broken: whether the last step was rejected, and whether it wasn't finite.
    events: (event, lane), value of each event's function at t.
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
    rtol: FloatArray
    atol: FloatArray
    steps: IntArray
    error: FloatArray
    rejected: BoolArray
    broken: BoolArray
    events: FloatArray

    @property
    def count(self) -> int:
        """Number of live lanes."""
        return int(np.count_nonzero(self.live))

    def only(self, wanted: BoolArray) -> Lanes:
        """The live ones among the wanted lanes, compacted."""
        positions = np.flatnonzero(wanted & self.live)
        chosen = padded(positions)
        columns = {entry.name: np.take(getattr(self, entry.name), chosen, axis=-1) for entry in fields(self)}
        columns["live"] = np.arange(len(chosen)) < len(positions)
        return Lanes(**columns)

    def joined(self, others: Lanes) -> Lanes:
        """These lanes and others, compacted."""
        both = {
            entry.name: np.concatenate([getattr(self, entry.name), getattr(others, entry.name)], axis=-1)
            for entry in fields(self)
        }
        together = Lanes(**both)
        return together.only(together.live)
