"""Products of observables and constants of one degree, in every way of counting degrees that fits them.

A grading gives each letter a degree such that every observable is homogeneous. A part of a rate that is
homogeneous can then only be made of products of the same degree, which are few.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from math import lcm
from typing import Any

from sympy import QQ
from sympy.polys.matrices import DomainMatrix

from odekit.systems.algebra import null_space
from odekit.systems.reduction.polynomial_flow import PolynomialFlow

__all__ = ["Products", "TooManyProducts"]

# Of one part; the linear system takes seconds for so many.
MAX_PRODUCTS = 800
# Of the search for them, which may end in nothing again and again.
MAX_STEPS = 200_000

Exponents = tuple[int, ...]
Grade = tuple[int, ...]


class TooManyProducts(Exception):
    """More products of one degree than a linear system is solved for."""


@dataclass(frozen=True)
class Products:
    """Products of observables and of the constants.

    Parameters
    ----------
    flow: whose letters there are.
    observables: polynomials, not zero.
    """

    flow: PolynomialFlow
    observables: tuple[Any, ...]

    @cached_property
    def factors(self) -> tuple[Any, ...]:
        """The observables, and then the constants."""
        return (*self.observables, *self.flow.ring.gens[self.flow.count :])

    @cached_property
    def _gradings(self) -> list[list[int]]:
        """A basis of the gradings, in echelon form, in whole numbers."""
        letters = len(self.flow.ring.gens)
        rows = set()
        for polynomial in self.observables:
            first, *others = polynomial.keys()
            rows |= {tuple(a - b for a, b in zip(other, first, strict=True)) for other in others}
        entries = {i: {j: QQ(v) for j, v in enumerate(row) if v} for i, row in enumerate(sorted(rows))}
        basis = null_space(entries, max(len(rows), 1), letters)
        if not basis:
            return []
        values = [[QQ(v.numerator, v.denominator) for v in row] for row in basis]
        echelon, _ = DomainMatrix(values, (len(values), letters), QQ).rref()
        return [_whole(row) for row in echelon.to_list()]

    @cached_property
    def _grades(self) -> list[Grade]:
        return [self._grade(next(iter(polynomial))) for polynomial in self.factors]

    def _grade(self, exponents: Sequence[int]) -> Grade:
        return tuple(sum(w * e for w, e in zip(row, exponents, strict=True)) for row in self._gradings)

    def parts(self, polynomial: Any) -> Iterator[tuple[Grade, Any]]:
        """The homogeneous parts of a polynomial, in every grading at once."""

        def grade(term: tuple[Exponents, Any]) -> Grade:
            return self._grade(term[0])

        for key, terms in groupby(sorted(polynomial.terms(), key=grade), key=grade):
            yield key, self.flow.ring.from_dict(dict(terms))

    def of_grade(self, grade: Grade, part: Any) -> list[Exponents]:
        """Exponents of the products of this grade, of no higher degree than the part.

        Raises
        ------
        TooManyProducts: more than 800.
        """
        states = self.flow.count
        sizes = [self.flow.degree(polynomial) for polynomial in self.observables]
        constants = [0] * len(self.observables) + [1] * (len(self.factors) - len(self.observables))
        most = max((sum(key[states:]) for key in part), default=0)
        bounds = [[*sizes, *(0 for _ in constants[len(sizes) :])], constants]
        # Where every factor has a degree of 0 or more, what is left may not become negative.
        signs = [all(g[row] >= 0 for g in self._grades) for row in range(len(self._gradings))]
        left = [*grade, self.flow.degree(part), most]
        costs = [(*g, *(bound[place] for bound in bounds)) for place, g in enumerate(self._grades)]
        enumeration = _Enumeration(costs, [*signs, True, True], len(self._gradings))
        return list(enumeration.of(left))

    @cached_property
    def _known(self) -> dict[Exponents, Any]:
        return {(0,) * len(self.factors): self.flow.ring.one}

    def value(self, exponents: Exponents) -> Any:
        """The product itself."""
        if exponents not in self._known:
            place = next(place for place, power in enumerate(exponents) if power)
            rest = tuple(power - (i == place) for i, power in enumerate(exponents))
            self._known[exponents] = self.factors[place] * self.value(rest)
        return self._known[exponents]


class _Enumeration:
    """Exponents whose costs add up to what there is, exactly in the first entries, at most in the others."""

    def __init__(self, costs: list[tuple[int, ...]], signs: list[bool], exact: int) -> None:
        self._costs, self._exact = costs, exact
        self._bounded = [row for row, is_bounded in enumerate(signs) if is_bounded]
        # What some later factor can still take, by place and row.
        self._takers = [
            {row for row in range(len(signs)) if any(cost[row] for cost in costs[place:])}
            for place in range(len(costs) + 1)
        ]
        self._steps = self._found = 0

    def of(self, left: list[int], place: int = 0) -> Iterator[Exponents]:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise TooManyProducts
        if any(left[row] and row not in self._takers[place] for row in range(self._exact)):
            return
        if place == len(self._costs):
            self._found += 1
            if self._found > MAX_PRODUCTS:
                raise TooManyProducts
            yield ()
            return
        power = 0
        while all(left[row] >= 0 for row in self._bounded):
            for rest in self.of(left, place + 1):
                yield (power, *rest)
            left = [a - b for a, b in zip(left, self._costs[place], strict=True)]
            power += 1
            if not any(self._costs[place][row] > 0 for row in self._bounded):
                return


def _whole(row: Sequence[Any]) -> list[int]:
    common = lcm(*(int(value.denominator) for value in row))
    return [int(value.numerator) * (common // int(value.denominator)) for value in row]
