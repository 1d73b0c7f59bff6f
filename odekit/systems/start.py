"""Initial states: their symbols, and whether they lie on the constraint of a system."""

from collections.abc import Mapping, Sequence

import numpy as np
import sympy as sp

from odekit.arrays import FloatArray
from odekit.errors import InputError
from odekit.systems.algebra import array_function

__all__ = ["check_start", "initial_symbol"]

# A start in single precision, normalised there, is this far from a sphere.
TOLERANCE = 1e-6


def check_start(
    constraints: Mapping[str, sp.Expr], symbols: Sequence[sp.Symbol], y0: FloatArray, p: FloatArray
) -> None:
    """Refuse the first trajectory whose residual is above 1e-6.

    Parameters
    ----------
    constraints: functions that have to vanish, by name.
    symbols: the states, then the parameters.
    y0: (state, batch). p: (parameter, batch).

    Raises
    ------
    InputError: the constraint, the trajectory and the residual.
    """
    for name, function in constraints.items():
        values = array_function(symbols, function)(*y0, *p)
        residual = np.abs(np.broadcast_to(values, y0.shape[1]))
        violated = np.flatnonzero(residual > TOLERANCE)
        if violated.size:
            first = int(violated[0])
            raise InputError(
                f"the start violates the constraint {name} = 0",
                expected=f"a residual of at most {TOLERANCE:g}",
                received=f"{residual[first]:.6g} at trajectory {first}",
                hint="normalise the initial states",
            )


def initial_symbol(state: sp.Symbol) -> sp.Symbol:
    """The symbol of a state's value at time 0, such as a_0."""
    return sp.Symbol(f"{state.name}_0", real=True)
