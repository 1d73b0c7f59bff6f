"""A solution that a user writes down: each state at time t, checked at random points before it is used."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from odekit.arrays import FloatArray
from odekit.errors import InputError, UnknownNameError
from odekit.systems.algebra import array_function
from odekit.systems.energies.variables import TIME, Variable
from odekit.systems.energies.vocabulary import Vocabulary
from odekit.systems.start import initial_symbol
from odekit.systems.system import System

__all__ = ["read_solution"]

# Enough that some are in a formula's domain; rounding stays below the accuracy, a wrong formula does not.
POINTS = 40
ACCURACY = 1e-8
# Choices of signs beside all positive and all negative, of up to three values most likely every one.
MIXED_SIGNS = 14


def read_solution(
    formulas: Mapping[str, Any], vocabulary: Vocabulary, system: System
) -> Mapping[sp.Symbol, sp.Expr]:
    """The formulas as expressions, by state.

    Parameters
    ----------
    formulas: by the name of each state.
    vocabulary, system: what they claim to solve.

    Raises
    ------
    UnknownNameError: a name that is no state, parameter or initial value.
    InputError: a state left out, or no mapping.
    InputError: a formula that misses its initial value or its equation at a point, which is named; or that is
        finite at none.
    """
    states = {state.name: state for state in system.states}
    if not isinstance(formulas, Mapping):
        raise InputError("a solution must be given by state", expected=", ".join(states))
    for name in formulas:
        if name not in states:
            raise UnknownNameError("state in the solution:", name, states)
    missing = [name for name in states if name not in formulas]
    if missing:
        raise InputError(f"the solution leaves out {', '.join(missing)}", expected="a formula for each state")
    initial = tuple(initial_symbol(state) for state in system.states)
    words = Vocabulary(
        tuple(Variable(s.name, own=s) for s in initial), vocabulary.parameters, vocabulary.values
    )
    solution = {
        state: words.read_real(formulas[name], f"the solution {name}(t)") for name, state in states.items()
    }
    _check(solution, system, initial)
    return solution


def _check(solution: Mapping[sp.Symbol, sp.Expr], system: System, initial: tuple[sp.Symbol, ...]) -> None:
    """Refuse formulas that hold for no signs of initial values and parameters, with the first reason.

    Roots and moduli hold on one branch alone: on which a trajectory is, `solve` finds out.
    """
    refusals = []
    for signs in _signs(len(initial) + len(system.parameters)):
        try:
            _check_branch(solution, system, initial, signs)
        except InputError as refusal:
            refusals.append(refusal)
        else:
            return
    raise refusals[0]


def _signs(count: int) -> FloatArray:
    """Signs of values, (choice, value): all positive first, then all negative, then any."""
    mixed = np.random.default_rng(1).choice([-1.0, 1.0], (MIXED_SIGNS, count))
    return np.concatenate([np.ones((1, count)), -np.ones((1, count)), mixed])


def _check_branch(
    solution: Mapping[sp.Symbol, sp.Expr], system: System, initial: tuple[sp.Symbol, ...], signs: FloatArray
) -> None:
    arguments = (TIME, *initial, *system.parameters)
    points = _points(arguments)
    points[1:] *= signs[:, None]
    for state, velocity in zip(system.states, system.vector_field, strict=True):
        _refuse_jumps(state, solution[state])
        slope = solution[state].diff(TIME).replace(sp.DiracDelta, lambda *_: sp.Integer(0))
        wanted = velocity.xreplace(dict(solution))
        start = solution[state].subs(TIME, 0)
        _compare(f"{state}' = {velocity}", slope, wanted, arguments, points)
        _compare(f"{state}(0) = {state}_0", start, initial[system.states.index(state)], arguments, points)


def _refuse_jumps(state: sp.Symbol, formula: sp.Expr) -> None:
    """Refuse a formula that jumps after the start: no trajectory of an ODE does."""
    slope = sp.expand(formula.diff(TIME))
    for impulse in slope.atoms(sp.DiracDelta):
        argument = impulse.args[0]
        for time in sp.solveset(argument, TIME, sp.S.Reals) if _is_linear(argument) else (None,):
            height = sp.sympify(slope.coeff(impulse))
            if time is None or not (time.is_negative or sp.simplify(height.subs(TIME, time)).is_zero):
                raise InputError(
                    f"the solution does not satisfy {state}' = its velocity: it jumps",
                    expected="a formula that is continuous in t",
                    received=str(formula),
                )


def _is_linear(argument: sp.Expr) -> bool:
    return bool(argument.has(TIME)) and argument.diff(TIME).is_number is True


def _compare(
    what: str, left: sp.Expr, right: sp.Expr, arguments: tuple[sp.Symbol, ...], points: FloatArray
) -> None:
    """Refuse two expressions that differ at a point."""
    with np.errstate(all="ignore"):
        a, b = (np.broadcast_to(array_function(arguments, e)(*points), POINTS) for e in (left, right))
        is_known = np.isfinite(a) & np.isfinite(b)
        is_off = is_known & ~(np.abs(a - b) <= ACCURACY * (1.0 + np.abs(a) + np.abs(b)))
    if not is_known.any():
        raise InputError(f"the solution of {what} is finite at no point", expected="a formula with values")
    if is_off.any():
        worst = int(np.flatnonzero(is_off)[0])
        place = ", ".join(f"{s} = {v[worst]:.4g}" for s, v in zip(arguments, points, strict=True))
        raise InputError(
            f"the solution does not satisfy {what}",
            expected=f"{b[worst]:.8g} at {place}",
            received=f"{a[worst]:.8g}",
        )


def _points(arguments: tuple[sp.Symbol, ...]) -> FloatArray:
    """Positive values for all, so that roots and logarithms are real where they can be."""
    return np.random.default_rng(0).uniform(0.1, 1.0, size=(len(arguments), POINTS))
