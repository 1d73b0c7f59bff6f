"""Code for one trajectory at a time, on plain floats, written from a symbolic system.

A system enters, a `ScalarCode` leaves. What is built around it isn't known here.
"""

from __future__ import annotations

from typing import Any

from sympy.printing.pycode import PythonCodePrinter

from odekit.solvers.compile_code import assignments, renamed_field
from odekit.solvers.lane_code import ScalarCode

__all__ = ["scalar_code"]

# The functions of `math` would round to integers, which know neither infinity nor NaN.
_ROUNDING = {"ceiling": "np.ceil", "floor": "np.floor"}


def scalar_code(system: Any) -> ScalarCode:
    """Right-hand side of one trajectory as text, in floats, `math` and numpy's ``np``.

    Parameters
    ----------
    system: states, parameters, vector field and definitions, as in `odekit.derivation.ReducedSystem`.

    Raises
    ------
    InputError: the vector field doesn't fit the system, or holds a function without code.
    """
    printer = PythonCodePrinter({"fully_qualified_modules": True, "user_functions": _ROUNDING})
    shared, entries = assignments(renamed_field(system), printer, ("math", "np"))
    return ScalarCode(
        statements=tuple(f"{name} = {value}" for name, value in shared),
        results=tuple(f"float({value})" for value in entries),
        parameters=len(system.parameters),
    )
