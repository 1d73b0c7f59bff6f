"""The symmetries of an energy that is given as a polynomial: rotations and permutations of its states."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from odekit.systems.reduction.invariants.over_constants import Column, added
from odekit.systems.reduction.invariants.permutations import permutations
from odekit.systems.reduction.invariants.rotations import Rotation, blocks, rotations
from odekit.systems.reduction.polynomial_flow import PolynomialFlow

__all__ = ["Symmetries"]

Exponents = tuple[int, ...]


@dataclass(frozen=True)
class Symmetries:
    """Linear isometries of the states that keep an energy.

    Parameters
    ----------
    flow: whose letters there are.
    energy: in the flow's ring.
    metric: its diagonal, free of the states, in that ring.
    """

    flow: PolynomialFlow
    energy: Any
    metric: tuple[Any, ...]

    @cached_property
    def rotations(self) -> list[Rotation]:
        """A basis."""
        return rotations(self.flow, self.energy, self.metric)

    @cached_property
    def permutations(self) -> list[Exponents]:
        """By place, where each state goes."""
        return list(dict.fromkeys(permutations(self.flow, self.energy, self.metric)))

    @property
    def sentence(self) -> str:
        """Which there are; "" where there are none."""
        if self.rotations:
            count = len(self.rotations)
            return f"{count} rotation{'s' if count > 1 else ''} of the states"
        signs = " and changes of their signs" if self.sign_changes else ""
        return f"permutations of the states{signs}" if self.permutations else ""

    @cached_property
    def blocks(self) -> list[list[int]]:
        """States that rotations mix, by place; all of them where permutations alone are there."""
        return blocks(self.flow, self.rotations) if self.rotations else [list(range(self.flow.count))]

    @cached_property
    def reflections(self) -> list[Exponents]:
        """Permutations within each block: with the rotations there, all orthogonal maps instead of half."""
        members = [set(block) for block in self.blocks]
        return [
            image
            for image in self.permutations
            if all({image[place] for place in block} == block for block in members)
        ]

    @cached_property
    def sign_changes(self) -> list[Exponents]:
        """A basis of the changes of signs that keep the energy, 1 for each state that changes."""
        parities = {tuple(power % 2 for power in key[: self.flow.count]) for key in self.energy}
        basis = _binary_null_space([list(row) for row in sorted(parities)], self.flow.count)
        return [tuple(change) for change in basis]

    @cached_property
    def _flips(self) -> list[Exponents]:
        """The changes of signs that count; beside rotations those alone that act within blocks as they do.

        Such is what a change of signs and a reflection make of one another.
        """
        if not self.rotations:
            return self.sign_changes
        flips = {
            tuple(sign ^ change[image.index(place)] for place, sign in enumerate(change))
            for change in self.sign_changes
            for image in self.reflections
        }
        return [flip for flip in sorted(flips) if any(flip)]

    def is_even(self, exponents: Exponents) -> bool:
        """Whether the changes of signs keep a monomial."""
        return all(
            sum(e for e, flip in zip(exponents, flips, strict=True) if flip) % 2 == 0 for flips in self._flips
        )

    def changes(self, exponents: Exponents, is_reflected: bool) -> Column:
        """What the rotations, and the reflections too, do to a monomial, by number and by monomial."""
        nothing = (0,) * len(self.flow.constants)
        parts: list[Column] = []
        for number, rotation in enumerate(self.rotations):
            for turn in rotation:
                if power := exponents[turn.state]:
                    moved = list(exponents)
                    moved[turn.state] -= 1
                    moved[turn.other] += 1
                    parts.append({(number, *moved): {turn.constants: turn.value * power}})
        for number, image in enumerate(self.reflections if is_reflected else (), start=len(self.rotations)):
            parts.append({(number, *permuted(exponents, image)): {nothing: 1}})
            parts.append({(number, *exponents): {nothing: -1}})
        return added(parts)

    def orbit(self, exponents: Exponents) -> list[Exponents]:
        """The monomials that permutations make of one."""
        found = {exponents: None}
        waiting = [exponents]
        while waiting:
            current = waiting.pop()
            for image in self.permutations:
                moved = permuted(current, image)
                if moved not in found:
                    found[moved] = None
                    waiting.append(moved)
        return list(found)


def permuted(exponents: Exponents, image: Exponents) -> Exponents:
    """A monomial with each state where a permutation takes it."""
    moved = list(exponents)
    for place, power in zip(image, exponents, strict=True):
        moved[place] = power
    return tuple(moved)


def _binary_null_space(rows: Sequence[Sequence[int]], count: int) -> Iterator[list[int]]:
    """A basis of the vectors modulo 2 that are orthogonal to all rows."""
    matrix = np.array(rows, dtype=np.int64).reshape(len(rows), count) % 2
    pivots: list[int] = []
    for column in range(count):
        below = np.flatnonzero(matrix[len(pivots) :, column]) + len(pivots)
        if len(below):
            matrix[[len(pivots), below[0]]] = matrix[[below[0], len(pivots)]]
            others = np.flatnonzero(matrix[:, column])
            others = others[others != len(pivots)]
            matrix[others] ^= matrix[len(pivots)]
            pivots.append(column)
    for free in (column for column in range(count) if column not in pivots):
        vector = [int(column == free) for column in range(count)]
        for row, pivot in zip(matrix, pivots, strict=False):
            vector[pivot] = int(row[free])
        yield vector
