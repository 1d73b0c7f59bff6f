"""Linear algebra over the constants of a flow: coefficients that are polynomials of the parameters."""

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import sympy as sp

from odekit.systems.algebra import PRIME, row_reduced, values_at, vanishing_combinations
from odekit.systems.reduction.polynomial_flow import PolynomialFlow

__all__ = ["Column", "added", "by_states", "vanishing_over_constants"]

# By anything that names a row: coefficients by the exponents of the constants.
Column = dict[Hashable, dict[tuple[int, ...], Any]]


def by_states(flow: PolynomialFlow, polynomial: Any) -> Column:
    """A polynomial as a column, with a row for each monomial of the states."""
    column: Column = {}
    for key, value in polynomial.items():
        column.setdefault(key[: flow.count], {})[key[flow.count :]] = value
    return column


def added(columns: Sequence[Column]) -> Column:
    """The sum of columns, without rows that vanish."""
    total: Column = {}
    for column in columns:
        for row, part in column.items():
            entries = total.setdefault(row, {})
            for key, value in part.items():
                entries[key] = entries.get(key, sp.QQ(0)) + value
    kept = {row: {key: v for key, v in part.items() if v} for row, part in total.items()}
    return {row: part for row, part in kept.items() if part}


def vanishing_over_constants(flow: PolynomialFlow, columns: Sequence[Column]) -> list[list[Any]]:
    """Basis of the coefficients, polynomials of the constants, with which columns add up to zero.

    They are numbers where numbers do it for all values of the constants.
    """
    if not columns:
        return []
    flat = [
        {(row, key): value for row, part in column.items() for key, value in part.items()}
        for column in columns
    ]
    basis = vanishing_combinations(flat, sp.QQ)
    has_constants = any(any(key) for column in flat for _, key in column)
    if not has_constants or len(basis) == _nullity(flow, columns):
        return [[flow.ring.ground_new(sp.QQ(v.numerator, v.denominator)) for v in vector] for vector in basis]
    field = sp.QQ.frac_field(*flow.constants)
    entries = [
        {row: field.field(field.field.ring.from_dict(part)) for row, part in column.items()}
        for column in columns
    ]
    return [_cleared(flow, vector) for vector in vanishing_combinations(entries, field)]


def _nullity(flow: PolynomialFlow, columns: Sequence[Column]) -> int:
    """How many combinations vanish at random values of the constants modulo a prime."""
    constants = np.random.default_rng(0).integers(1, PRIME, size=(len(flow.constants), 1))
    places = {row: place for place, row in enumerate({row: None for column in columns for row in column})}
    matrix = np.zeros((max(len(places), 1), len(columns)), dtype=np.int64)
    for j, column in enumerate(columns):
        for row, part in column.items():
            matrix[places[row], j] = values_at(part, constants, PRIME)[0]
    return len(columns) - len(row_reduced(matrix, PRIME)[1])


def _cleared(flow: PolynomialFlow, vector: Sequence[Any]) -> list[Any]:
    """Elements of the field of fractions without denominators and common factors, in the flow's ring."""
    common = vector[0].denom
    for value in vector[1:]:
        common = common.lcm(value.denom)
    whole = [value.numer * common.exquo(value.denom) for value in vector]
    divisor = whole[0]
    for value in whole[1:]:
        divisor = divisor.gcd(value)
    no_states = (0,) * flow.count
    return [
        flow.ring.from_dict({(*no_states, *key): v for key, v in value.exquo(divisor).items()})
        for value in whole
    ]
