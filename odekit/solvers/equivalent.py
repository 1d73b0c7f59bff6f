"""Solves a system in an equivalent form that is cheaper, and hands back the states that were asked for."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from odekit.arrays import FloatArray
from odekit.solvers.codegen import Formulas, compile_expressions
from odekit.solvers.problem import Inputs, Solution
from odekit.systems import EquivalentForm, System

__all__ = ["cheapest_form", "form_states", "original_states"]

Form = EquivalentForm[System]
Evaluator = Callable[[FloatArray, FloatArray], FloatArray]

# Columns that are evaluated together: as many as a few hundred kilobytes hold.
_AT_ONCE = 8192


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
    rows = max(1, _AT_ONCE // solved.y.shape[2])
    chunks = [solved.y[first : first + rows] for first in range(0, len(solved.y), rows)]
    y = np.concatenate([_at_all_times(evaluate, chunk, inputs.p) for chunk in chunks])
    for index, state in enumerate(system.states):
        if state in form.phases:
            _make_continuous(y[:, index], inputs.y0[index])
    y = np.where((inputs.times == 0.0)[:, None], inputs.y0, y)
    return replace(solved, y=y, states=tuple(state.name for state in system.states))


def _make_continuous(phase: FloatArray, start: FloatArray) -> None:
    """Adds multiples of 2 pi to the phase, (time, batch), so that each is the nearest to the one before."""
    whole = np.concatenate([start[None], phase])
    places = np.where(np.isnan(whole), 0, np.arange(len(whole))[:, None])
    known = np.take_along_axis(whole, np.maximum.accumulate(places, axis=0), axis=0)
    turns = np.cumsum(np.round((known[:-1] - known[1:]) / (2.0 * np.pi)), axis=0)
    phase += 2.0 * np.pi * turns


def _at_all_times(evaluate: Evaluator, y: FloatArray, p: FloatArray) -> FloatArray:
    """Expressions (time, expression, batch) at states (time, state, batch), in one call."""
    times, _, batch = y.shape
    found = evaluate(np.moveaxis(y, 1, 0).reshape(y.shape[1], -1), np.tile(p, times))
    return np.moveaxis(found.reshape(len(found), times, batch), 0, 1)


def _evaluator(system: System, expressions: Sequence[Any]) -> Evaluator:
    """Expressions in the states and parameters of a system, as a function of these, (expression, batch)."""
    compiled, _ = compile_expressions(Formulas(tuple(expressions), system.states, system.parameters))

    def evaluate(y: FloatArray, p: FloatArray) -> FloatArray:
        out = np.empty((len(expressions), y.shape[1]))
        with np.errstate(all="ignore"):
            compiled(np.zeros(y.shape[1]), y, p, out)
        return out

    return evaluate
