"""Exact matrices of irreps: those that are induced from a character of a subgroup.

A monomial matrix has one root of unity in each row and column: a permutation, and integers modulo the
exponent. Source: Serre, Linear Representations of Finite Groups, section 3.3 (induction).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from odekit.arrays import ComplexArray
from odekit.groups import FiniteGroup, from_table

__all__ = ["MonomialIrrep", "monomial_irreps"]

IntArray = NDArray[Any]

# The search closes up to n^2/2 pairs of generators, which takes long beyond this.
LARGEST_ORDER = 128
# Far above rounding, and below the distance between different characters.
_CLOSE = 1e-6


@dataclass(frozen=True, eq=False)
class MonomialIrrep:
    """Matrices rho(g) with ``rho(g) e_j = z^exponent[g, j] e_place[g, j]``, z = exp(2 pi i / root).

    Parameters
    ----------
    place: (..., d) integers, a permutation in each row.
    exponent: (..., d) integers modulo ``root``.
    root: order of z, the group's exponent.
    """

    place: IntArray
    exponent: IntArray
    root: int

    def __getitem__(self, elements: Any) -> MonomialIrrep:
        """The matrices of some elements."""
        return MonomialIrrep(self.place[elements], self.exponent[elements], self.root)

    def __matmul__(self, other: MonomialIrrep) -> MonomialIrrep:
        """Products, exact."""
        place, theirs = np.broadcast_arrays(self.place, other.place)
        exponent, added = np.broadcast_arrays(self.exponent, other.exponent)
        combined = added + np.take_along_axis(exponent, theirs, axis=-1)
        return MonomialIrrep(np.take_along_axis(place, theirs, axis=-1), combined % self.root, self.root)

    @property
    def adjoint(self) -> MonomialIrrep:
        """Adjoints, which are the inverses, exact."""
        back = np.argsort(self.place, axis=-1)
        return MonomialIrrep(back, -np.take_along_axis(self.exponent, back, axis=-1) % self.root, self.root)

    @property
    def numbers(self) -> IntArray:
        """(..., 2 d) integers that tell the matrices apart: equal if and only if the matrices are."""
        return np.concatenate([self.place, self.exponent], axis=-1)

    @property
    def character(self) -> ComplexArray:
        """Traces."""
        fixed = self.place == np.arange(self.place.shape[-1])
        return np.asarray((fixed * np.exp(2j * np.pi / self.root * self.exponent)).sum(axis=-1))

    def is_homomorphism(self, group: FiniteGroup) -> bool:
        """Whether rho(g) rho(h) = rho(g h), exactly."""
        product = self[:, None] @ self[None, :]
        return bool(np.array_equal(product.numbers, self[group.table].numbers))


@lru_cache(maxsize=16)
def monomial_irreps(group: FiniteGroup) -> tuple[MonomialIrrep, ...] | None:
    """Exact matrices of every irrep, in the order of ``group.irreps``; None where one of them has none.

    Each is a homomorphism exactly, and equivalent to the group's own: the characters agree to 1e-6, while
    different characters of a group are apart by more than that somewhere.

    >>> from odekit.groups import group
    >>> [len(rho.place[0]) for rho in monomial_irreps(group("A4"))], monomial_irreps(group("A5"))
    ([1, 1, 1, 3], None)
    """
    if group.order > LARGEST_ORDER:
        return None
    found = []
    subgroups = _Subgroups(group)
    for irrep in group.irreps:
        matrices = _monomial(group, subgroups, np.asarray(irrep.character), irrep.dimension)
        if matrices is None or not matrices.is_homomorphism(group):
            return None
        found.append(matrices)
    return tuple(found)


class _Subgroups:
    """Subgroups with one or two generators, found as they are asked for."""

    def __init__(self, group: FiniteGroup) -> None:
        self._group = group
        self._known: dict[tuple[int, ...], None] = {}
        self._others = self._search()

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        yield from list(self._known)
        for members in self._others:
            if members not in self._known:
                self._known[members] = None
                yield members

    def _search(self) -> Iterator[tuple[int, ...]]:
        elements = range(self._group.order)
        for g in elements:
            yield from (self._closure((g, h)) for h in elements if h >= g)

    def _closure(self, generators: tuple[int, ...]) -> tuple[int, ...]:
        table = self._group.table
        inside = np.zeros(self._group.order, dtype=bool)
        inside[[self._group.identity, *generators]] = True
        size = 0
        while size < (size := int(inside.sum())) or not size:
            members = np.flatnonzero(inside)
            inside[table[np.ix_(members, members)]] = True
        return tuple(np.flatnonzero(inside).tolist())


def _monomial(
    group: FiniteGroup, subgroups: _Subgroups, character: ComplexArray, dimension: int
) -> MonomialIrrep | None:
    if dimension == 1:
        return _induced(group, tuple(range(group.order)), character)
    for members in subgroups:
        if len(members) * dimension == group.order:
            for values in _linear_characters(group, members):
                induced = _induced(group, members, values)
                if np.abs(induced.character - character).max() < _CLOSE:
                    return induced
    return None


def _linear_characters(group: FiniteGroup, members: tuple[int, ...]) -> Iterator[ComplexArray]:
    numbers = np.full(group.order, -1)
    numbers[list(members)] = np.arange(len(members))
    subgroup = from_table(numbers[group.table[np.ix_(members, members)]])
    yield from (irrep.matrices[:, 0, 0] for irrep in subgroup.irreps if irrep.dimension == 1)


def _induced(group: FiniteGroup, members: tuple[int, ...], values: ComplexArray) -> MonomialIrrep:
    """Induce a character, given by its values on a subgroup's members, on the left cosets of the subgroup."""
    root = group.exponent
    exponents = np.zeros(group.order, dtype=np.int64)
    exponents[list(members)] = np.rint(np.angle(values) * root / (2 * np.pi)).astype(np.int64) % root
    cosets = group.table[:, list(members)].min(axis=1)
    representatives = np.unique(cosets)
    moved = group.table[:, representatives]
    place = np.searchsorted(representatives, cosets[moved])
    remainder = group.table[group.inverse[representatives[place]], moved]
    return MonomialIrrep(place, exponents[remainder], root)
