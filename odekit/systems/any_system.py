"""system: any ODE that a user writes down, as a `System`."""

from collections.abc import Mapping
from typing import Any

import sympy as sp

from odekit.errors import InputError, shown
from odekit.limits import bounded
from odekit.systems.answers import ANY
from odekit.systems.energies import TIME, Variable, Vocabulary, declared_variables, parameter_values
from odekit.systems.system import System

__all__ = ["system"]


@bounded("the reading of the equations")
def system(equations: Mapping[Any, Any], parameters: Any = (), *, conditions: tuple[str, ...] = ()) -> System:
    """An ODE from the time derivative of each state.

    Parameters
    ----------
    equations: velocity by state: names or real SymPy symbols, each with text, a number or a SymPy expression.
        ``t`` is time.
    parameters: names or symbols of constants; or a mapping from these to None, a number or a formula in t.
    conditions: in words, where the equations hold.

    Returns
    -------
    system: whose first integrals, scaling symmetries and points of rest are found on demand, and which
        `solve` and `compile` take.

    Raises
    ------
    InputError: no equations, a velocity that is not real or finite, or a name that can't be one.
    UnknownNameError: a name that nothing declares; the nearest is suggested.

    >>> predators = system({"x": "x*(1 - y)", "y": "r*y*(x - 1)"}, parameters="r")
    >>> print(predators)
    x' = x*(1 - y)
    y' = r*y*(x - 1)
    """
    if not isinstance(equations, Mapping) or not equations:
        raise InputError(
            "a system needs equations", expected='velocities by state, {"x": "-x"}', received=shown(equations)
        )
    free, values = parameter_values(parameters)
    variables: tuple[Variable, ...] = declared_variables(list(equations))
    vocabulary = Vocabulary(variables, free, values)
    velocities: dict[sp.Symbol, sp.Expr] = {
        state: vocabulary.read_real(formula, f"the velocity of {state}")
        for state, formula in zip(vocabulary.states, equations.values(), strict=True)
    }
    has_time = any(entry.has(TIME) for entry in velocities.values())
    return System(velocities, ANY, free, conditions=conditions, time=TIME if has_time else None)
