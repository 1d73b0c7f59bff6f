"""The interpolant: the solution between the two ends of a step, and over all steps of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from odekit.arrays import FloatArray, IntArray

__all__ = ["DenseOutput", "Interpolant"]


@dataclass(frozen=True, eq=False)
class Interpolant:
    """y(t) of several trajectories within a step of each.

    With x = (t - t_old)/h, ``y = y_old + x (F0 + (1-x) (F1 + x (F2 + (1-x) (F3 + ...))))``; of a Taylor
    series all factors are x.

    Parameters
    ----------
    t_old, h: (lane,) float64, beginning and length of the step.
    y_old: (state, lane) float64.
    coefficients: (term, state, lane) float64, the F.
    alternates: whether the factors are x and 1 - x in turn.

    Source: Hairer, Norsett, Wanner, section II.6.
    """

    t_old: FloatArray
    h: FloatArray
    y_old: FloatArray
    coefficients: FloatArray
    alternates: bool = True

    def __call__(self, t: FloatArray) -> FloatArray:
        """States at ``t`` (lane,), as (state, lane)."""
        x = (t - self.t_old) / self.h
        factors = (x, 1.0 - x if self.alternates else x)
        y = np.zeros_like(self.y_old)
        for index in reversed(range(len(self.coefficients))):
            y += self.coefficients[index]
            y *= factors[index % 2]
        return y + self.y_old

    def only(self, positions: IntArray | slice) -> Interpolant:
        """The same for chosen lanes; itself for all of them."""
        if not isinstance(positions, slice) and np.array_equal(positions, np.arange(len(self.t_old))):
            return self
        return Interpolant(
            self.t_old[positions],
            self.h[positions],
            self.y_old[:, positions],
            self.coefficients[:, :, positions],
            self.alternates,
        )


@dataclass(frozen=True, eq=False)
class DenseOutput:
    """y(t) of a batch over all its steps.

    Parameters
    ----------
    steps: interpolant of all steps of all trajectories, sorted by trajectory, then by time.
    first: (batch + 1,) int64, trajectory b has the steps ``first[b]`` up to ``first[b + 1]``.
    start: (state, batch) float64, states at t = 0.
    end: (batch,) float64, last time that each trajectory reached.
    origin, direction: scalar, (1,) or (batch,) float64: the steps' times are ``direction * (t - origin)``.
    """

    steps: Interpolant
    first: IntArray
    start: FloatArray
    end: FloatArray
    origin: FloatArray | float = 0.0
    direction: FloatArray | float = 1.0

    @classmethod
    def from_steps(
        cls, pieces: Sequence[tuple[IntArray, Interpolant]], start: FloatArray, end: FloatArray
    ) -> DenseOutput:
        """Collects pieces (trajectory numbers, interpolant) in the order in which they were made."""
        terms = max((len(piece.coefficients) for _, piece in pieces), default=0)
        nothing = start[:, :0]
        empty = Interpolant(np.zeros(0), np.zeros(0), nothing, np.zeros((terms, *nothing.shape)))
        parts = [empty, *(piece for _, piece in pieces)]
        owner = np.concatenate([np.zeros(0, dtype=np.int64), *(index for index, _ in pieces)])
        joined = Interpolant(
            np.concatenate([part.t_old for part in parts]),
            np.concatenate([part.h for part in parts]),
            np.concatenate([part.y_old for part in parts], axis=1),
            np.concatenate([_lengthened(part.coefficients, terms) for part in parts], axis=2),
            parts[-1].alternates,
        )
        order = np.argsort(owner, kind="stable")
        first = np.searchsorted(owner[order], np.arange(len(end) + 1))
        return cls(joined.only(order), first, start, end)

    def __call__(self, t: FloatArray) -> FloatArray:
        """States at ``t`` (time, batch), as (time, state, batch); NaN outside what was reached."""
        y = np.full((len(t), len(self.steps.y_old), t.shape[1]), np.nan)
        elapsed = self.direction * (t - self.origin)
        for trajectory, times in enumerate(elapsed.T):
            known = np.flatnonzero((times >= 0.0) & (times <= self.end[trajectory]))
            first, last = self.first[trajectory : trajectory + 2]
            if last > first:
                y[known, :, trajectory] = self._at(times[known], first, last).T
            y[times == 0.0, :, trajectory] = self.start[:, trajectory]
        return y

    def _at(self, times: FloatArray, first: int, last: int) -> FloatArray:
        step = np.searchsorted(self.steps.t_old[first:last], times, side="right") - 1 + first
        return self.steps.only(np.maximum(step, first))(times)


def _lengthened(coefficients: FloatArray, terms: int) -> FloatArray:
    """With zeros up to so many terms, since methods of different orders may have taken the steps."""
    missing = terms - len(coefficients)
    return np.pad(coefficients, ((0, missing), (0, 0), (0, 0))) if missing else coefficients
