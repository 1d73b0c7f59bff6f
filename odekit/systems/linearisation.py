"""The linearisation of a field: its Jacobian, at a point that a user names."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import sympy as sp

from odekit.errors import InputError
from odekit.systems.algebra import read_formula, smooth_jacobian

__all__ = ["Value", "linearised"]

# A number, or a formula as text or SymPy expression.
Value: TypeAlias = sp.Expr | float | str


def linearised(
    velocities: Mapping[sp.Symbol, sp.Expr], at: Mapping[sp.Symbol, Value], symbols: Sequence[sp.Symbol]
) -> sp.Matrix:
    """The Jacobian (state, state) of the velocities by the states, where some symbols have values.

    Parameters
    ----------
    velocities: of each state.
    at: value by symbol, which may hold other symbols.
    symbols: what values may hold.

    Raises
    ------
    InputError: a value that is no finite number and no formula, or a point at a kink or jump of the field.
    UnknownNameError: a name in a value that is not among the symbols.
    """
    slopes = smooth_jacobian(sp.Matrix(list(velocities.values())), list(velocities))
    known = {symbol.name: symbol for symbol in symbols}
    place = {s: read_formula(value, known, f"the value of {s}") for s, value in at.items()}
    for step in sorted(slopes.atoms(sp.Heaviside, sp.sign), key=str):
        if step.args[0].xreplace(place).expand() == 0:
            below, above = (slopes.xreplace({step: value}).xreplace(place) for value in _sides(step))
            if (above - below).expand() != sp.zeros(*slopes.shape):
                raise InputError(
                    "the field has no linearisation at its kink",
                    expected=f"a point where {step.args[0]} is not 0",
                    received=", ".join(f"{symbol} = {value}" for symbol, value in place.items()),
                    hint="a point on each side",
                )
    return slopes.xreplace(place)


def _sides(step: sp.Expr) -> tuple[int, int]:
    return (-1, 1) if isinstance(step, sp.sign) else (0, 1)
