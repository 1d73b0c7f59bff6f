"""Linear systems over the rationals by residues: solved modulo primes below 2^31, and made rational."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from math import gcd, isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import prevprime

from odekit.systems.algebra.linear_algebra import PRIME

__all__ = ["Integers", "primes", "rational_solution", "row_reduced", "values_at"]

Integers = NDArray[np.int64]

# Coefficients of more digits than so many primes hold come from no formula that a person reads.
MAX_PRIMES = 120


def primes() -> Iterator[int]:
    """Primes below 2^31, the largest first, so that products of residues fit into 64 bits.

    >>> next(primes())
    2147483647
    """
    prime = PRIME
    for _ in range(MAX_PRIMES):
        yield prime
        prime = _before(prime)


@cache
def _before(prime: int) -> int:
    return int(prevprime(prime))


def row_reduced(matrix: Integers, prime: int) -> tuple[Integers, list[int]]:
    """The reduced row echelon form modulo a prime, without its zero rows, and its pivot columns.

    >>> row_reduced(np.array([[2, 4], [1, 2]]), 7)
    (array([[1, 2]]), [0])
    """
    rows = matrix % prime
    pivots: list[int] = []
    for column in range(rows.shape[1]):
        rank = len(pivots)
        below = np.flatnonzero(rows[rank:, column])
        if not len(below):
            continue
        rows[[rank, rank + below[0]]] = rows[[rank + below[0], rank]]
        rows[rank] = rows[rank] * pow(int(rows[rank, column]), -1, prime) % prime
        others = np.flatnonzero(rows[:, column])
        others = others[others != rank]
        rows[others] = (rows[others] - rows[others, column, None] * rows[rank]) % prime
        pivots.append(column)
        if len(pivots) == len(rows):
            break
    return rows[: len(pivots)], pivots


def values_at(terms: Mapping[tuple[int, ...], Any], points: Integers, prime: int) -> Integers:
    """A polynomial at points modulo a prime.

    Parameters
    ----------
    terms: coefficient, a rational number, by exponents.
    points: residues, (letter, point).

    Returns
    -------
    values: (point,).

    >>> values_at({(2, 0): Fraction(1, 2), (0, 1): Fraction(3)}, np.array([[4], [1]]), 101)
    array([11])
    """
    total: Integers = np.zeros(points.shape[1], dtype=np.int64)
    if not terms:
        return total
    exponents = np.array(list(terms), dtype=np.int64)
    factors = np.array([_residue(value, prime) for value in terms.values()], dtype=np.int64)
    products = np.repeat(factors[:, None], points.shape[1], axis=1)
    for letter, values in enumerate(points):
        used = np.flatnonzero(exponents[:, letter])
        if len(used):
            powers = _powers(values, int(exponents[:, letter].max()), prime)
            products[used] = products[used] * powers[exponents[used, letter]] % prime
    total = products.sum(axis=0) % prime
    return total


def _residue(value: Any, prime: int) -> int:
    return int(value.numerator) * pow(int(value.denominator), -1, prime) % prime


def _powers(values: Integers, most: int, prime: int) -> Integers:
    powers = np.ones((most + 1, len(values)), dtype=np.int64)
    for power in range(1, most + 1):
        powers[power] = powers[power - 1] * values % prime
    return powers


def rational_solution(equations: Callable[[int], tuple[Integers, Integers]]) -> list[Fraction] | None:
    """A rational x with A x = b, free entries 0, from its residues; None where there is none.

    It holds modulo one prime more than it was made from; whoever needs a proof puts it into the equations.

    Parameters
    ----------
    equations: A (equation, unknown) and b (equation,) modulo a prime.

    >>> rational_solution(lambda p: (np.array([[3, 6], [1, 2]]), np.array([1, pow(3, -1, p)])))
    [Fraction(1, 3), Fraction(0, 1)]
    """
    pivots: list[int] | None = None
    residues: list[int] = []
    modulus, guess = 1, None
    for prime in primes():
        matrix, right = equations(prime)
        columns = list(range(matrix.shape[1])) if pivots is None else pivots
        reduced, found = row_reduced(np.column_stack([matrix[:, columns], right]), prime)
        if found and found[-1] == len(columns):
            if pivots is None:
                return None
            continue
        if pivots is None:
            pivots, count = found, matrix.shape[1]
            residues = [0] * len(pivots)
        elif len(found) < len(pivots):
            continue
        new = [int(value) for value in reduced[:, -1]]
        if guess is not None and all(
            _residue(value, prime) == each for value, each in zip(guess, new, strict=True)
        ):
            values = dict(zip(pivots, guess, strict=True))
            return [values.get(place, Fraction(0)) for place in range(count)]
        residues, modulus = _combined(residues, modulus, new, prime)
        guess = _rationals(residues, modulus)
    return None


def _combined(residues: Sequence[int], modulus: int, new: Sequence[int], prime: int) -> tuple[list[int], int]:
    """Residues modulo the product, by the Chinese remainder theorem."""
    inverse = pow(modulus, -1, prime)
    both = [old + modulus * ((each - old) * inverse % prime) for old, each in zip(residues, new, strict=True)]
    return both, modulus * prime


def _rationals(residues: Sequence[int], modulus: int) -> list[Fraction] | None:
    found = []
    for residue in residues:
        value = _rational(residue, modulus)
        if value is None:
            return None
        found.append(value)
    return found


def _rational(residue: int, modulus: int) -> Fraction | None:
    """The fraction with numerator and denominator below the root of half the modulus, by Euclid."""
    bound = isqrt(modulus // 2)
    (before, after), (left, right) = (modulus, residue), (0, 1)
    while after > bound:
        quotient = before // after
        before, after = after, before - quotient * after
        left, right = right, left - quotient * right
    if not right or abs(right) > bound or gcd(after, right) != 1:
        return None
    return Fraction(after, right)
