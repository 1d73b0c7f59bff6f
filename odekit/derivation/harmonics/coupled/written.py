"""How are long sums written? In the order in which they were made, terms of one size together."""

from collections.abc import Mapping, Sequence

import sympy as sp

from odekit.derivation.harmonics.profile import ALPHA

__all__ = ["grouped_product", "in_order", "texts"]


def in_order(expression: sp.Expr) -> str:
    """As text, sums in the order in which they were made."""
    return str(sp.sstr(expression, order="none"))


def texts(expressions: Mapping[sp.Symbol, sp.Expr]) -> dict[str, str]:
    """Each of them by the name of its symbol."""
    return {symbol.name: in_order(expression) for symbol, expression in expressions.items()}


def grouped_product(front: sp.Expr, alone: sp.Expr, terms: Sequence[tuple[sp.Expr, sp.Expr]]) -> sp.Expr:
    """``front (alone + sum of products)``, terms of one size together, and a common power of alpha in front.

    Parameters
    ----------
    front, alone: expressions.
    terms: each a size and what it multiplies.

    >>> x, y = sp.symbols("x y")
    >>> in_order(grouped_product(sp.S(3), ALPHA, [(-ALPHA / 2, x), (ALPHA / 2, y)]))
    '(3*alpha)*(1 + (-x + y)/2)'
    """
    parts = [(sp.sympify(size), each) for size, each in terms if size != 0]
    sizes = [size for size in (alone, *(size for size, _ in parts)) if size != 0]
    power = sizes[0].as_independent(ALPHA, as_Add=False)[1] if sizes else sp.S.One
    if any((size / power).has(ALPHA) for size in sizes):
        power = sp.S.One
    groups: dict[sp.Expr, list[sp.Expr]] = {}
    for size, each in parts:
        is_negative = size.could_extract_minus_sign()
        groups.setdefault((-size if is_negative else size) / power, []).append(-each if is_negative else each)
    if alone == 0 and len(groups) == 1:
        ((size, members),) = groups.items()
        return sp.Mul(front * power * size, sp.Add(*members, evaluate=False), evaluate=False)
    found = [alone / power] if alone != 0 else []
    for size, members in groups.items():
        if size == 1 or len(members) == 1:
            found += [size * each for each in members]
        else:
            found.append(sp.Mul(size, sp.Add(*members, evaluate=False), evaluate=False))
    return sp.Mul(front * power, sp.Add(*found, evaluate=False), evaluate=False) if found else sp.S.Zero
