"""How large a formula grows when it is expanded: bounds, before SymPy is asked to."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import comb

from odekit.expressions import (
    FUNCTION_NAMES,
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
)

__all__ = ["MOST_TERMS", "is_small"]

# With more terms than this SymPy's expansion takes seconds.
MOST_TERMS = 1500
# Plain angles that the argument of a sine is taken for where it is no sum of multiples of them.
MOST_TURNS = 6
MOST_POWER = 40  # turns to a higher one are beyond any bound
# Functions of a sum that SymPy takes apart into those of its terms.
WAVES = ("sin", "cos", "tan", "sinh", "cosh", "tanh")
# SymPy looks long at each of these: as many terms as stand inside are counted so many times.
COST = {"abs": 8, "sign": 8, "relu": 8, "step": 8}


def is_small(tree: Expression, most: int = MOST_TERMS) -> bool:
    """Whether expansion, also over a common denominator, stays below a number of terms."""
    size = tree.fold(_SIZES, lambda name: _Size(Symbol(name)))
    bulk = size.terms
    for _, terms in size.divisors:
        bulk *= terms
        if bulk > most:
            return False
    return bulk <= most


@dataclass(frozen=True)
class _Size:
    """A tree with a bound of its terms after expansion.

    Parameters
    ----------
    turns: how many plain angles it is the sum of, roughly: what taking a sine of it apart multiplies by two.
    number: a bound of its absolute value, rounded down, where it is a number.
    divisors: what is divided by in it, with the terms of each.
    """

    tree: Expression
    terms: int = 1
    turns: int = 1
    number: int | None = None
    divisors: frozenset[tuple[Expression, int]] = frozenset()


def _bounded(terms: int) -> int:
    return min(terms, MOST_TERMS**2)


def _sum(a: _Size, b: _Size) -> _Size:
    terms = _bounded(a.terms + b.terms)
    number = None if a.number is None or b.number is None else _bounded(a.number + b.number)
    turns = _bounded(a.turns + b.turns)
    return _Size(Sum(a.tree, b.tree), terms, turns, number, a.divisors | b.divisors)


def _product(a: _Size, b: _Size) -> _Size:
    turns = 1
    for side in (a, b):
        turns *= side.turns if side.number is None else max(1, side.number)
    turns, terms = _bounded(turns), _bounded(a.terms * b.terms)
    number = None if a.number is None or b.number is None else turns
    return _Size(Product(a.tree, b.tree), terms, turns, number, a.divisors | b.divisors)


def _power(base: _Size, exponent: int) -> _Size:
    tree, power = Power(base.tree, exponent), abs(exponent)
    terms = _bounded(comb(base.terms + power - 1, power))
    if exponent < 0:
        return _Size(tree, terms, MOST_TURNS, None, base.divisors | {(tree, terms)})
    turns = _bounded(base.turns ** min(power, MOST_POWER))
    number = None if base.number is None else _bounded(max(1, base.number) ** min(power, MOST_POWER))
    return _Size(tree, terms, turns, number, base.divisors)


def _root(base: _Size, degree: int) -> _Size:
    return _Size(Root(base.tree, degree), base.terms, MOST_TURNS, None, base.divisors)


def _call(name: str) -> Callable[[_Size], _Size]:
    def called(inner: _Size) -> _Size:
        if name not in WAVES:
            terms = _bounded(inner.terms * COST.get(name, 1))
            return _Size(Call(name, inner.tree), terms, MOST_TURNS, None, inner.divisors)
        terms = _bounded(max(1 << min(inner.turns, MOST_POWER), inner.terms))
        return _Size(Call(name, inner.tree), terms, max(MOST_TURNS, terms), None, inner.divisors)

    return called


def _number(value: Fraction) -> _Size:
    return _Size(Number(value), number=int(abs(value)))


_SIZES: Meanings[_Size] = Meanings(
    number=_number,
    constant=lambda name: _Size(Constant(name)),
    add=_sum,
    multiply=_product,
    power=_power,
    root=_root,
    functions={name: _call(name) for name in FUNCTION_NAMES},
)
