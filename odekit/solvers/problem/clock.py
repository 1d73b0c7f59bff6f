"""The clock of a batch: when each trajectory starts, and whether it runs forward or backward in time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from odekit.arguments import floats
from odekit.arrays import FloatArray, IntArray
from odekit.errors import InputError, shown
from odekit.solvers.problem.solution import Solution

__all__ = ["PLAIN", "Clock", "read_times"]


@dataclass(frozen=True, eq=False)
class Clock:
    """``t = origin + direction * elapsed``, the elapsed time being what a solver counts, from 0 on.

    Parameters
    ----------
    origin: (1,) or (batch,) float64, the time of the initial states.
    direction: (1,) or (batch,) float64, 1 forward and -1 backward in time.
    asked: (time, 1) or (time, batch) float64, the requested times as they were given.
    """

    origin: FloatArray
    direction: FloatArray
    asked: FloatArray

    @property
    def is_plain(self) -> bool:
        """Whether the time is what has elapsed."""
        return not self.origin.any() and self.is_forward

    @property
    def is_forward(self) -> bool:
        """Whether no trajectory runs backward."""
        return bool((self.direction > 0.0).all())

    def only(self, positions: IntArray) -> Clock:
        """The same for chosen trajectories."""
        parts = (self.origin, self.direction, self.asked)
        return Clock(*(part[..., positions] if part.shape[-1] > 1 else part for part in parts))

    def told(self, solved: Solution) -> Solution:
        """A solution in elapsed time, told in this clock's."""
        asked = np.broadcast_to(self.asked, solved.t.shape).copy()
        is_end = solved.t_reached == solved.t[-1]
        dense = solved.dense
        if dense is not None:
            dense = replace(dense, origin=self.origin, direction=self.direction)
        return replace(
            solved,
            t=asked,
            t_reached=np.where(is_end, asked[-1], self.origin + self.direction * solved.t_reached),
            event_t=self.origin + self.direction * solved.event_t if solved.event_names else solved.event_t,
            dense=dense,
        )


PLAIN = Clock(np.zeros(1), np.ones(1), np.zeros((0, 1)))


def read_times(t: ArrayLike, t0: ArrayLike) -> tuple[FloatArray, Clock]:
    """Elapsed times (time, batch), or (time, 1) where all trajectories share them, and the clock.

    Parameters
    ----------
    t: scalar, (time,) or (time, batch).
    t0: scalar or (batch,), the time of the initial states.

    Raises
    ------
    InputError: numbers of another shape, or that are not finite or turn back.
    """
    times, start = floats("times", t), np.atleast_1d(floats("t0", t0))
    times = times.reshape(-1, 1) if times.ndim < 2 else times
    if times.ndim != 2 or not len(times):
        raise InputError(
            "times have the wrong shape",
            expected="a scalar, (time,) or (time, batch), at least one time",
            received=f"shape {np.shape(t)}",
        )
    if start.ndim != 1 or not np.isfinite(start).all():
        raise InputError(
            "t0 is no time", expected="a finite number, or one for each trajectory", received=shown(t0)
        )
    if len({start.size, times.shape[1]} - {1}) > 1:
        raise InputError(
            "the batch sizes disagree",
            expected="one t0 for each column of times, or one for all",
            received=f"{start.size} and {times.shape[1]}",
        )
    direction = np.where(times[-1] < start, -1.0, 1.0)
    elapsed = direction * (times - start) if start.any() or (direction < 0.0).any() else times
    ordered = (elapsed[0] >= 0.0).all() and (elapsed[1:] >= elapsed[:-1]).all()
    if not (ordered and (np.abs(elapsed[-1]) < np.inf).all()):
        raise InputError(
            "times must be finite and lead away from t0, nowhere turning back along the time axis",
            expected="finite times, t0 <= t[0] <= t[1] <= ..., or backward t0 >= t[0] >= t[1] >= ...",
            received=shown(t),
            hint="integration starts at t0, which is 0 unless you give it",
        )
    return elapsed, Clock(start, direction, times)
