"""The fewest combinations of observables on which an energy and its flow depend.

A polynomial F(I) depends on the combinations that its gradient's coefficients span. Those of the energy are
taken, and again those of their rates, until there are no more. They form a system of their own.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sympy as sp
from sympy import QQ
from sympy.polys.matrices import DomainMatrix

__all__ = ["combination", "fewest_combinations", "in_combinations"]

Row = list[Any]


def fewest_combinations(function: Any, rates: Mapping[sp.Symbol, Any]) -> list[Row]:
    """Coefficients, in echelon form, of the combinations of observables that a function needs, and its flow.

    Parameters
    ----------
    function: a polynomial of observables and constants.
    rates: of each observable, in the same ring, whose first letters they are.
    """
    names = list(rates)
    basis = _echelon(_gradients(function, len(names)))
    while True:
        combined = [combination(row, list(rates.values())) for row in basis]
        larger = _echelon([*basis, *(row for rate in combined for row in _gradients(rate, len(names)))])
        if len(larger) == len(basis):
            return basis
        basis = larger


def in_combinations(polynomials: Iterable[Any], basis: Sequence[Row], ring: Any, constants: int) -> list[Any]:
    """Polynomials of observables that depend on the combinations alone, in a ring of the combinations.

    Each observable that leads a combination is it, where all the others are 0.
    """
    leading = [next(place for place, value in enumerate(row) if value) for row in basis]
    found = []
    for polynomial in polynomials:
        terms: dict[tuple[int, ...], Any] = {}
        for key, value in polynomial.items():
            observables = key[: len(key) - constants]
            kept = tuple(observables[place] for place in leading)
            if sum(kept) == sum(observables):
                terms[(*kept, *key[len(key) - constants :])] = value
        found.append(ring.from_dict(terms))
    return found


def _gradients(polynomial: Any, count: int) -> list[Row]:
    """Coefficients of the gradient by the observables, one row for each monomial."""
    rows: dict[tuple[int, ...], Row] = {}
    for key, value in polynomial.items():
        for place in range(count):
            if key[place]:
                lowered = tuple(e - (i == place) for i, e in enumerate(key))
                rows.setdefault(lowered, [QQ(0)] * count)[place] += value * key[place]
    return list(rows.values())


def combination(row: Row, polynomials: Sequence[Any]) -> Any:
    """The sum of polynomials, at least one, with these weights."""
    parts = (polynomial * weight for weight, polynomial in zip(row, polynomials, strict=True) if weight)
    return sum(parts, polynomials[0].ring.zero)


def _echelon(rows: Sequence[Row]) -> list[Row]:
    unique = list({tuple(row): row for row in rows}.values())
    if not unique:
        return []
    reduced, pivots = DomainMatrix(unique, (len(unique), len(unique[0])), QQ).rref()
    found: list[Row] = reduced.to_list()[: len(pivots)]
    return found
