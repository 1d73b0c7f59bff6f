"""From the expression tree of a user's text to SymPy and back, name by name, evaluating no text."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import reduce

import numpy as np
import sympy as sp

from odekit.errors import InputError
from odekit.expressions import (
    Call,
    Constant,
    Expression,
    Meanings,
    Number,
    Power,
    Product,
    Root,
    Sum,
    Symbol,
    children,
)

__all__ = ["from_symbolic", "to_symbolic"]

# SymPy would write out every digit of a tower of powers; what a user writes is far shorter.
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
    for call in _calls(expression):
        _check_constant(call)
    return expression.fold(SYMBOLIC, symbols.__getitem__)


def from_symbolic(expression: sp.Expr) -> Expression:
    """A SymPy expression as a tree, which then evaluates on arrays without SymPy.

    Raises
    ------
    InputError: a part that no tree has, such as an integral.

    >>> x = sp.Symbol("x")
    >>> str(to_symbolic(from_symbolic(sp.sin(x) ** 2 / 3 - 1), {"x": x}))
    'sin(x)**2/3 - 1'
    """
    if expression.is_Rational:
        return Number(Fraction(int(expression.p), int(expression.q)))
    if expression.is_Float:
        return Number(Fraction(str(expression)))
    if expression.is_Symbol:
        return Symbol(expression.name)
    if expression is sp.pi or expression is sp.E:
        return Constant("pi") if expression is sp.pi else Call("exp", Number(Fraction(1)))
    if expression.is_Add or expression.is_Mul:
        parts = expression.as_ordered_terms() if expression.is_Add else expression.as_ordered_factors()
        return reduce(Sum if expression.is_Add else Product, map(from_symbolic, parts))
    if expression.is_Pow and expression.exp.is_Rational:
        return _rational_power(from_symbolic(expression.base), expression.exp)
    if isinstance(expression, sp.Max | sp.Min):
        return reduce(
            _larger if isinstance(expression, sp.Max) else _smaller, map(from_symbolic, _kinked(expression))
        )
    if isinstance(expression, sp.Heaviside) and expression.args[1] == 0:
        return Call("step", from_symbolic(expression.args[0]))
    names = [name for name, function in FUNCTIONS.items() if expression.func is function]
    if names:
        return Call(names[0], from_symbolic(expression.args[0]))
    raise InputError(
        "a part of the expression is no formula of known functions", received=str(expression)[:80]
    )


def _kinked(expression: sp.Max | sp.Min) -> list[sp.Expr]:
    """What is compared, a 0 at the end, so that it isn't added to another."""
    return sorted(expression.args, key=lambda part: (part == 0, sp.default_sort_key(part)))


def _larger(first: Expression, second: Expression) -> Expression:
    """The larger of two: ``second + relu(first - second)``."""
    return _with_excess(first, second, 1)


def _smaller(first: Expression, second: Expression) -> Expression:
    """The smaller of two: ``second - relu(second - first)``."""
    return _with_excess(first, second, -1)


def _with_excess(first: Expression, second: Expression, sign: int) -> Expression:
    excess = _plus(_times(sign, first), _times(-sign, second))
    return _plus(second, _times(sign, Call("relu", excess)))


def _times(sign: int, expression: Expression) -> Expression:
    return expression if sign == 1 else Product(Number(Fraction(-1)), expression)


def _plus(first: Expression, second: Expression) -> Expression:
    """The sum, without a 0."""
    zero = Number(Fraction(0))
    return second if first == zero else first if second in (zero, _times(-1, zero)) else Sum(first, second)


def _rational_power(base: Expression, exponent: sp.Rational) -> Expression:
    root = base if exponent.q == 1 else Root(base, int(exponent.q)) if exponent.q > 2 else Call("sqrt", base)
    return root if exponent.p == 1 else Power(root, int(exponent.p))


def _power(base: sp.Expr, exponent: int) -> sp.Expr:
    """The power, where its number is short; SymPy would write out all digits of a tower."""
    if (
        base.is_Rational
        and abs(exponent) * max(int(base.p).bit_length(), int(base.q).bit_length()) > MAX_BITS
    ):
        raise InputError("the formula holds a number that is too long", expected=f"at most {MAX_BITS} bits")
    return sp.Pow(base, exponent)


SYMBOLIC: Meanings[sp.Expr] = Meanings(
    number=lambda value: sp.Rational(value.numerator, value.denominator),
    constant=CONSTANTS.__getitem__,
    add=sp.Add,
    multiply=sp.Mul,
    power=_power,
    root=sp.root,
    functions=FUNCTIONS,
)


def _calls(expression: Expression) -> Iterator[Call]:
    if isinstance(expression, Call):
        yield expression
    for child in children(expression):
        yield from _calls(child)


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
