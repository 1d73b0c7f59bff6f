"""Source code of a right-hand side for one trajectory at a time, on plain floats."""

from dataclasses import dataclass
from typing import Any

import sympy

from odekit.limits import DERIVATION_SECONDS, bounded
from odekit.solvers.codegen.derivatives import slopes_of
from odekit.solvers.codegen.expressions import Formulas, assignments
from odekit.systems.algebra import NumberCode

__all__ = ["LinearCode", "ScalarCode", "linear_code", "scalar_code"]

# The functions of `math` would round to integers, which know no infinity, and call a sine a lane.
_FUNCTIONS = {"ceiling": "np.ceil", "floor": "np.floor", "sin": "sine", "cos": "cosine", "exp": "exponential"}


@dataclass(frozen=True)
class ScalarCode:
    """Right-hand side of one trajectory as text, in the names ``t``, ``y0, y1, ...`` and ``p0, p1, ...``.

    It may call what `numba_text` defines.

    Parameters
    ----------
    statements: assignments, one a line, in order.
    results: expressions, the entries of y'.
    parameters: number of parameters.
    """

    statements: tuple[str, ...]
    results: tuple[str, ...]
    parameters: int

    @property
    def states(self) -> int:
        """Number of states."""
        return len(self.results)


@dataclass(frozen=True)
class LinearCode:
    """Right-hand side of one trajectory with its derivatives.

    Parameters
    ----------
    velocities: the right-hand side.
    slopes: once more the right-hand side, then the entries of the Jacobian, then df/dt where there is one;
        what they share is computed once.
    rows, columns: where the entries stand.
    """

    velocities: ScalarCode
    slopes: ScalarCode
    rows: tuple[int, ...]
    columns: tuple[int, ...]


def _printer() -> Any:
    """Writes 1/x as a division: a power would raise an exception at x = 0, and so vectorise nothing."""
    printer = NumberCode({"fully_qualified_modules": True, "user_functions": _FUNCTIONS})
    general = printer._print_Pow

    def power(expression: Any, **options: Any) -> Any:
        base, exponent = expression.base, expression.exp
        if not (exponent.is_Integer and exponent < 0):
            return general(expression, **options)
        return f"(1.0/({printer._print(base if exponent == -1 else sympy.Pow(base, -exponent))}))"

    printer._print_Pow = power
    return printer


@bounded("the code of the vector field", DERIVATION_SECONDS)
def scalar_code(formulas: Formulas) -> ScalarCode:
    """Right-hand side of one trajectory as text, in floats, `math`, numpy's ``np``, and `numba_text`.

    Raises
    ------
    InputError: an integral, or a function without code.
    """
    printer = _printer()
    shared, entries = assignments(formulas.renamed, printer, ("math", "np"))
    return ScalarCode(
        statements=tuple(f"{name} = {value}" for name, value in shared),
        results=tuple(f"float({value})" for value in entries),
        parameters=len(formulas.parameters),
    )


def linear_code(formulas: Formulas) -> LinearCode:
    """Right-hand side and derivatives of one trajectory as text, as `scalar_code` writes it.

    Parameters
    ----------
    formulas: one velocity for each state.

    Raises
    ------
    InputError: an integral, or a function or derivative without code.
    """
    slopes = slopes_of(formulas)
    return LinearCode(scalar_code(formulas), scalar_code(slopes.formulas), slopes.rows, slopes.columns)
