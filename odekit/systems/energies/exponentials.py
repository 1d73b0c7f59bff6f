"""A formula as a sum of polynomials, each times the exponential of a linear form."""

from collections import defaultdict
from collections.abc import Sequence

import sympy as sp

__all__ = ["by_exponent"]


def by_exponent(formula: sp.Expr, symbols: Sequence[sp.Symbol]) -> dict[sp.Expr, sp.Poly]:
    """Each exponent with its polynomial: ``formula = sum_l p_l exp(l)``, l linear in the symbols.

    Raises
    ------
    sp.PolynomialError: a part that is no polynomial, or an exponent that is not linear.

    >>> x, a = sp.symbols("x a")
    >>> by_exponent(x * sp.exp(a * x) + x**2 * sp.exp(a * x), [x])
    {a*x: Poly(x**2 + x, x, domain='ZZ')}
    """
    moving = set(symbols)
    parts: dict[sp.Expr, list[sp.Expr]] = defaultdict(list)
    if not any(moving & one.free_symbols for one in formula.atoms(sp.exp)):
        return {sp.S.Zero: sp.Poly(formula, *symbols)}
    for term in sp.Add.make_args(sp.expand(formula)):
        factors = sp.Mul.make_args(term)
        powers = [f for f in factors if isinstance(f, sp.exp) and moving & f.free_symbols]
        exponent = sp.collect(sp.expand(sp.Add(*(f.exp for f in powers))), symbols)
        parts[exponent].append(sp.Mul(*(f for f in factors if f not in powers)))
    for exponent in parts:
        if exponent != 0 and sp.Poly(exponent, *symbols).total_degree() > 1:
            raise sp.PolynomialError(f"the exponent {exponent} is not linear")
    return {exponent: sp.Poly(sp.Add(*terms), *symbols) for exponent, terms in parts.items()}
