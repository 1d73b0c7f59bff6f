"""A system's own formulas in t and initial values: their values, and whether they satisfy the equations.

Exponentials leave the floats long before a solution does: where a part of a formula over- or underflows, the
formula is evaluated with unbounded exponents.
"""

from typing import Any

import mpmath
import numpy as np
from mpmath import mpf

from odekit.arrays import BoolArray, FloatArray
from odekit.solvers.codegen import Formulas, compile_expressions, derivatives_of, parts_of
from odekit.solvers.problem import Inputs
from odekit.systems import System, initial_symbol

__all__ = ["explicit_states", "satisfies"]

# Below it an intermediate result may have lost digits, or all of itself.
_SMALLEST = float(np.finfo(np.float64).tiny) / float(np.finfo(np.float64).eps)
# Numbers with unbounded exponents are slow: rows that need more of them, over all times, are left out.
_MOST_PRECISE = 100_000
_DIGITS = 40
# Of the larger of both sides of an equation, or of the slope that would cross the state's size.
_ACCURACY = 1e-6


def explicit_states(system: System, inputs: Inputs) -> FloatArray:
    """States at the requested times, (time, state, batch); NaN where a formula has no real value.

    Parameters
    ----------
    system: with a solution.
    inputs: initial states, parameters and times.
    """
    solution, initial = _formulas(system)
    formulas = Formulas(solution, initial, system.parameters)
    y = _at_all_times(formulas, inputs)
    parts = _at_all_times(Formulas(parts_of(solution), initial, system.parameters), inputs)
    unsure = np.asarray(~(np.isfinite(parts) & (np.abs(parts) >= _SMALLEST)).all(axis=1))
    if unsure.any():
        y[np.broadcast_to(unsure[:, None], y.shape)] = np.nan
        _evaluate_precisely(formulas, inputs, unsure, y)
    return y


def satisfies(system: System, inputs: Inputs, y: FloatArray) -> BoolArray:
    """Whether the formulas' slopes are what the equations say at all requested times, (batch,).

    Parameters
    ----------
    system, inputs: as above.
    y: the formulas' values, (time, state, batch).
    """
    solution, initial = _formulas(system)
    slopes = _at_all_times(Formulas(derivatives_of(solution), initial, system.parameters), inputs)
    evaluate, _ = compile_expressions(Formulas(tuple(system.rhs.values()), system.states, system.parameters))
    wanted = np.empty_like(y)
    for moment, states, out in zip(inputs.times, y, wanted, strict=True):
        evaluate(moment, states, inputs.p, out)
    span = np.maximum(inputs.times[-1], np.finfo(np.float64).tiny)
    size = np.abs(slopes) + np.abs(wanted) + np.abs(y) / span
    return np.asarray((np.abs(slopes - wanted) <= _ACCURACY * size).all(axis=(0, 1)))


def _formulas(system: System) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    return tuple(system.solution[s] for s in system.states), tuple(map(initial_symbol, system.states))


def _at_all_times(formulas: Formulas, inputs: Inputs) -> FloatArray:
    evaluate, _ = compile_expressions(formulas)
    values = np.empty((len(inputs.times), len(formulas.expressions), inputs.y0.shape[1]))
    with np.errstate(all="ignore"):
        for moment, out in zip(inputs.times, values, strict=True):
            evaluate(moment, inputs.y0, inputs.p, out)
    return values


def _evaluate_precisely(formulas: Formulas, inputs: Inputs, unsure: BoolArray, y: FloatArray) -> None:
    evaluate, _ = compile_expressions(formulas, "mpmath")
    rows, columns = np.nonzero(unsure)
    with mpmath.workdps(_DIGITS):
        for row, column in zip(rows[:_MOST_PRECISE], columns[:_MOST_PRECISE], strict=True):
            start, p = ([mpf(float(v)) for v in a[:, column]] for a in (inputs.y0, inputs.p))
            out = [mpf("nan")] * y.shape[1]
            try:
                evaluate(mpf(float(inputs.times[row, column])), start, p, out)
                y[row, :, column] = [_real(value) for value in out]
            except (ArithmeticError, TypeError, ValueError):
                continue


def _real(value: Any) -> float:
    number = mpmath.mpmathify(value)
    return float(number.real) if number.imag == 0 else float("nan")
