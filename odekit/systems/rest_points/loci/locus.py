"""Locus: a point or a connected family at which a system rests, before its stability is known."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import mpmath
import sympy as sp

__all__ = ["ROUNDING", "Locus", "digits_of", "distinct_by_shift", "is_zero", "magnitude"]

# Of digits that belong to roots some are lost: a sum below this share of its largest term is one of rounding.
DIGITS, ROUNDING = 40, 1e-30
# What SymPy gives for a constant that is 0, having tried a hundred digits.
NOTHING = 1e-100


def _unchanged(expression: sp.Expr) -> sp.Expr:
    return expression


@dataclass(frozen=True)
class Locus:
    """Where a system rests.

    Parameters
    ----------
    values: value by state, which may hold other states of a family that has one rational formula for each.
    dimension: of the family; 0 for a point.
    equations: what vanishes on a family that has no such formulas, in the states that have no value.
    shifts: directions in which the whole of it can be moved, by state, without ever ceasing to rest.
    sample: where there are equations, a point that fulfils them, with values of the parameters; else the
        digits of a point whose values have no short form, and then no values.
    reduced: what a formula is where the equations hold.
    """

    values: Mapping[sp.Symbol, sp.Expr]
    dimension: int = 0
    equations: tuple[sp.Expr, ...] = ()
    shifts: tuple[tuple[int, ...], ...] = ()
    sample: Mapping[sp.Symbol, float] = field(default_factory=dict)
    reduced: Callable[[sp.Expr], sp.Expr] = _unchanged

    @property
    def is_in_digits(self) -> bool:
        """Whether it is a point that is known by digits alone."""
        return bool(self.sample) and not self.equations


def digits_of(locus: Locus) -> Locus | None:
    """A point in place of one whose values are digits, being roots of higher degree."""
    if not any(value.has(sp.Float) for value in locus.values.values()):
        return None
    sample = {state: sp.re(sp.N(value, DIGITS)) for state, value in locus.values.items()}

    def reduced(formula: sp.Expr) -> sp.Expr:
        return sp.N(formula.subs(sample), DIGITS)

    return Locus({}, locus.dimension, (), locus.shifts, sample, reduced)


def magnitude(number: sp.Expr, digits: int = DIGITS) -> float:
    """The absolute value of a constant from so many digits; infinite or NaN where it is no number."""
    try:
        return abs(complex(sp.N(number, digits)))
    except TypeError:
        return float("inf")


def is_zero(expression: sp.Expr, place: Mapping[sp.Symbol, Any], rounding: float = ROUNDING) -> bool:
    """Whether an expression vanishes at a place: exactly, or where digits are known, but for their rounding.

    Parameters
    ----------
    expression: a formula.
    place: value by symbol, exact or to 40 digits.
    rounding: the share of its largest term below which a sum in digits counts as 0.

    >>> x = sp.Symbol("x")
    >>> is_zero(x**2 - 2, {x: sp.sqrt(2)}), is_zero(x, {x: sp.Rational(1, 10**50)})
    (True, False)
    """
    value = expression.subs(place)
    if value.has(sp.zoo, sp.nan, sp.oo):
        return False
    if value.free_symbols or value.is_Rational:
        return bool(sp.simplify(value) == 0)
    if not value.has(sp.Float):
        return magnitude(value) < NOTHING
    terms = (magnitude(term.subs(place)) for term in sp.Add.make_args(sp.expand(expression)))
    return magnitude(value) <= rounding * max(terms)


def distinct_by_shift(
    loci: Sequence[Locus],
    states: Sequence[sp.Symbol],
    angles: Collection[sp.Symbol],
    shifts: Sequence[tuple[int, ...]],
    rounding: float = ROUNDING,
) -> Iterator[Locus]:
    """Each locus once, where a shift by part of a turn takes one that is known to another.

    A direction (2, 1) takes the first angle back to where it was after half a turn of the second. Values are
    one where they differ by rounding alone, of angles in radians, of others as a share of the larger one.
    """
    orders = [abs(next(step for step in shift if step)) for shift in shifts]
    turns = [
        [
            sum(
                (sp.Rational(2 * k * v[i], n) for k, n, v in zip(chosen, orders, shifts, strict=True)),
                sp.S.Zero,
            )
            for i in range(len(states))
        ]
        for chosen in product(*map(range, orders))
    ]
    with mpmath.workdps(DIGITS):
        moves = [[mpmath.pi * turn.p / turn.q for turn in chosen] for chosen in turns]
        places: list[list[Any]] = []
        for one in loci:
            place = _place(one, states)
            if place is not None:
                if any(
                    _is_one(place, other, move, states, angles, rounding)
                    for other in places
                    for move in moves
                ):
                    continue
                places.append(place)
            yield one


def _place(locus: Locus, states: Sequence[sp.Symbol]) -> list[Any] | None:
    """The values as numbers, where all are."""
    values = [locus.values.get(state, state) for state in states]
    if not all(value.is_number for value in values):
        return None
    return [mpmath.mpf(sp.re(sp.N(value, DIGITS))) for value in values]


def _is_one(
    place: Sequence[Any],
    other: Sequence[Any],
    move: Sequence[Any],
    states: Sequence[sp.Symbol],
    angles: Collection[sp.Symbol],
    rounding: float,
) -> bool:
    for state, a, b, shift in zip(states, place, other, move, strict=True):
        gap, size = a - b - shift, max(abs(a), abs(b))
        if state in angles:
            gap, size = gap - 2 * mpmath.pi * mpmath.nint(gap / (2 * mpmath.pi)), 1
        if abs(gap) > rounding * size:
            return False
    return True
