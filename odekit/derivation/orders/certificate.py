"""Is the coupled field the gradient? The truncated loss summed by brute force, modulo a prime.

Random neurons, and the transform of their gradient at every character: all in residues modulo a prime in
which the group's root of unity exists, so that sums are exact.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from odekit.arrays import IntArray
from odekit.derivation.orders.brute_force import (
    NEURONS,
    BruteForceGradient,
    Numbers,
    check_cells,
    prime_with_root,
    roots_of_unity,
)
from odekit.derivation.orders.components import grade_of
from odekit.derivation.orders.coupled_flow import CoupledFlow
from odekit.groups import FiniteGroup, character_exponents
from odekit.networks import Network
from odekit.systems import Certificate
from odekit.systems.algebra import Poly, values_at

__all__ = ["CoupledBruteForce", "certify_flow"]

# Below it, products of residues fit into 64 bits, and so do sums of residues over all tuples.
_LARGEST_PRIME = 2**31


def certify_flow(flow: CoupledFlow, group: FiniteGroup, choices: Sequence[Mapping[str, int]]) -> Certificate:
    """Compare a flow with brute force at a concrete group, for each choice of its frequencies' symbols.

    Raises
    ------
    ReductionError: there are too many tuples of inputs and outputs.
    """
    network = flow.kinds[0].network
    check_cells(network, group)
    sums = [CoupledBruteForce(flow, group, choice) for choice in choices]
    residual = max(each.residual() for each in sums)
    return Certificate(group.order, tuple(choices), True, residual, residual == 0.0, modulus=sums[0].prime)


@dataclass(frozen=True)
class CoupledBruteForce(BruteForceGradient):
    """Random neurons of every kind at a concrete group, and the gradient of their loss.

    Parameters
    ----------
    flow: what is put to the test.
    group: a concrete group.
    choice: concrete values of the symbols k, l, ...; empty at a concrete order.
    seed: of the neurons.
    """

    flow: CoupledFlow
    group: FiniteGroup
    choice: Mapping[str, int]
    seed: int = 2602

    def residual(self) -> float:
        """0.0 where every velocity agrees with the gradient, at all characters and grades; else 1.0."""
        kinds = range(len(self.flow.kinds))
        return float(not all(self._agrees(kind, weights) for kind in kinds for weights in self.names))

    def _agrees(self, kind: int, weights: str) -> bool:
        stated = {self._index(frequency): found for frequency, found in self._stated(kind, weights).items()}
        conjugates = {self._conjugate(index): found for index, found in stated.items()}
        for index in range(self.group.order):
            if (weights == "xi" and index == 0) or (index in conjugates and index not in stated):
                continue
            velocity, is_real = stated.get(index, ({}, False))
            rate = Fraction(repr(self.network.rates[weights])) * (1 if is_real else 2)
            measured = self._transformed(kind, weights, self._conjugate(index)) * self.numbers.number(rate)
            expected = self._graded_values(kind, velocity) * self._tuples
            if ((measured - expected) % self.prime).any():
                return False
        return True

    def _stated(self, kind: int, weights: str) -> dict[Any, tuple[Poly, bool]]:
        """The velocity that the flow states at each frequency, and whether its character is real."""
        found = {
            mode.frequency: (polynomial, mode.is_real)
            for mode, polynomial in zip(self.flow.kinds[kind].modes, self.flow.field(kind), strict=True)
            if mode.weights == weights
        }
        responses = (one for one in self.flow.responses(kind) if one.mode.weights == weights)
        return found | {one.mode.frequency: (one.velocity, one.mode.is_real) for one in responses}

    @property
    def network(self) -> Network:
        """The flow's network."""
        return self.flow.kinds[0].network

    @property
    def concrete_group(self) -> FiniteGroup:
        """The concrete group."""
        return self.group

    @property
    def highest_order(self) -> int:
        """The flow's order."""
        return self.flow.order

    @property
    def kind_count(self) -> int:
        """The number of the flow's kinds."""
        return len(self.flow.kinds)

    @cached_property
    def _characters(self) -> tuple[IntArray, int]:
        exponents, root = character_exponents(self.group)
        return exponents.astype(np.int64), root

    @cached_property
    def prime(self) -> int:
        """The largest one below 2^31 in which the characters' root of unity exists."""
        return prime_with_root(self._characters[1], _LARGEST_PRIME)

    @property
    def numbers(self) -> Numbers:
        """Residues modulo the prime."""
        return Numbers(self.prime)

    @cached_property
    def _waves(self) -> IntArray:
        """Every character at every element, residues (n, n)."""
        exponents, root = self._characters
        return roots_of_unity(root, self.prime)[exponents]

    def _index(self, frequency: Any) -> int:
        return self.flow.frequencies.index(frequency, self.group.order, self.choice)

    def _conjugate(self, index: int) -> int:
        return int(np.flatnonzero((self._waves[index] * self._waves % self.prime == 1).all(axis=1))[0])

    @property
    def _tuples(self) -> int:
        return int(self.group.order**self.network.task.summands % self.prime)

    @cached_property
    def _letters(self) -> tuple[IntArray, ...]:
        """By kind, random values of the letters: residues (letter, neuron)."""
        rng = np.random.default_rng(self.seed)
        letters = (kind.rules.modes.letters for kind in self.flow.kinds)
        return tuple(rng.integers(1, self.prime, size=(count, NEURONS)) for count in letters)

    @property
    def scale(self) -> int:
        """A random logit scale."""
        return int(np.random.default_rng(self.seed + 1).integers(1, self.prime))

    @cached_property
    def _parameter_values(self) -> IntArray:
        """Sums over the neurons, by letter of the order parameters."""
        values = np.zeros(self.flow.parameters.letters, dtype=np.int64)
        for one in self.flow.parameters.all:
            exchange = self.flow.kinds[one.kind].rules.modes.conjugate_exponents
            conjugate = {exchange(exponents): value for exponents, value in one.formula.items()}
            for place, formula in ((one.conjugate, conjugate), (one.letter, one.formula)):
                total = int(values_at(formula, self._letters[one.kind], self.prime).sum())
                values[place] = total * self.scale % self.prime
        return values

    def _graded_values(self, kind: int, polynomial: Poly) -> IntArray:
        """A polynomial in the letters of the neuron and the order parameters: residues (grade, neuron)."""
        others = np.repeat(self._parameter_values[:, None], NEURONS, axis=1)
        points = np.concatenate([self._letters[kind], others])
        grades, result = self.flow.all_grades(kind), []
        for grade in range(self.flow.order):
            part = {key: value for key, value in polynomial.items() if grade_of(key, grades) == grade}
            result.append(values_at(part, points, self.prime))
        return np.stack(result)

    def weights(self, kind: int, weights: str) -> IntArray:
        """Weights of every neuron at every element: residues (grade, neuron, n)."""
        total = np.zeros((self.flow.order, NEURONS, self.group.order), dtype=np.int64)
        half = pow(2, -1, self.prime)
        for mode, grade in zip(self.flow.kinds[kind].modes, self.flow.grades[kind], strict=True):
            if mode.weights != weights:
                continue
            index = self._index(mode.frequency)
            terms = [(mode.letter, index)]
            terms += [] if mode.is_real else [(mode.conjugate, self._conjugate(index))]
            for letter, character in terms:
                value = self._letters[kind][letter] * (1 if mode.is_real else half) % self.prime
                total[grade] += value[:, None] * self._waves[character] % self.prime
        return total % self.prime

    def _transformed(self, kind: int, weights: str, index: int) -> IntArray:
        """The ascent of minus the loss, times the character, summed: residues (grade, neuron)."""
        gradient = self.gradients[kind][weights]
        total: IntArray = (gradient * self._waves[index] % self.prime).sum(axis=-1) % self.prime
        return total
