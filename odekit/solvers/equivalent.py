"""Solving a system in an equivalent form that is cheaper, and handing back the states that were asked for.

A system's `cheapest_form` and checked inputs enter; the initial states of the form leave, and later, from the
form's solution, one in the original states. What integrates the form isn't known here.

Magnitudes come back from 0 on. A phase is known up to a multiple of 2 pi; of these values the one nearest to
its value at the previous requested time is taken, from the initial value on, which is the continuous phase as
long as it turns by less than half a turn between requested times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from odekit.solvers.compile import compile
from odekit.solvers.problem.inputs import Inputs
from odekit.solvers.problem.solution import Solution

__all__ = ["cheapest_form", "form_states", "original_states"]

FloatArray = NDArray[np.float64]


def cheapest_form(system: Any, y0: FloatArray) -> Any:
    """The form to integrate instead, or None: where there is none, or a magnitude starts below 0."""
    find = getattr(system, "cheapest_form", None)
    form = find() if find is not None else None
    if form is None:
        return None
    rows = [row for state, row in zip(system.states, y0, strict=True) if state in form.magnitudes]
    return None if any((row < 0.0).any() for row in rows) else form


def form_states(form: Any, system: Any, inputs: Inputs) -> dict[str, FloatArray]:
    """Initial values of the form's states, (batch,) each."""
    values = _evaluated(system, tuple(form.entries.values()), inputs.y0, inputs.p)
    return {state.name: row for state, row in zip(form.entries, values, strict=True)}


def original_states(form: Any, system: Any, inputs: Inputs, solved: Solution) -> Solution:
    """The form's solution in the states of the original system; at t = 0 the initial states themselves."""
    exits = tuple(form.exits[state] for state in system.states)
    y = np.stack([_evaluated(form.system, exits, row, inputs.p) for row in solved.y])
    for index, state in enumerate(system.states):
        if state in form.phases:
            _make_continuous(y[:, index], inputs.y0[index])
    y = np.where((inputs.times == 0.0)[:, None], inputs.y0, y)
    return replace(solved, y=y, states=tuple(state.name for state in system.states))


def _make_continuous(phase: FloatArray, start: FloatArray) -> None:
    """Adds multiples of 2 pi to the phase, (time, batch), so that each is the nearest to the one before."""
    before = start
    for row in phase:
        row += 2.0 * np.pi * np.round((before - row) / (2.0 * np.pi))
        before = np.where(np.isnan(row), before, row)


def _evaluated(system: Any, expressions: Sequence[Any], y: FloatArray, p: FloatArray) -> FloatArray:
    """Expressions in the states and parameters of a system, (expression, batch)."""
    count = len(system.states)
    padded = (*expressions, *system.states[: -len(expressions) % count])
    out = np.empty((len(padded), y.shape[1]))
    for first in range(0, len(padded), count):
        formulas = SimpleNamespace(
            states=system.states,
            parameters=system.parameters,
            vector_field=padded[first : first + count],
            definitions={},
        )
        with np.errstate(all="ignore"):
            compile(formulas).rhs(np.zeros(y.shape[1]), y, p, out[first : first + count])
    return out[: len(expressions)]
