"""Parts of formulas, and their derivatives: how a value came about, and how it goes on."""

from collections.abc import Iterable

import sympy

__all__ = ["derivatives_of", "parts_of"]


def parts_of(formulas: Iterable[sympy.Expr]) -> tuple[sympy.Expr, ...]:
    """Every product, power and function in formulas, and every sum, each once.

    >>> x = sympy.Symbol("x")
    >>> parts_of([sympy.exp(2 * x) + 1])
    (exp(2*x) + 1, exp(2*x), 2*x)
    """
    found = (part for formula in formulas for part in sympy.preorder_traversal(formula))
    return tuple(dict.fromkeys(part for part in found if isinstance(part, sympy.Expr) and part.args))


def derivatives_of(formulas: Iterable[sympy.Expr]) -> tuple[sympy.Expr, ...]:
    """The derivatives of formulas by the symbol t, as code can be made of them."""
    return tuple(sympy.Add(*(f.diff(s) for s in f.free_symbols if s.name == "t")) for f in formulas)
