"""Linear algebra by SymPy's domain matrices: null spaces exactly, ranks modulo one large prime."""

from collections.abc import Hashable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeVar

import sympy as sp
from sympy import GF, QQ
from sympy.polys.matrices import DomainMatrix

__all__ = [
    "PRIME",
    "entangled",
    "integer_relations",
    "null_space",
    "rank_modulo",
    "smooth_jacobian",
    "vanishing_combinations",
]

# Products of residues fit into 64 bits, and a random point is a false zero with a chance near 1/PRIME.
PRIME = 2**31 - 1

Key = TypeVar("Key", bound=Hashable)
Entries = Mapping[int, Mapping[int, Any]]


def null_space(entries: Entries, rows: int, columns: int, domain: Any = QQ) -> list[list[Any]]:
    """Basis of the vectors that a sparse matrix takes to zero.

    Parameters
    ----------
    entries: the nonzero entries, by row and column: fractions, or elements of the domain.
    rows, columns: the matrix's shape.
    domain: SymPy's domain of the entries.

    Returns
    -------
    basis: fractions over the rationals, else elements of the domain.

    >>> null_space({0: {0: Fraction(1), 1: Fraction(-2)}}, 1, 2)
    [[Fraction(2, 1), Fraction(1, 1)]]
    """
    is_rational = domain is QQ
    sparse: dict[int, dict[int, Any]] = {}
    for i, row in entries.items():
        for j, value in row.items():
            if value:
                entry = QQ(value.numerator, value.denominator) if is_rational else value
                sparse.setdefault(i, {})[j] = entry
    basis: list[list[Any]] = DomainMatrix(sparse, (rows, columns), domain).nullspace().to_list()
    if not is_rational:
        return basis
    return [[Fraction(int(value.numerator), int(value.denominator)) for value in row] for row in basis]


def entangled(columns: Sequence[Mapping[Key, Any]]) -> list[int]:
    """Places of the columns that may belong to a combination that adds up to zero.

    A column that alone has an entry at some key belongs to none; without it others may be alone.

    >>> entangled([{"x": 1, "y": 1}, {"x": 1, "z": 1}, {"z": 1}, {"u": 2}, {"u": 1}])
    [3, 4]
    """
    holders: dict[Key, set[int]] = {}
    for place, column in enumerate(columns):
        for key, value in column.items():
            if value:
                holders.setdefault(key, set()).add(place)
    left = set(range(len(columns)))
    alone = [key for key, places in holders.items() if len(places) == 1]
    while alone:
        for place in holders[alone.pop()] & left:
            left.discard(place)
            for key in columns[place]:
                if key in holders:
                    holders[key].discard(place)
                    if len(holders[key]) == 1:
                        alone.append(key)
    return sorted(left)


def vanishing_combinations(columns: Sequence[Mapping[Key, Any]], domain: Any = QQ) -> list[list[Any]]:
    """Basis of the coefficients with which sparse columns, keyed by anything hashable, add up to zero.

    Parameters and result as of `null_space`.

    >>> vanishing_combinations([{"x": Fraction(1)}, {"x": Fraction(-2)}])
    [[Fraction(2, 1), Fraction(1, 1)]]
    """
    entries: dict[Key, dict[int, Any]] = {}
    for j, column in enumerate(columns):
        for key, value in column.items():
            entries.setdefault(key, {})[j] = value
    return null_space(dict(enumerate(entries.values())), max(len(entries), 1), len(columns), domain)


def rank_modulo(rows: Sequence[Sequence[int]]) -> int:
    """Rank of an integer matrix modulo 2^31 - 1.

    >>> rank_modulo([[1, 2], [2, 4]])
    1
    """
    if not rows:
        return 0
    field = GF(PRIME)
    return int(DomainMatrix([list(map(field, row)) for row in rows], (len(rows), len(rows[0])), field).rank())


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


def smooth_jacobian(functions: sp.Matrix, states: Sequence[sp.Symbol]) -> sp.Matrix:
    """Derivatives of formulas (a column) by the states, apart from the places where a step jumps."""
    return functions.jacobian(list(states)).replace(sp.DiracDelta, lambda *_: sp.S.Zero)
