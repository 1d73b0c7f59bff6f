"""Observables: functions of a system's states, read from a user's formulas, on arrays."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import sympy as sp

from odekit.arrays import FloatArray
from odekit.systems.algebra import array_function
from odekit.systems.energies import TIME, Vocabulary, declared_variables
from odekit.systems.equations import spelled_out
from odekit.systems.system import System

__all__ = ["Observables", "observables"]

Rows = FloatArray | Sequence[FloatArray]
Observables = Callable[[FloatArray, Rows, Rows], FloatArray]


def observables(
    system: System, formulas: Mapping[str, Any], meanings: Mapping[str, sp.Expr] = MappingProxyType({})
) -> Observables:
    """A function ``g(t, y, p)`` of formulas in states, definitions, parameters and time.

    Parameters
    ----------
    system: whose names may occur.
    formulas: text, numbers or SymPy expressions by name.
    meanings: of further names that may occur, in states, parameters and time.

    Returns
    -------
    g: takes times, states (state, ...) and parameters (parameter, ...) in the system's order, which
        broadcast, and returns (formula, ...).

    Raises
    ------
    InputError: a formula that can't be read or is not real.
    UnknownNameError: a name that the system doesn't have.

    >>> from odekit.systems import system
    >>> energy = observables(system({"x": "v", "v": "-x"}), {"E": "(x**2 + v**2)/2"})
    >>> energy(np.zeros(2), np.array([[1.0, 2.0], [0.0, 1.0]]), ())
    array([[0.5, 2.5]])
    """
    clock = system.time or TIME
    defined = spelled_out(system.definitions, system.definitions)
    values = {**{symbol.name: meaning for symbol, meaning in defined.items()}, **meanings}
    vocabulary = Vocabulary(declared_variables(system.states), system.parameters, values, clock.name)
    read = [
        vocabulary.read_real(formula, f"the observable {name}").xreplace({TIME: clock})
        for name, formula in formulas.items()
    ]
    function = array_function([clock, *system.states, *system.parameters], read)

    def evaluate(t: FloatArray, y: Rows, p: Rows) -> FloatArray:
        shape = np.broadcast_shapes(np.shape(t), *map(np.shape, y), *map(np.shape, p))
        entries = [np.broadcast_to(entry, shape) for entry in function(t, *y, *p)]
        return np.array(entries, dtype=np.float64).reshape(len(read), *shape)

    return evaluate
