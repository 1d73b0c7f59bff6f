"""The ODE of a comparison: its orbits from the first record, and how orbits part that are pushed aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from odekit.arguments import floats
from odekit.arrays import FloatArray
from odekit.errors import InputError, UnknownNameError, shown
from odekit.expressions import spoken
from odekit.solvers import solve
from odekit.systems import PushedSystem, System, pushed

__all__ = ["Flow", "Orbit", "Transitions", "parameter_values"]

# Differences are over this share of a state's size: their truncation is its square, and the solver's error
# over it stays small.
SHARE = 1e-4
# A state that passes zero is pushed by this share of its largest size so far.
LEAST = 1e-3
# A solution is held against one whose tolerance is so much smaller, but no smaller than float64 allows.
TIGHTER, SMALLEST = 1e-2, 1e-13
# The difference of the two bounds the error of the coarser one; the finer is used.
SAFETY = 2.0
# Lanes that are integrated at a time: their steps stay in the cache.
LANES = 50_000


@dataclass(frozen=True, eq=False)
class Orbit:
    """The ODE's solution at increasing times.

    Parameters
    ----------
    t: (K,).
    y: (state, K, batch), NaN where it isn't reached.
    error: (state, K, batch) bound of its integration error, infinite there.
    """

    t: FloatArray
    y: FloatArray
    error: FloatArray

    @cached_property
    def size(self) -> FloatArray:
        """Largest size of each state so far, (state, K, batch)."""
        return np.asarray(np.fmax.accumulate(np.abs(self.y), axis=1))

    def at(self, places: Any) -> Orbit:
        """At some of its times."""
        return Orbit(self.t[places], self.y[:, places], self.error[:, places])


@dataclass(frozen=True, eq=False)
class Transitions:
    """How small deviations go on from each time to the next.

    Parameters
    ----------
    matrices: (K - 1, batch, state, state).
    added: (source, K - 1, batch, state) what a source adds on the way.
    """

    matrices: FloatArray
    added: FloatArray


@dataclass(frozen=True, eq=False)
class Flow:
    """A system with its parameters and where it begins.

    Parameters
    ----------
    system: the ODE.
    parameters: (parameter, batch), in the system's order.
    start: (state, batch) at the first record.
    t: time of the first record.
    rtol: tolerance of a step.
    """

    system: System
    parameters: FloatArray
    start: FloatArray
    t: float
    rtol: float

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the states."""
        return tuple(state.name for state in self.system.states)

    @property
    def finer(self) -> float:
        """Tolerance of the solution that is used."""
        return max(TIGHTER * self.rtol, SMALLEST)

    @cached_property
    def _pushed(self) -> PushedSystem:
        return pushed(self.system)

    def velocity(self, t: FloatArray, y: FloatArray) -> FloatArray:
        """Velocities at states y (state, K, batch) and times t (K, batch) or (K, 1)."""
        return np.asarray(np.broadcast_to(self._function(t, y, self.parameters[:, None]), y.shape))

    def acceleration(self, orbit: Orbit) -> FloatArray:
        """Second derivative of each state along an orbit, (state, K, batch), by a central difference."""
        t = orbit.t[:, None]
        velocity = self.velocity(t, orbit.y)
        with np.errstate(all="ignore"):
            fastest = np.max(np.abs(velocity) / self.unit(orbit), axis=0)
            step = SHARE / np.fmax(fastest, 1 / (orbit.t[-1] - orbit.t[0]))
            ahead, behind = (self.velocity(t + h, orbit.y + h * velocity) for h in (step, -step))
            return np.asarray((ahead - behind) / (2 * step))

    @cached_property
    def _function(self) -> Any:
        return self.system.function()

    def at_speeds(self, factors: FloatArray, t: FloatArray, rtol: float | None = None) -> FloatArray:
        """States at ``t[0] + factor (t - t[0])``, (factor, state, K, batch): the field so much faster."""
        count, batch = len(factors), self.start.shape[1]
        times = np.outer(t - self.t, np.repeat(factors, batch))
        start, parameters = (np.tile(each, (1, count)) for each in (self.start, self.parameters))
        y, _ = self._solved(
            start, np.full(count * batch, self.t), times, parameters, np.zeros_like(start), rtol
        )
        return y.reshape(*y.shape[:2], count, batch).transpose(2, 0, 1, 3)

    def orbit(self, t: FloatArray) -> Orbit:
        """The solution at times t (K,), the first of which is that of the first record."""
        coarse = self.at_speeds(np.ones(1), t)[0]
        lanes = np.zeros_like(self.start)
        origin = np.full(lanes.shape[1], self.t)
        y, estimate = self._solved(self.start, origin, t - self.t, self.parameters, lanes, self.finer)
        with np.errstate(all="ignore"):
            error = SAFETY * np.abs(y - coarse) + estimate * np.fmax.accumulate(np.abs(y), axis=1)
        return Orbit(t, y, np.where(np.isfinite(error), error, np.inf))

    def transitions(self, orbit: Orbit, sources: FloatArray) -> Transitions:
        """Linear response along an orbit, by central differences of the flow between its times.

        Parameters
        ----------
        orbit: K times.
        sources: (source, state, K, batch) disturbances of the velocities, which count as constant between
            times, as large as in the middle.
        """
        n = len(self.start)
        step = np.diff(orbit.t)[:, None]
        base, unit = orbit.y[:, :-1], self.unit(orbit)[:, :-1]
        between = 0.5 * (sources[:, :, :-1] + sources[:, :, 1:])
        with np.errstate(all="ignore"):
            reach = np.max(step * np.abs(between) / unit, axis=1)
            scale = np.where((reach > 0) & np.isfinite(reach), SHARE / reach, 1.0)
        aside = SHARE * np.eye(n)[:, :, None, None] * unit
        starts = np.concatenate([aside, np.zeros_like(between)])
        pushes = np.concatenate([np.zeros_like(aside), scale[:, None] * between])
        forward, backward = (self._ends(orbit, base + sign * starts, sign * pushes) for sign in (1.0, -1.0))
        with np.errstate(all="ignore"):
            apart = 0.5 * (forward - backward)
            matrices = apart[:n] / (SHARE * unit)[:, None]
            added = apart[n:] / scale[:, None]
        return Transitions(matrices.transpose(2, 3, 1, 0), added.transpose(0, 2, 3, 1))

    def unit(self, orbit: Orbit) -> FloatArray:
        """Size by which a state can be varied, (state, K, batch): its own, or what it has been."""
        size = np.abs(orbit.y) + LEAST * orbit.size
        largest = np.broadcast_to(orbit.size.max(axis=0), size.shape)
        return np.where(size > 0, size, np.where(largest > 0, largest, 1.0))

    def _ends(self, orbit: Orbit, y: FloatArray, push: FloatArray) -> FloatArray:
        """Where states (variant, state, K - 1, batch) at the orbit's times are at the next, when pushed."""
        known = np.isfinite(y).all(axis=1) & np.isfinite(push).all(axis=1)
        variants, places, lanes = np.nonzero(known)
        found = np.full(y.shape, np.nan)
        step = np.diff(orbit.t)
        for first in range(0, len(places), LANES):
            v, k, b = (each[first : first + LANES] for each in (variants, places, lanes))
            ends, _ = self._solved(
                y[v, :, k, b].T, orbit.t[k], step[k][None], self.parameters[:, b], push[v, :, k, b].T
            )
            found[v, :, k, b] = ends[:, 0].T
        return found

    def _solved(
        self,
        start: FloatArray,
        origin: FloatArray,
        times: FloatArray,
        parameters: FloatArray,
        push: FloatArray,
        rtol: float | None = None,
    ) -> tuple[FloatArray, FloatArray]:
        """States (state, K, lane), and the estimated relative error (lane,)."""
        own = dict(zip((p.name for p in self.system.parameters), parameters, strict=True))
        pushes = dict(zip(self._pushed.pushes, push, strict=True))
        solution = solve(
            self._pushed.system,
            start,
            times,
            parameters={**own, self._pushed.origin: origin, **pushes},
            rtol=self.rtol if rtol is None else rtol,
        )
        return solution.y.transpose(1, 0, 2), solution.error_estimate


def parameter_values(
    system: System, stated: Mapping[str, ArrayLike], given: Mapping[str, ArrayLike], batch: int
) -> FloatArray:
    """Values of the system's parameters, (parameter, batch).

    Parameters
    ----------
    stated: by the record, of which the system need not have all.
    given: by the caller; they win.

    Raises
    ------
    UnknownNameError: the caller gives one that the system doesn't have.
    InputError: one is missing, is no number, or doesn't fit the batch.
    """
    names = [symbol.name for symbol in system.parameters]
    if unknown := [str(name) for name in given if spoken(str(name), names) not in names]:
        raise UnknownNameError("parameter", unknown[0], names)
    known = {name: value for name, value in stated.items() if spoken(str(name), names) in names}
    chosen = {spoken(str(name), names): value for name, value in {**known, **given}.items()}
    rows = np.empty((len(names), batch))
    for row, name in zip(rows, names, strict=True):
        if name not in chosen:
            raise InputError(
                f"no value for the parameter {name}",
                expected=f"parameters={{{', '.join(f'{each!r}: ...' for each in names)}}}",
                received=", ".join(chosen) or "none",
            )
        try:
            row[:] = floats(f"the parameter {name}", chosen[name])
            is_right = bool(np.isfinite(row).all())
        except ValueError:
            is_right = False
        if not is_right:
            raise InputError(
                f"the parameter {name} doesn't fit",
                expected=f"a number, or one for each of {batch} runs",
                received=shown(chosen[name]),
            )
    return rows
