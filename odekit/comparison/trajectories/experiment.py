"""Experiment: a recorded trajectory beside an ODE that starts at its first record, at any speed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from odekit.arguments import floats
from odekit.arrays import FloatArray
from odekit.comparison.trajectories.budget import DEVIATIONS, PARTS, Record, node_times, state_budget
from odekit.comparison.trajectories.flow import Flow, Orbit, parameter_values
from odekit.comparison.trajectories.statements import learning_rate, noise, precision
from odekit.comparison.trajectories.trajectory import Trajectory
from odekit.errors import InputError, UnknownNameError, nearest, shown
from odekit.systems import Observables, System, observables

__all__ = ["Experiment", "set_up"]

Values = dict[str, FloatArray]


@dataclass(frozen=True, eq=False)
class Experiment:
    """A trajectory and an ODE.

    Parameters
    ----------
    trajectory: what was recorded.
    flow: the ODE from the first record.
    compared: names of the recorded states and observables.
    values: the compared from states, ``g(t, y, p)``.
    """

    trajectory: Trajectory
    flow: Flow
    compared: tuple[str, ...]
    values: Observables

    def predicted(self) -> Values:
        """What the ODE says of the compared, (T, batch); NaN past a blow-up."""
        return self._named(self._values(self.orbit.t, self.orbit.y))

    def at(self, times: FloatArray) -> Values:
        """What the ODE says of the compared at increasing times (K,) from the first record on, (K, batch)."""
        y = self.flow.at_speeds(np.ones(1), times, self.flow.finer)[0]
        return self._named(self._values(times, y))

    def at_speeds(
        self, factors: FloatArray, count: int | None = None, rtol: float | None = None
    ) -> list[Values]:
        """The same of the ODE at so many times its speed, at the first ``count`` records; one by factor."""
        t = self.trajectory.t[:count]
        found = self.flow.at_speeds(factors, t, rtol)
        return [
            self._named(self._values(t[0] + factor * (t - t[0]), y))
            for factor, y in zip(factors, found, strict=True)
        ]

    def gaps(self, predicted: Mapping[str, FloatArray]) -> Values:
        """|recorded - predicted|, of angles to the nearest turn; infinite where nothing is predicted."""
        turning = {symbol.name for symbol in self.flow.system.angles}
        gaps = {}
        for name, values in predicted.items():
            with np.errstate(invalid="ignore"):
                difference = self.trajectory[name][: len(values)] - values
                if name in turning:
                    difference = (difference + np.pi) % (2 * np.pi) - np.pi
            gaps[name] = np.where(np.isfinite(difference), np.abs(difference), np.inf)
        return gaps

    @cached_property
    def orbit(self) -> Orbit:
        """The ODE's solution at the records."""
        return self._whole.at(np.searchsorted(self._whole.t, self.trajectory.t))

    @cached_property
    def _nodes(self) -> FloatArray:
        return node_times(self.trajectory.t)

    @cached_property
    def _whole(self) -> Orbit:
        return self.flow.orbit(np.union1d(self._nodes, self.trajectory.t))

    def parts(self) -> dict[str, Values]:
        """The budget by part and name, (T, batch)."""
        nodes = self._whole.at(np.searchsorted(self._whole.t, self._nodes))
        of_states = state_budget(self.flow, self._record(), nodes, self.orbit)
        named = {part: self._named(self._led_to(of_states[part])) for part in PARTS}
        for name in self.compared:
            recorded = self.trajectory[name]
            sigma = noise(self.trajectory.meta, name)
            named["noise"][name] = np.hypot(named["noise"][name], DEVIATIONS * sigma)
            named["rounding"][name] = named["rounding"][name] + self._precision(name).of(recorded)
        return named

    def _record(self) -> Record:
        meta, states, batch = self.trajectory.meta, self.flow.names, self.trajectory.batch
        known = [name if name in self.trajectory.values else None for name in states]
        sigma = [0.0 if name is None else noise(meta, name) for name in known]
        stored = [
            np.zeros(batch) if name is None else self._precision(name).of(self.trajectory[name][0])
            for name in known
        ]
        trained = max(self._precision(name).trained for name in self.compared)
        return Record(learning_rate(meta), np.array(sigma), np.array(stored), trained)

    def _precision(self, name: str) -> Any:
        return precision(self.trajectory.meta, self.trajectory[name])

    def _led_to(self, aside: FloatArray) -> FloatArray:
        """How far states aside (state, T, batch) move the compared, added up: (compared, T, batch)."""
        t, y = self.orbit.t, self.orbit.y
        with np.errstate(all="ignore"):
            here = self._values(t, y)
            total = np.zeros_like(here)
            for direction, size in zip(np.eye(len(y)), aside, strict=True):
                step = np.where(direction[:, None, None] > 0, size, 0.0)
                there = (self._values(t, moved) for moved in (y + step, y - step))
                total += np.maximum(*(np.where(size > 0, np.abs(value - here), 0.0) for value in there))
        return np.where(np.isfinite(total), total, np.inf)

    def _values(self, t: FloatArray, y: FloatArray) -> FloatArray:
        return self.values(t[:, None], y, self.flow.parameters[:, None])

    def _named(self, values: FloatArray) -> Values:
        return dict(zip(self.compared, values, strict=True))


def set_up(
    trajectory: Trajectory,
    system: System,
    observe: Mapping[str, Any],
    parameters: Mapping[str, ArrayLike],
    start: Mapping[str, ArrayLike],
    rtol: float,
) -> Experiment:
    """An experiment from a user's arguments, which are those of `compare`.

    Raises
    ------
    InputError: nothing that was recorded is a state or observable, a state without initial value, or a
        formula or value that can't be.
    UnknownNameError: an observable that wasn't recorded, or a name that the system doesn't have.
    """
    states = [state.name for state in system.states]
    recorded = trajectory.values
    for name in observe:
        if name not in recorded:
            raise UnknownNameError("quantity in observe:", str(name), recorded)
        if name in states:
            raise InputError(
                f"{name} is a state, and can't be observed as something else",
                expected="names of what was recorded beside the states",
                received=f"observe={{{name!r}: ...}}",
                hint="another name for the state, or for what was recorded",
            )
    for name in start:
        if name not in states:
            raise UnknownNameError("state in start:", str(name), states)
    own = {name: name for name in states if name in recorded}
    defined = {d.name: d.name for d in system.definitions if d.name in recorded}
    formulas = {**own, **defined, **observe}
    if not formulas:
        raise InputError(
            "nothing that was recorded occurs in the system",
            expected=f"states, {', '.join(states)}, or observables",
            received=", ".join(recorded),
            hint='observe={"u": "a**2"}',
        )
    begun = {name: recorded[name][0] for name in own} | dict(start)
    _check_complete(states, begun, recorded)
    batch = trajectory.batch
    try:
        first = np.array([np.broadcast_to(floats(name, begun[name]), batch) for name in states])
        is_right = bool(np.isfinite(first).all())
    except ValueError:
        is_right = False
    if not is_right:
        raise InputError(
            "the start doesn't fit the trajectory",
            expected=f"a number by state, or one for each of {batch} runs",
            received=shown(dict(start)),
        )
    values = parameter_values(system, trajectory.meta.get("parameters") or {}, parameters, batch)
    flow = Flow(system, values, first, float(trajectory.t[0]), rtol)
    return Experiment(trajectory, flow, tuple(formulas), observables(system, formulas))


def _check_complete(states: list[str], begun: Mapping[str, Any], recorded: Mapping[str, Any]) -> None:
    missing = [name for name in states if name not in begun]
    if missing:
        near = [found for name in missing if (found := nearest(name, set(recorded) - {*states}))]
        meant = f"the name {missing[0]} for {near[0]}, or " if near else ""
        raise InputError(
            f"where {', '.join(missing)} begins is not known",
            expected=f"all states at the first record: {', '.join(states)}",
            received=", ".join(recorded),
            hint=f"{meant}start={{{missing[0]!r}: ...}}",
        )
