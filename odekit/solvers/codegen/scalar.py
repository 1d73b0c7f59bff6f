"""Code for one trajectory at a time, on plain floats, written from a symbolic system.

A system enters, a `ScalarCode` leaves. What is built around it isn't known here.
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy.printing.pycode import PythonCodePrinter

from odekit.solvers.codegen.expressions import assignments, renamed_field
from odekit.solvers.kernels.numba_dop853 import ScalarCode

__all__ = ["scalar_code"]

# The functions of `math` would round to integers, which know no infinity, and call a sine a lane.
_FUNCTIONS = {"ceiling": "np.ceil", "floor": "np.floor", "sin": "sine", "cos": "cosine"}


def _printer() -> Any:
    """Writes 1/x as a division: a power would raise an exception at x = 0, and so vectorise nothing."""
    printer = PythonCodePrinter({"fully_qualified_modules": True, "user_functions": _FUNCTIONS})
    general = printer._print_Pow

    def power(expression: Any, **options: Any) -> Any:
        base, exponent = expression.base, expression.exp
        if not (exponent.is_Integer and exponent < 0):
            return general(expression, **options)
        return f"(1.0/({printer._print(base if exponent == -1 else sympy.Pow(base, -exponent))}))"

    printer._print_Pow = power
    return printer


def scalar_code(system: Any) -> ScalarCode:
    """Right-hand side of one trajectory as text, in floats, `math`, numpy's ``np``, and `lane_waves`.

    Parameters
    ----------
    system: states, parameters, vector field and definitions, as in `odekit.derivation.ReducedSystem`.

    Raises
    ------
    InputError: the vector field doesn't fit the system, or holds a function without code.
    """
    printer = _printer()
    shared, entries = assignments(renamed_field(system), printer, ("math", "np"))
    return ScalarCode(
        statements=tuple(f"{name} = {value}" for name, value in shared),
        results=tuple(f"float({value})" for value in entries),
        parameters=len(system.parameters),
    )
