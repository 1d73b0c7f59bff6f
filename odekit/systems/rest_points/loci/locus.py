"""Locus: a point or a connected family at which a system rests, before its stability is known."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
import sympy as sp

from odekit.arrays import FloatArray

__all__ = ["Locus", "digits_of", "distinct_by_shift", "magnitude"]

# Angles that agree to so many radians are one: different ones of small systems are further apart.
SAME = 1e-6
DIGITS = 40


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


def distinct_by_shift(
    loci: Sequence[Locus],
    states: Sequence[sp.Symbol],
    angles: Collection[sp.Symbol],
    shifts: Sequence[tuple[int, ...]],
) -> Iterator[Locus]:
    """Each locus once, where a shift by part of a turn takes one that is known to another.

    A direction (2, 1) takes the first angle back to where it was after half a turn of the second.
    """
    kept: list[Locus] = []
    period = np.array([2 * np.pi if state in angles else np.inf for state in states])
    orders = [abs(next(step for step in shift if step)) for shift in shifts]
    turns = [
        sum((2 * np.pi * k / n * np.array(v) for k, n, v in zip(chosen, orders, shifts, strict=True)), 0.0)
        for chosen in product(*map(range, orders))
    ]
    for one in loci:
        place = _place(one, states)
        others = (
            [] if place is None else [p for p in (_place(other, states) for other in kept) if p is not None]
        )
        if place is None or not any(
            np.all(_wrapped(place - other - turn, period) < SAME) for other in others for turn in turns
        ):
            kept.append(one)
    yield from kept


def _place(locus: Locus, states: Sequence[sp.Symbol]) -> FloatArray | None:
    """The values as numbers, where all are."""
    values = [locus.values.get(state, state) for state in states]
    return np.array([float(sp.re(sp.N(v))) for v in values]) if all(v.is_number for v in values) else None


def _wrapped(gap: FloatArray, period: FloatArray) -> FloatArray:
    """Distances, up to whole periods."""
    turns = np.where(np.isinf(period), 0.0, np.round(gap / np.where(np.isinf(period), 1.0, period)))
    distance: FloatArray = np.abs(gap - turns * np.where(np.isinf(period), 0.0, period))
    return distance
