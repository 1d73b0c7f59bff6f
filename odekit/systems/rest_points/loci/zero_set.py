"""Where does a formula vanish? The same zeros, each once, of simpler factors: sin(x)**2*exp(x) as sin(x)."""

from collections.abc import Iterator, Sequence

import sympy as sp

from odekit.systems.algebra import is_tame

__all__ = ["zero_factors"]

# Odd functions that vanish with their argument alone, and functions that never vanish.
LIKE_ARGUMENT = (sp.Abs, sp.sign, sp.sinh, sp.tanh, sp.atan, sp.asin, sp.erf, sp.asinh)
NEVER = (sp.exp, sp.cosh)
# Beyond so many operations factors are not looked for.
LONG = 2_000


def zero_factors(expression: sp.Expr, states: Sequence[sp.Symbol]) -> tuple[sp.Expr, ...]:
    """Distinct factors in the states, one of which vanishes where the expression does, and nowhere else.

    No factor means that it vanishes nowhere, at parameters that are not 0; the factor 0 that it always does.
    Where a denominator vanishes too, nothing is said.

    >>> x, y, k = sp.symbols("x y k", real=True)
    >>> zero_factors(k * sp.Abs(x) ** 3 * (x - y) ** 2 * sp.exp(y) / (1 + x**2), (x, y))
    (x, x - y)
    """
    if expression == 0:
        return (sp.S.Zero,)
    if expression.count_ops() > LONG or not is_tame(expression):
        return (expression,)
    signed = expression.replace(lambda part: isinstance(part, sp.Abs) and part.args[0].is_real, _signed)
    numerator = sp.fraction(sp.together(signed))[0]
    return tuple(dict.fromkeys(_factors(numerator, states)))


def _signed(size: sp.Abs) -> sp.Expr:
    return size.args[0] * sp.sign(size.args[0])


def _factors(expression: sp.Expr, states: Sequence[sp.Symbol]) -> Iterator[sp.Expr]:
    for factor in _products(expression) if expression.free_symbols else ():
        if not factor.free_symbols & set(states):
            continue
        base = factor
        while base.is_Pow and base.exp.is_positive:
            base = base.base
        if isinstance(base, NEVER) or (base.is_Pow and base.exp.is_negative):
            continue
        if isinstance(base, LIKE_ARGUMENT):
            yield from _factors(sp.fraction(sp.together(base.args[0]))[0], states)
        elif base != factor:
            yield from _factors(base, states)
        else:
            yield base


def _products(expression: sp.Expr) -> Iterator[sp.Expr]:
    """What an expression is a product of, as it is written where SymPy can't tell its generators apart."""
    try:
        yield from (factor for factor, _ in sp.factor_list(expression)[1])
    except sp.PolynomialError:
        yield from sp.Mul.make_args(expression)
