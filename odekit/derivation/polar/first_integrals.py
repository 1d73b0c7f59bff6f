"""First integrals, found: a polynomial ansatz and linear algebra over the rationals.

A polynomial P in the letters is conserved if the derivative along the field, sum_i f_i dP/dx_i, is the zero
polynomial: a linear system for P's coefficients. The ansatz is kept small in three ways. Letters that the
energy does not couple are treated apart. The field commutes with the phase rotations that leave the energy
alone, so only monomials that those rotations leave alone enter (the charge filter). And the degree ends at
six, or where the monomials become too many. Of what is found, the functionally independent ones are kept,
lowest degree first: those that raise the rank of the Jacobian at a random point.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import combinations_with_replacement
from math import comb, gcd, lcm
from operator import mul
from typing import Any

from odekit.derivation.modes import ModeSet
from odekit.systems.algebra import (
    PRIME,
    Poly,
    add,
    differentiate,
    integer_relations,
    multiply,
    rank_modulo,
    vanishing_combinations,
)

__all__ = ["find_first_integrals", "grade"]

MAX_DEGREE = 6
MAX_MONOMIALS = 6_000
MAX_UNKNOWNS = 500
Exponents = tuple[int, ...]


def find_first_integrals(
    modes: ModeSet[Any],
    energy: Poly,
    letter_field: Sequence[Poly],
    resting: Sequence[tuple[int, int]] = (),
    grading: Sequence[Fraction] = (),
) -> tuple[Poly, ...]:
    """Functionally independent polynomial first integrals, each equal to plus or minus its conjugate.

    Parameters
    ----------
    modes: names the letters' conjugates and phases.
    energy: whose rotations filter the ansatz.
    letter_field: time derivative of every letter.
    resting: letter and conjugate of the modes whose phase is conserved; functions of those phases count as
        known, so that no polynomial is listed that depends on them.
    grading: a degree for every letter; where given, each integral is homogeneous in it.

    Returns
    -------
    integrals: lowest degree first, with integer coefficients without a common factor.
    """
    ansatz = _Ansatz(modes, energy, grading)
    rank = _Rank(modes.letters, resting)
    found: list[Poly] = []
    for letters in _coupled(modes, energy):
        is_moving = any(letter_field[index] for index in letters)
        known = sum(letter in letters for letter, _ in resting)
        found += _search(letters, len(letters) - is_moving - known, ansatz, letter_field, rank)
    return tuple(_primitive(polynomial) for polynomial in sorted(found, key=_degree))


def _search(
    letters: Sequence[int], most: int, ansatz: _Ansatz, letter_field: Sequence[Poly], rank: _Rank
) -> Iterator[Poly]:
    """Independent integrals in letters that are coupled to one another, at most so many as there can be."""
    wanted = rank.count + most
    is_homogeneous = len({sum(key) for index in letters for key in letter_field[index]}) <= 1
    monomials: list[Exponents] = []
    for degree in range(1, MAX_DEGREE + 1):
        if rank.count >= wanted or comb(len(letters) + degree - 1, degree) > MAX_MONOMIALS:
            return
        level = list(ansatz.monomials(letters, degree))
        monomials = level if is_homogeneous else monomials + level
        if len(monomials) > MAX_UNKNOWNS:
            return
        for alike in ansatz.graded(monomials):
            for candidate in _conserved(alike, letter_field):
                yield from (part for part in ansatz.real_parts(candidate) if rank.grows_by(part))


def _coupled(modes: ModeSet[Any], energy: Poly) -> list[list[int]]:
    """The letters in classes: those of one mode, and those that share a monomial of the energy."""
    classes: list[set[int]] = []
    pairs = [{mode.letter, mode.conjugate} for mode in modes.modes]
    for group in [*pairs, *({i for i, power in enumerate(key) if power} for key in energy)]:
        touched = [known for known in classes if known & group]
        classes = [known for known in classes if not known & group]
        classes.append(group.union(*touched))
    return [sorted(group) for group in sorted(classes, key=min)]


class _Ansatz:
    """The monomials that the energy's rotations leave alone."""

    def __init__(self, modes: ModeSet[Any], energy: Poly, grading: Sequence[Fraction]) -> None:
        self._modes = modes
        self._energy = energy
        self._grading = grading or (Fraction(0),) * modes.letters

    def monomials(self, letters: Sequence[int], degree: int) -> Iterator[Exponents]:
        """All of one degree in some of the letters."""
        for chosen in combinations_with_replacement(letters, degree):
            exponents = [0] * self._modes.letters
            for index in chosen:
                exponents[index] += 1
            if self._is_neutral(exponents):
                yield tuple(exponents)

    def graded(self, monomials: Iterable[Exponents]) -> Iterable[list[Exponents]]:
        """The monomials apart by their degree in the grading."""
        alike: dict[Fraction, list[Exponents]] = {}
        for exponents in monomials:
            alike.setdefault(grade(self._grading, exponents), []).append(exponents)
        return alike.values()

    def real_parts(self, polynomial: Poly) -> Iterator[Poly]:
        """Sum and difference with the conjugate: real, and purely imaginary."""
        conjugate = {self._modes.conjugate_exponents(key): value for key, value in polynomial.items()}
        yield from (part for sign in (1, -1) if (part := add([(1, polynomial), (sign, conjugate)])))

    def _is_neutral(self, exponents: Sequence[int]) -> bool:
        """Whether every rotation that leaves the energy alone leaves the monomial alone."""
        charge = self._charge(exponents)
        return not any(sum(map(mul, rotation, charge)) for rotation in self._rotations)

    @cached_property
    def _rotations(self) -> list[list[int]]:
        """Angles by mode, up to a common factor, of the rotations that leave the energy alone."""
        charges = [self._charge(key) for key in self._energy]
        by_mode = [[charge[i] for charge in charges] for i in range(len(self._modes.modes))]
        return integer_relations(by_mode)

    def _charge(self, exponents: Sequence[int]) -> list[int]:
        return [exponents[mode.letter] - exponents[mode.conjugate] for mode in self._modes.modes]


def _conserved(monomials: Sequence[Exponents], letter_field: Sequence[Poly]) -> Iterator[Poly]:
    """A basis of the conserved combinations of ``monomials``."""
    if not monomials:
        return
    rates = [_along_field({monomial: Fraction(1)}, letter_field) for monomial in monomials]
    for vector in vanishing_combinations(rates):
        yield {monomial: value for monomial, value in zip(monomials, vector, strict=True) if value}


def _along_field(polynomial: Poly, letter_field: Sequence[Poly]) -> Poly:
    """Time derivative of a polynomial."""
    return add((1, multiply(differentiate(polynomial, i), f)) for i, f in enumerate(letter_field))


def grade(grading: Sequence[Fraction], exponents: Exponents) -> Fraction:
    """Degree of a monomial in a grading."""
    return sum(map(mul, grading, exponents), Fraction(0))


def _degree(polynomial: Poly) -> int:
    return max(map(sum, polynomial))


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

    @property
    def count(self) -> int:
        """How many independent functions are known."""
        return len(self._rows)

    def grows_by(self, polynomial: Poly) -> bool:
        """Take the function in if it is functionally independent of those before."""
        gradient = [self._value(differentiate(polynomial, i)) for i in range(len(self._point))]
        grows = rank_modulo([*self._rows, gradient]) > len(self._rows)
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
