"""What a system is made of: expressions in symbols that are declared once."""

from collections.abc import Iterable, Sequence

import sympy as sp

from odekit.errors import InputError
from odekit.expressions import check_apart

__all__ = ["check_declared"]


def check_declared(
    expressions: Iterable[object], field: Sequence[sp.Expr], symbols: Sequence[sp.Symbol]
) -> None:
    """Refuse text in place of expressions, repeated names, and symbols of a field that nothing declares.

    Parameters
    ----------
    expressions: all that the system holds: SymPy would take text among them for a program.
    field: the velocities.
    symbols: all that are declared.

    Raises
    ------
    InputError: no expression, a repeated name, two names that are one to Python, or an unknown symbol.
    """
    for expression in expressions:
        if not isinstance(expression, sp.Basic):
            raise InputError(
                "a system is made of expressions",
                expected="SymPy expressions",
                received=repr(expression)[:80],
                hint="odekit.system, which reads text",
            )
    names = [symbol.name for symbol in symbols]
    if len(set(names)) < len(names):
        raise InputError("a name stands for two things", expected="distinct names", received=str(names))
    check_apart(names)
    unknown = set().union(*(entry.free_symbols for entry in field)) - set(symbols)
    if unknown:
        raise InputError(
            "the vector field holds symbols that nothing declares",
            expected="states, parameters and definitions",
            received=", ".join(sorted(str(symbol) for symbol in unknown)),
            hint="add them to parameters",
        )
