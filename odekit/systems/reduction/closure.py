"""Do observables I(w) close? Their time derivatives as polynomials of themselves, by exact linear algebra.

Each part of a derivative has to be a combination of products of observables and constants of the same degree.
The combination is found modulo primes at random points, made rational, and multiplied out as a proof. What a
part has beside such products leaks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import sympy as sp
from sympy.polys.rings import PolyRing

from odekit.systems.algebra import PRIME, Integers, rational_solution, row_reduced, values_at
from odekit.systems.reduction.polynomial_flow import PolynomialFlow
from odekit.systems.reduction.products import Exponents, Products, TooManyProducts

__all__ = ["Closure", "Observables"]

# More equations than unknowns, so that a false solution has no chance.
SPARE = 20
# Entries of the matrix of coefficients from which the part of a rate that is outside is found.
MAX_ENTRIES = 4_000_000


@dataclass(frozen=True)
class Closure:
    """A polynomial of the states in observables.

    Parameters
    ----------
    rate: the polynomial of observables and constants, in the ring of these.
    leak: what is left, in the flow's ring.
    gave_up: what was too large to be looked at; "" where nothing was.
    formula: the leak in states and observables, where that is shorter; None where it was not looked for.
    quotient: what closes beside the rate, a quotient of polynomials of observables.
    """

    rate: Any
    leak: Any
    gave_up: str = ""
    formula: sp.Expr | None = None
    quotient: sp.Expr = sp.S.Zero


@dataclass(frozen=True)
class Observables:
    """Polynomials of the states of a polynomial flow.

    Parameters
    ----------
    flow: the flow.
    meanings: each observable in the flow's ring, by its symbol.
    """

    flow: PolynomialFlow
    meanings: Mapping[sp.Symbol, Any]

    @cached_property
    def ring(self) -> Any:
        """Of the observables and the constants."""
        return PolyRing([*self.meanings, *self.flow.constants], sp.QQ, sp.grevlex)

    @cached_property
    def _products(self) -> Products:
        return Products(self.flow, tuple(self.meanings.values()))

    def excess(self) -> sp.Symbol | None:
        """The first observable that is a polynomial of the others; None where there is none."""
        for name, polynomial in self.meanings.items():
            others = {other: meaning for other, meaning in self.meanings.items() if other != name}
            if others and not Observables(self.flow, others).written(polynomial, are_parts_split=False).leak:
                return name
        return None

    def whole(self, name: sp.Symbol) -> Closure:
        """The time derivative of an observable, all of it as a leak."""
        return Closure(self.ring.zero, self.flow.along(self.meanings[name]))

    def closure(
        self, name: sp.Symbol, first: Sequence[sp.Symbol] = (), *, are_parts_split: bool = True
    ) -> Closure:
        """The time derivative of an observable, split into what closes and what leaks; as `written`."""
        polynomial = self.flow.along(self.meanings[name])
        return self.written(polynomial, first, are_parts_split=are_parts_split)

    def written(
        self, polynomial: Any, first: Sequence[sp.Symbol] = (), *, are_parts_split: bool = True
    ) -> Closure:
        """A polynomial of the states in the observables.

        Parameters
        ----------
        polynomial: in the flow's ring.
        first: observables that are better used than others, where there is a choice.
        are_parts_split: whether what closes is taken away from a part that doesn't close as a whole.
        """
        rate, leak, gave_up = self.ring.zero, self.flow.ring.zero, ""
        for grade, part in self._products.parts(polynomial):
            try:
                products = self._products.of_grade(grade, part)
            except TooManyProducts:
                leak += part
                gave_up = "too many products of observables"
                continue
            products.sort(key=lambda exponents: self._price(exponents, first))
            found = self._split(products, part, are_parts_split)
            rate, leak, gave_up = rate + found.rate, leak + found.leak, gave_up or found.gave_up
        return Closure(rate, leak, gave_up)

    def value(self, polynomial: Any) -> Any:
        """A polynomial of observables and constants in the states."""
        parts = (self._products.value(key) * factor for key, factor in polynomial.items())
        return sum(parts, self.flow.ring.zero)

    def _price(self, exponents: Exponents, first: Sequence[sp.Symbol]) -> tuple[int, int]:
        """How little a product is wanted: for observables that are not among the first, and for factors."""
        used = [name for name, power in zip(self.meanings, exponents, strict=False) if power]
        return sum(name not in first for name in used), sum(exponents)

    def _split(self, products: list[Exponents], part: Any, is_split: bool) -> Closure:
        weights = self._weights_at_points(products, part) if products else None
        if weights is not None:
            rate, rest = self._taken_away(products, weights, part)
            if not rest:
                return Closure(rate, rest)
        if not products or not is_split:
            return Closure(self.ring.zero, part)
        return self._outside(products, part)

    def _weights_at_points(self, products: list[Exponents], part: Any) -> Sequence[Any] | None:
        letters, count = len(self.flow.ring.gens), len(products) + SPARE
        factors = [dict(factor) for factor in self._products.factors]

        def equations(prime: int) -> tuple[Integers, Integers]:
            points = np.random.default_rng(prime).integers(1, prime, size=(letters, count))
            values = [values_at(factor, points, prime) for factor in factors]
            columns = [_product(values, exponents, prime) for exponents in products]
            return np.column_stack(columns), values_at(dict(part), points, prime)

        return rational_solution(equations)

    def _outside(self, products: list[Exponents], part: Any) -> Closure:
        """The part less the combination of products after which their largest monomials don't occur in it."""
        columns = [dict(self._products.value(exponents)) for exponents in products]
        monomials = sorted({key for column in (*columns, part) for key in column}, key=_largest_first)
        if len(monomials) * len(columns) > MAX_ENTRIES:
            return Closure(self.ring.zero, part, "too many terms in products of observables")
        _, leading = row_reduced(_coefficients(columns, monomials, PRIME).T.copy(), PRIME)
        chosen = [monomials[place] for place in leading]
        weights = rational_solution(partial(_equations, columns, dict(part), chosen))
        if weights is None:
            return Closure(self.ring.zero, part, "too many digits in a rate")
        return Closure(*self._taken_away(products, weights, part))

    def _taken_away(self, products: list[Exponents], weights: Sequence[Any], part: Any) -> tuple[Any, Any]:
        """A combination of products in the observables, and the part without it: an identity."""
        rate: dict[Exponents, Any] = {}
        rest = part
        for exponents, weight in zip(products, weights, strict=True):
            if weight:
                factor = sp.QQ(weight.numerator, weight.denominator)
                rate[exponents] = factor
                rest = rest - self._products.value(exponents) * factor
        return self.ring.from_dict(rate), rest


def _product(values: Sequence[Integers], exponents: Exponents, prime: int) -> Integers:
    product = np.ones_like(values[0])
    for value, power in zip(values, exponents, strict=True):
        for _ in range(power):
            product = product * value % prime
    return product


def _equations(
    columns: Sequence[Mapping[Any, Any]], part: Mapping[Any, Any], monomials: Sequence[Any], prime: int
) -> tuple[Integers, Integers]:
    both = _coefficients([*columns, part], monomials, prime)
    return both[:, :-1], both[:, -1]


def _coefficients(columns: Sequence[Mapping[Any, Any]], monomials: Sequence[Any], prime: int) -> Integers:
    """By monomial and column, modulo a prime."""
    places = {key: place for place, key in enumerate(monomials)}
    matrix = np.zeros((len(monomials), len(columns)), dtype=np.int64)
    for j, column in enumerate(columns):
        for key, value in column.items():
            if key in places:
                residue = int(value.numerator) * pow(int(value.denominator), -1, prime) % prime
                matrix[places[key], j] = residue
    return matrix


def _largest_first(exponents: Exponents) -> tuple[int, ...]:
    return tuple(-power for power in exponents)
