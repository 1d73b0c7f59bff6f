"""First integrals, found: a polynomial ansatz and linear algebra over the rationals.

A polynomial P in the letters is conserved if the derivative along the field, sum_i f_i dP/dx_i, is the zero
polynomial: a linear system for P's coefficients. The field commutes with the phase rotations that leave the
energy alone, so the ansatz is restricted to monomials that those rotations leave alone too (the charge
filter), which keeps the systems small. Of what is found, the functionally independent ones are kept, lowest
degree first: those that raise the rank of the Jacobian at a random point.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations_with_replacement
from math import gcd, lcm
from typing import Any

from sympy import QQ
from sympy.polys.matrices import DomainMatrix

from odekit.derivation.modes import ModeSet
from odekit.derivation.polynomials import Poly, add, differentiate, multiply

__all__ = ["find_first_integrals"]

MAX_DEGREE = 6
MAX_MONOMIALS = 4000
PRIME = 2**31 - 1
Exponents = tuple[int, ...]


def find_first_integrals(
    modes: ModeSet[Any], energy: Poly, letter_field: Sequence[Poly], resting: Sequence[tuple[int, int]] = ()
) -> tuple[Poly, ...]:
    """Functionally independent polynomial first integrals, each equal to plus or minus its conjugate.

    Parameters
    ----------
    modes: names the letters' conjugates and phases.
    energy: whose rotations filter the ansatz.
    letter_field: time derivative of every letter.
    resting: letter and conjugate of the modes whose phase is conserved; functions of those phases count as
        known, so that no polynomial is listed that depends on them.
    """
    found: list[Poly] = []
    rank = _Rank(modes.letters, resting)
    homogeneous = len({sum(key) for polynomial in letter_field for key in polynomial}) <= 1
    monomials: list[Exponents] = []
    for degree in range(1, MAX_DEGREE + 1):
        level = [m for m in _monomials(modes.letters, degree) if _is_neutral(m, modes, energy)]
        monomials = level if homogeneous else monomials + level
        if len(monomials) > MAX_MONOMIALS or rank.is_full(modes.letters - 1):
            break
        for candidate in _conserved(monomials, letter_field):
            found += [part for part in _real_parts(candidate, modes) if rank.grows_by(part)]
    return tuple(_primitive(polynomial) for polynomial in found)


def _monomials(letters: int, degree: int) -> Iterator[Exponents]:
    for chosen in combinations_with_replacement(range(letters), degree):
        yield tuple(chosen.count(i) for i in range(letters))


def _charge(exponents: Exponents, modes: ModeSet[Any]) -> list[int]:
    return [exponents[mode.letter] - exponents[mode.conjugate] for mode in modes.modes]


def _is_neutral(exponents: Exponents, modes: ModeSet[Any], energy: Poly) -> bool:
    """Whether the monomial's charge is a combination of the energy's charges."""
    charges = [_charge(key, modes) for key in energy]
    return _rational_rank([*charges, _charge(exponents, modes)]) == _rational_rank(charges)


def _rational_rank(rows: Sequence[Sequence[int]]) -> int:
    return _rank_modulo([[value % PRIME for value in row] for row in rows])


def _conserved(monomials: Sequence[Exponents], letter_field: Sequence[Poly]) -> Iterator[Poly]:
    """A basis of the conserved combinations of ``monomials``."""
    if not monomials:
        return
    columns = [_along_field({monomial: Fraction(1)}, letter_field) for monomial in monomials]
    rows = {key: index for index, key in enumerate(dict.fromkeys(key for c in columns for key in c))}
    entries: dict[int, dict[int, object]] = {}
    for j, column in enumerate(columns):
        for key, value in column.items():
            entries.setdefault(rows[key], {})[j] = QQ(value.numerator, value.denominator)
    matrix = DomainMatrix(entries, (len(rows), len(monomials)), QQ)
    for vector in matrix.nullspace().to_Matrix().tolist():
        yield {
            monomial: Fraction(int(value.p), int(value.q))
            for monomial, value in zip(monomials, vector, strict=True)
            if value
        }


def _along_field(polynomial: Poly, letter_field: Sequence[Poly]) -> Poly:
    return add((1, multiply(differentiate(polynomial, i), f)) for i, f in enumerate(letter_field))


def _real_parts(polynomial: Poly, modes: ModeSet[Any]) -> Iterator[Poly]:
    """Sum and difference with the conjugate: real, and purely imaginary."""
    conjugate = {modes.conjugate_exponents(key): value for key, value in polynomial.items()}
    yield from (part for sign in (1, -1) if (part := add([(1, polynomial), (sign, conjugate)])))


def _primitive(polynomial: Poly) -> Poly:
    """Integer coefficients without a common factor, the leading one positive."""
    denominator = lcm(*(value.denominator for value in polynomial.values()))
    common = gcd(*(int(value * denominator) for value in polynomial.values()))
    scale = Fraction(denominator, common) * (1 if polynomial[max(polynomial)] > 0 else -1)
    return {key: value * scale for key, value in polynomial.items()}


class _Rank:
    """Rank of the Jacobian of a growing set of functions, at one random point modulo a prime."""

    def __init__(self, letters: int, resting: Iterable[tuple[int, int]]) -> None:
        self._point = [pow(48271, i + 5, PRIME) for i in range(letters)]
        self._rows = [self._phase_gradient(*pair) for pair in resting]

    def _phase_gradient(self, letter: int, conjugate: int) -> list[int]:
        """Gradient of log(w/conj(w)), which is twice the phase times i."""
        row = [0] * len(self._point)
        row[letter] = pow(self._point[letter], -1, PRIME)
        row[conjugate] = -pow(self._point[conjugate], -1, PRIME) % PRIME
        return row

    def is_full(self, rank: int) -> bool:
        return len(self._rows) >= rank

    def grows_by(self, polynomial: Poly) -> bool:
        """Take the function in if it is functionally independent of those before."""
        gradient = [self._value(differentiate(polynomial, i)) for i in range(len(self._point))]
        grows = _rank_modulo([*self._rows, gradient]) > len(self._rows)
        if grows:
            self._rows.append(gradient)
        return grows

    def _value(self, polynomial: Poly) -> int:
        total = 0
        for exponents, coefficient in polynomial.items():
            term = coefficient.numerator * pow(coefficient.denominator, -1, PRIME)
            for value, power in zip(self._point, exponents, strict=True):
                term = term * pow(value, power, PRIME) % PRIME
            total += term
        return total % PRIME


def _rank_modulo(rows: Sequence[Sequence[int]]) -> int:
    remaining = [list(row) for row in rows]
    rank = 0
    for column in range(len(remaining[0]) if remaining else 0):
        pivot = next((row for row in remaining if row[column] % PRIME), None)
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
