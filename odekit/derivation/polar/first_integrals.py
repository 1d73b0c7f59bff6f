"""First integrals of complex modes, sought among the monomials that the energy's rotations leave alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import combinations_with_replacement
from math import comb
from operator import mul
from typing import Any

from odekit.derivation.modes import ModeSet
from odekit.systems.algebra import PRIME, Exponents, Poly, add, integer_relations
from odekit.systems.integrals import (
    Independence,
    along_field,
    by_grade,
    conserved_combinations,
    independent_integrals,
    random_point,
)

__all__ = ["find_first_integrals"]

# Monomials and the linear system in them grow steeply with the degree; beyond this a search takes long.
MAX_DEGREE = 6
MAX_MONOMIALS = 6_000
MAX_UNKNOWNS = 500


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
    independence = _known(modes.letters, resting)

    def conserved(monomials: Sequence[Exponents]) -> Iterator[Poly]:
        for found in conserved_combinations(
            monomials, lambda key: along_field({key: Fraction(1)}, letter_field)
        ):
            yield from ansatz.real_parts(found)

    integrals: list[Poly] = []
    for letters in _coupled(modes, energy):
        is_moving = any(letter_field[index] for index in letters)
        known = sum(letter in letters for letter, _ in resting)
        levels = _levels(letters, ansatz, letter_field)
        integrals += independent_integrals(levels, conserved, independence, len(letters) - is_moving - known)
    return tuple(sorted(integrals, key=lambda polynomial: max(map(sum, polynomial))))


def _levels(
    letters: Sequence[int], ansatz: _Ansatz, field: Sequence[Poly]
) -> Iterator[list[list[Exponents]]]:
    """By degree, the neutral monomials in letters that are coupled to one another, apart by their grade."""
    is_homogeneous = len({sum(key) for index in letters for key in field[index]}) <= 1
    monomials: list[Exponents] = []
    for degree in range(1, MAX_DEGREE + 1):
        if comb(len(letters) + degree - 1, degree) > MAX_MONOMIALS:
            return
        level = list(ansatz.monomials(letters, degree))
        monomials = level if is_homogeneous else monomials + level
        if len(monomials) > MAX_UNKNOWNS:
            return
        yield by_grade(monomials, [ansatz.grading])


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
        self.grading = grading or (Fraction(0),) * modes.letters

    def monomials(self, letters: Sequence[int], degree: int) -> Iterator[Exponents]:
        """All of one degree in some of the letters."""
        for chosen in combinations_with_replacement(letters, degree):
            exponents = [0] * self._modes.letters
            for index in chosen:
                exponents[index] += 1
            if self._is_neutral(exponents):
                yield tuple(exponents)

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


def _known(letters: int, resting: Iterable[tuple[int, int]]) -> Independence:
    """Independence at one point, where the resting phases count as known."""
    point = random_point(letters)
    return Independence(point, known=[_phase_gradient(point, *pair) for pair in resting])


def _phase_gradient(point: Sequence[int], letter: int, conjugate: int) -> list[int]:
    """Gradient of log(w/conj(w)), which is twice the phase times i, modulo the prime."""
    row = [0] * len(point)
    row[letter] = pow(point[letter], -1, PRIME)
    row[conjugate] = -pow(point[conjugate], -1, PRIME) % PRIME
    return row
