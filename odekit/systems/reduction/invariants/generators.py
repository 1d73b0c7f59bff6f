"""Polynomials that the symmetries of an energy keep: Gram entries, moments, and those of higher degree.

They are looked for degree by degree. A rotation mixes the states of a block alone, so an invariant can be
taken homogeneous in each block; one that is a combination of products of lower ones is left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, product
from typing import Any

import numpy as np

from odekit.systems.algebra import PRIME, Integers, row_reduced, values_at
from odekit.systems.reduction.invariants.over_constants import added, vanishing_over_constants
from odekit.systems.reduction.invariants.symmetries import Symmetries

__all__ = ["Invariants", "Symmetries"]

# Of one linear system for invariants; it takes seconds for so many.
MAX_MONOMIALS = 500

Exponents = tuple[int, ...]


@dataclass(frozen=True)
class Invariants:
    """Generators of the polynomials that are invariant under symmetries.

    Parameters
    ----------
    symmetries: rotations, or permutations where there are no rotations.
    is_reflected: whether the permutations within the blocks of the rotations count too.
    """

    symmetries: Symmetries
    is_reflected: bool

    def of_degree(self, degree: int, lower: Sequence[Any]) -> Iterator[Any]:
        """Generators of a degree in the states, beside products of those that are given.

        Classes of more than 500 monomials are left out.
        """
        for grade in _compositions(degree, len(self.symmetries.blocks)):
            monomials = list(self._monomials(grade))
            if len(monomials) <= MAX_MONOMIALS:
                yield from self._new(monomials, grade, lower)

    def _monomials(self, grade: Exponents) -> Iterator[Exponents]:
        chosen = (
            combinations_with_replacement(block, count)
            for block, count in zip(self.symmetries.blocks, grade, strict=True)
        )
        letters = range(self.symmetries.flow.count)
        for picks in product(*chosen):
            places = [place for pick in picks for place in pick]
            exponents = tuple(places.count(place) for place in letters)
            if self.symmetries.is_even(exponents):
                yield exponents

    def _new(self, monomials: Sequence[Exponents], grade: Exponents, lower: Sequence[Any]) -> Iterator[Any]:
        """Invariants made of the monomials, beside the products of lower ones; moments and norms first."""
        candidates = [*self._moments(monomials), *self._norm(grade), *self._kept(monomials)]
        for invariant in self._independent(candidates, grade, lower):
            whole = invariant.primitive()[1]
            yield whole if whole.LC > 0 else -whole

    def _moments(self, monomials: Sequence[Exponents]) -> Iterator[Any]:
        """Sums of the monomials that permutations make of one, as far as all symmetries keep them."""
        left = dict.fromkeys(monomials)
        while left:
            orbit = self.symmetries.orbit(next(iter(left)))
            is_here = all(monomial in left for monomial in orbit)
            if is_here and not added([self.symmetries.changes(one, self.is_reflected) for one in orbit]):
                yield sum(map(self._letter, orbit), self.symmetries.flow.ring.zero)
            for monomial in orbit:
                left.pop(monomial, None)

    def _letter(self, exponents: Exponents) -> Any:
        flow = self.symmetries.flow
        return flow.ring.from_dict({(*exponents, *[0] * len(flow.constants)): 1})

    def _norm(self, grade: Exponents) -> Iterator[Any]:
        """The squared length of a block, which every rotation keeps."""
        if max(grade) == sum(grade) == 2 and self.symmetries.rotations:
            block = self.symmetries.blocks[grade.index(2)]
            ring = self.symmetries.flow.ring
            yield sum((self.symmetries.metric[i] * ring.gens[i] ** 2 for i in block), ring.zero)

    def _kept(self, monomials: Sequence[Exponents]) -> Iterator[Any]:
        """A basis of all that the symmetries keep; of permutations alone that is the moments."""
        if not self.symmetries.rotations:
            return
        flow = self.symmetries.flow
        columns = [self.symmetries.changes(key, self.is_reflected) for key in monomials]
        for vector in vanishing_over_constants(flow, columns):
            parts = (w * self._letter(key) for w, key in zip(vector, monomials, strict=True) if w)
            yield sum(parts, flow.ring.zero)

    def _independent(
        self, candidates: Sequence[Any], grade: Exponents, lower: Sequence[Any]
    ) -> Iterator[Any]:
        """The candidates that are no combination, over the constants, of products and of those before."""
        if not candidates:
            return
        flow = self.symmetries.flow
        products = list(self._products(grade, lower))
        size = (len(flow.ring.gens), len(products) + len(candidates) + 10)
        points = np.random.default_rng(1).integers(1, PRIME, size=size)
        points[flow.count :] = points[flow.count :, :1]
        used = {place: values_at(dict(lower[place]), points, PRIME) for place in {*sum(products, ())}}
        known = [_multiplied([used[place] for place in places], size[1]) for places in products]
        values = [values_at(dict(polynomial), points, PRIME) for polynomial in candidates]
        _, pivots = row_reduced(np.column_stack([*known, *values]), PRIME)
        yield from (candidates[place - len(known)] for place in pivots if place >= len(known))

    def _products(self, grade: Exponents, lower: Sequence[Any]) -> Iterator[tuple[int, ...]]:
        """Places of polynomials whose degrees in the blocks add up to the grade."""
        grades = [self._grade(polynomial) for polynomial in lower]

        def extended(left: Exponents, places: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
            if not any(left):
                yield places
                return
            for other in range(places[-1] if places else 0, len(lower)):
                rest = tuple(a - b for a, b in zip(left, grades[other], strict=True))
                if min(rest) >= 0:
                    yield from extended(rest, (*places, other))

        return extended(grade, ())

    def _grade(self, polynomial: Any) -> Exponents:
        key = next(iter(polynomial))
        return tuple(sum(key[place] for place in block) for block in self.symmetries.blocks)


def _multiplied(values: Sequence[Integers], count: int) -> Integers:
    total = np.ones(count, dtype=np.int64)
    for value in values:
        total = total * value % PRIME
    return total


def _compositions(total: int, parts: int) -> Iterator[Exponents]:
    """All ways to write a number as a sum of so many numbers from 0."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total, -1, -1):
        for rest in _compositions(total - first, parts - 1):
            yield (first, *rest)
