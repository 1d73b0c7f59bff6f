"""From the expression tree of a user's text to SymPy, name by name, evaluating nothing on the way.

What enters is an `odekit.expressions.Expression` and the symbols that its names stand for; what leaves is a
SymPy expression. Text itself never comes here: the whitelist parser has read it before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import sympy as sp

from odekit.errors import InputError
from odekit.expressions import Call, Constant, Expression, Number, Power, Product, Root, Sum, Symbol

__all__ = ["to_symbolic"]

MAX_BITS = 4_000

FUNCTIONS: Mapping[str, Callable[[sp.Expr], sp.Expr]] = {
    "exp": sp.exp,
    "log": sp.log,
    "sqrt": sp.sqrt,
    "sin": sp.sin,
    "cos": sp.cos,
    "tan": sp.tan,
    "asin": sp.asin,
    "acos": sp.acos,
    "atan": sp.atan,
    "sinh": sp.sinh,
    "cosh": sp.cosh,
    "tanh": sp.tanh,
    "erf": sp.erf,
    "abs": sp.Abs,
    "sign": sp.sign,
    "relu": lambda x: sp.Max(0, x),
    "step": lambda x: sp.Heaviside(x, 0),
}

CONSTANTS: Mapping[str, sp.Expr] = {"pi": sp.pi}


def to_symbolic(expression: Expression, symbols: Mapping[str, sp.Expr]) -> sp.Expr:
    """The tree as a SymPy expression in ``symbols``.

    Parameters
    ----------
    expression: a tree of `odekit.expressions.parse`.
    symbols: what each name stands for.

    Raises
    ------
    InputError: a function that has no symbolic form.

    >>> from odekit.expressions import parse
    >>> to_symbolic(parse("sin(E)**2/2", ("E",)), {"E": sp.Symbol("E")})
    sin(E)**2/2
    """
    if isinstance(expression, Number):
        return sp.Rational(expression.value.numerator, expression.value.denominator)
    if isinstance(expression, Symbol):
        return symbols[expression.name]
    if isinstance(expression, Sum | Product):
        make = sp.Add if isinstance(expression, Sum) else sp.Mul
        return make(to_symbolic(expression.left, symbols), to_symbolic(expression.right, symbols))
    if isinstance(expression, Power):
        return _power(to_symbolic(expression.base, symbols), expression.exponent)
    if isinstance(expression, Root):
        return sp.root(to_symbolic(expression.base, symbols), expression.degree)
    if isinstance(expression, Constant):
        return CONSTANTS[expression.name]
    if isinstance(expression, Call) and expression.function in FUNCTIONS:
        _check_constant(expression)
        return FUNCTIONS[expression.function](to_symbolic(expression.argument, symbols))
    raise InputError("a part of the formula has no symbolic form", expected=f"one of {', '.join(FUNCTIONS)}")


def _power(base: sp.Expr, exponent: int) -> sp.Expr:
    """The power, where its number is short; SymPy would write out all digits of a tower."""
    if (
        base.is_Rational
        and abs(exponent) * max(int(base.p).bit_length(), int(base.q).bit_length()) > MAX_BITS
    ):
        raise InputError("the formula holds a number that is too long", expected=f"at most {MAX_BITS} bits")
    return sp.Pow(base, exponent)


def _check_constant(expression: Call) -> None:
    """Refuse a constant beyond the floats, which SymPy would try to write out."""
    try:
        with np.errstate(all="ignore"):
            value = expression.evaluate({"pi": np.asarray(np.pi)})
    except KeyError:
        return
    if not np.isfinite(value).all():
        raise InputError(
            "the formula holds a number that is not finite", received=f"{expression.function}(...)"
        )
