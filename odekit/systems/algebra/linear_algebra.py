"""Linear algebra over the rationals and modulo a prime, for small matrices of integers.

Rank is decided modulo one large prime, null spaces exactly. Nothing here knows what the numbers mean.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

from sympy import QQ
from sympy.polys.matrices import DomainMatrix

__all__ = ["PRIME", "integer_relations", "null_space", "rank_modulo", "vanishing_combinations"]

PRIME = 2**31 - 1

Key = TypeVar("Key", bound=Hashable)
Entries = Mapping[int, Mapping[int, Fraction]]


def null_space(entries: Entries, rows: int, columns: int) -> list[list[Fraction]]:
    """Basis of the vectors that a sparse matrix takes to zero.

    Parameters
    ----------
    entries: the nonzero entries, by row and column.
    rows, columns: the matrix's shape.

    >>> null_space({0: {0: Fraction(1), 1: Fraction(-2)}}, 1, 2)
    [[Fraction(2, 1), Fraction(1, 1)]]
    """
    sparse: dict[int, dict[int, object]] = {}
    for i, row in entries.items():
        for j, value in row.items():
            if value:
                sparse.setdefault(i, {})[j] = QQ(value.numerator, value.denominator)
    basis = DomainMatrix(sparse, (rows, columns), QQ).nullspace()
    return [
        [Fraction(int(value.numerator), int(value.denominator)) for value in row] for row in basis.to_list()
    ]


def vanishing_combinations(columns: Sequence[Mapping[Key, Fraction]]) -> list[list[Fraction]]:
    """Basis of the coefficients with which sparse columns, keyed by anything hashable, add up to zero.

    >>> vanishing_combinations([{"x": Fraction(1)}, {"x": Fraction(-2)}])
    [[Fraction(2, 1), Fraction(1, 1)]]
    """
    entries: dict[Key, dict[int, Fraction]] = {}
    for j, column in enumerate(columns):
        for key, value in column.items():
            entries.setdefault(key, {})[j] = value
    return null_space(dict(enumerate(entries.values())), max(len(entries), 1), len(columns))


def rank_modulo(rows: Sequence[Sequence[int]]) -> int:
    """Rank of an integer matrix modulo 2^31 - 1.

    >>> rank_modulo([[1, 2], [2, 4]])
    1
    """
    remaining = [[value % PRIME for value in row] for row in rows]
    rank = 0
    for column in range(len(remaining[0]) if remaining else 0):
        pivot = next((row for row in remaining if row[column]), None)
        if pivot is None:
            continue
        remaining.remove(pivot)
        rank += 1
        inverse = pow(pivot[column], -1, PRIME)
        remaining = [
            [(a - row[column] * inverse * b) % PRIME for a, b in zip(row, pivot, strict=True)]
            for row in remaining
        ]
    return rank


def integer_relations(rows: Sequence[Sequence[int]]) -> list[list[int]]:
    """Basis of all integer vectors r with ``sum_i r_i rows[i] = 0``, by Euclid's algorithm on the rows.

    >>> integer_relations([[2], [4]])
    [[-2, 1]]
    """
    width = len(rows[0]) if rows else 0
    left = [[*row, *(int(i == j) for j in range(len(rows)))] for i, row in enumerate(rows)]
    for column in range(width):
        while len(active := sorted((r for r in left if r[column]), key=lambda r: abs(r[column]))) > 1:
            pivot = active[0]
            for row in active[1:]:
                quotient = row[column] // pivot[column]
                row[:] = [a - quotient * b for a, b in zip(row, pivot, strict=True)]
        left = [row for row in left if not row[column]]
    return [row[width:] for row in left]
