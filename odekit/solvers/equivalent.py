"""Solving a system in an equivalent form that is cheaper, and handing back the states that were asked for.

Magnitudes come back from 0 on. A phase is known up to a multiple of 2 pi; of these values the one nearest to
its value at the previous requested time is taken, from the initial value on, which is the continuous phase as
long as it turns by less than half a turn between requested times.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from odekit.solvers.codegen import Formulas, compile_expressions
from odekit.solvers.problem import Inputs, Solution
from odekit.systems import EquivalentForm, System

__all__ = ["cheapest_form", "form_states", "original_states"]

FloatArray = NDArray[np.float64]
Form = EquivalentForm[System]


def cheapest_form(system: System, y0: FloatArray) -> Form | None:
    """The form to integrate instead, or None: where there is none, or a magnitude starts below 0."""
    form = system.cheapest_form()
    if form is None:
        return None
    rows = [row for state, row in zip(system.states, y0, strict=True) if state in form.magnitudes]
    return None if any((row < 0.0).any() for row in rows) else form


def form_states(form: Form, system: System, inputs: Inputs) -> FloatArray:
    """Initial values of the form's states, (state, batch)."""
    return _evaluator(system, tuple(form.entries.values()))(inputs.y0, inputs.p)


def original_states(form: Form, system: System, inputs: Inputs, solved: Solution) -> Solution:
    """The form's solution in the states of the original system; at t = 0 the initial states themselves."""
    evaluate = _evaluator(form.system, tuple(form.exits[state] for state in system.states))
    y = np.stack([evaluate(row, inputs.p) for row in solved.y])
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


def _evaluator(system: System, expressions: Sequence[Any]) -> Callable[[FloatArray, FloatArray], FloatArray]:
    """Expressions in the states and parameters of a system, as a function of these, (expression, batch)."""
    compiled, _ = compile_expressions(Formulas(tuple(expressions), system.states, system.parameters))

    def evaluate(y: FloatArray, p: FloatArray) -> FloatArray:
        out = np.empty((len(expressions), y.shape[1]))
        with np.errstate(all="ignore"):
            compiled(np.zeros(y.shape[1]), y, p, out)
        return out

    return evaluate
