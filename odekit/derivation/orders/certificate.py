"""Is the coupled field the gradient? The truncated loss summed by brute force, modulo a prime.

Random neurons, their logits at every tuple of inputs and every output, softmax as a truncated quotient of
exponentials, and the transform of the gradient at every character: all in residues modulo a prime in which
the group's root of unity exists, so that sums are exact. No selection rule and no cumulant is used. What is
graded carries one more axis, the power of the logits' size, and powers from the order on are dropped.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp

from odekit.arrays import IntArray
from odekit.derivation.orders.components import grade_of
from odekit.derivation.orders.coupled_flow import CoupledFlow
from odekit.errors import ReductionError
from odekit.groups import FiniteGroup, character_exponents
from odekit.networks import Network
from odekit.systems import Certificate
from odekit.systems.algebra import Poly, values_at

__all__ = ["CoupledBruteForce", "cells", "certify_flow"]

# Tuples of inputs times outputs: some arrays of integers of that many, and seconds.
MAX_CELLS = 2_000_000
# Below it, products of residues fit into 64 bits, and so do sums of residues over all tuples.
_LARGEST_PRIME = 2**31
NEURONS = 3


def cells(network: Network, group: FiniteGroup) -> int:
    """The number of tuples of inputs times that of outputs."""
    return int(group.order ** (network.task.summands + 1))


def certify_flow(flow: CoupledFlow, group: FiniteGroup, choices: Sequence[Mapping[str, int]]) -> Certificate:
    """Compare a flow with brute force at a concrete group, for each choice of its frequencies' symbols.

    Raises
    ------
    ReductionError: there are too many tuples of inputs and outputs.
    """
    network = flow.kinds[0].network
    if cells(network, group) > MAX_CELLS:
        raise ReductionError(
            "too many tuples of inputs and outputs to sum over",
            expected=f"at most {MAX_CELLS:,}",
            received=f"{group.order}**{network.task.summands + 1}",
            hint="a smaller order",
        )
    sums = [CoupledBruteForce(flow, group, choice) for choice in choices]
    residual = max(each.residual() for each in sums)
    return Certificate(group.order, tuple(choices), True, residual, residual == 0.0, modulus=sums[0].prime)


@dataclass(frozen=True)
class CoupledBruteForce:
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
        return float(not all(self._agrees(kind, weights) for kind in kinds for weights in self._names))

    def _agrees(self, kind: int, weights: str) -> bool:
        stated = {self._index(frequency): found for frequency, found in self._stated(kind, weights).items()}
        conjugates = {self._conjugate(index): found for index, found in stated.items()}
        for index in range(self.group.order):
            if (weights == "xi" and index == 0) or (index in conjugates and index not in stated):
                continue
            velocity, is_real = stated.get(index, ({}, False))
            rate = Fraction(repr(self._network.rates[weights])) * (1 if is_real else 2)
            measured = self._transformed(kind, weights, self._conjugate(index)) * self._residue(rate)
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
    def _network(self) -> Network:
        return self.flow.kinds[0].network

    @property
    def _names(self) -> tuple[str, ...]:
        return (*self._network.embeddings, "xi")

    @cached_property
    def _characters(self) -> tuple[IntArray, int]:
        exponents, root = character_exponents(self.group)
        return exponents.astype(np.int64), root

    @cached_property
    def prime(self) -> int:
        """The largest one below 2^31 in which the characters' root of unity exists."""
        root = self._characters[1]
        first = (_LARGEST_PRIME - 2) // root * root + 1
        return next(p for p in range(first, root, -root) if sp.isprime(p))

    @cached_property
    def _waves(self) -> IntArray:
        """Every character at every element, residues (n, n)."""
        exponents, root = self._characters
        generator = int(sp.primitive_root(self.prime))
        unit = pow(generator, (self.prime - 1) // root, self.prime)
        powers: IntArray = np.array([pow(unit, power, self.prime) for power in range(root)], dtype=np.int64)
        return powers[exponents]

    def _index(self, frequency: Any) -> int:
        return self.flow.frequencies.index(frequency, self.group.order, self.choice)

    def _conjugate(self, index: int) -> int:
        return int(np.flatnonzero((self._waves[index] * self._waves % self.prime == 1).all(axis=1))[0])

    @property
    def _tuples(self) -> int:
        return int(self.group.order**self._network.task.summands % self.prime)

    def _residue(self, value: Fraction) -> int:
        return value.numerator * pow(value.denominator, -1, self.prime) % self.prime

    @cached_property
    def _letters(self) -> tuple[IntArray, ...]:
        """By kind, random values of the letters: residues (letter, neuron)."""
        rng = np.random.default_rng(self.seed)
        letters = (kind.rules.modes.letters for kind in self.flow.kinds)
        return tuple(rng.integers(1, self.prime, size=(count, NEURONS)) for count in letters)

    @property
    def _scale(self) -> int:
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
                values[place] = total * self._scale % self.prime
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

    def _weights(self, kind: int, weights: str) -> IntArray:
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

    @cached_property
    def _inputs(self) -> IntArray:
        summands = self._network.task.summands
        return np.indices((self.group.order,) * summands).reshape(summands, -1)

    def _activations(self, kind: int) -> tuple[IntArray, IntArray]:
        """The activation and its derivative at every tuple: residues (grade, neuron, tuple)."""
        z = np.zeros((self.flow.order, NEURONS, self._inputs.shape[1]), dtype=np.int64)
        for place, elements in enumerate(self._inputs):
            z += self._weights(kind, self._network.embedding_of(place))[..., elements]
        polynomial = dict(self._network.activation_polynomial or {})
        power, value, slope = self._one(z.shape), np.zeros_like(z), np.zeros_like(z)
        for degree in range(self._network.degree + 1):
            value += self._residue(polynomial.get(degree, Fraction(0))) * power
            following = polynomial.get(degree + 1, Fraction(0)) * (degree + 1)
            slope += self._residue(following) * power
            value, slope = value % self.prime, slope % self.prime
            power = self._times(power, z % self.prime)
        return value, slope

    def _one(self, shape: tuple[int, ...]) -> IntArray:
        one = np.zeros(shape, dtype=np.int64)
        one[0] = 1
        return one

    def _times(self, left: IntArray, right: IntArray) -> IntArray:
        """Product of graded residues, which broadcast but for their first axis."""
        parts = []
        for grade in range(self.flow.order):
            terms = (left[i] * right[grade - i] % self.prime for i in range(grade + 1))
            parts.append(sum(terms) % self.prime)
        return np.stack(parts)

    @cached_property
    def _logits(self) -> IntArray:
        """Residues (grade, tuple, output), of grade 1 and higher."""
        shape = (self.flow.order, self._inputs.shape[1], self.group.order)
        total = np.zeros(shape, dtype=np.int64)
        for kind, _ in enumerate(self.flow.kinds):
            value, readout = self._activations(kind)[0], self._weights(kind, "xi")
            for neuron in range(NEURONS):
                total += self._times(value[:, neuron, :, None], readout[:, neuron, None, :])
        scaled = total % self.prime * self._scale % self.prime
        return np.concatenate([np.zeros_like(scaled[:1]), scaled[:-1]])

    @cached_property
    def _misses(self) -> IntArray:
        """The label less softmax, times n: residues (grade, tuple, output)."""
        term = total = self._one(self._logits.shape)
        for degree in range(1, self.flow.order):
            term = self._times(term, self._logits) * pow(degree, -1, self.prime) % self.prime
            total = (total + term) % self.prime
        inverse_order = pow(self.group.order, -1, self.prime)
        mean = total.sum(axis=-1, keepdims=True) % self.prime * inverse_order % self.prime
        excess = (self._one(mean.shape) - mean) % self.prime
        term = quotient = self._one(mean.shape)
        for _ in range(1, self.flow.order):
            term = self._times(term, excess)
            quotient = (quotient + term) % self.prime
        misses = -self._times(total, quotient)
        labels = Network(self.group, task=self._network.task).labels().ravel()
        misses[0, np.arange(len(labels)), labels] += self.group.order
        return misses % self.prime

    def _transformed(self, kind: int, weights: str, index: int) -> IntArray:
        """The ascent of minus the loss, times the character, summed: residues (grade, neuron)."""
        gradient = self._gradients[kind][weights]
        total: IntArray = (gradient * self._waves[index] % self.prime).sum(axis=-1) % self.prime
        return total

    @cached_property
    def _gradients(self) -> tuple[Mapping[str, IntArray], ...]:
        return tuple(self._gradient(kind) for kind in range(len(self.flow.kinds)))

    def _gradient(self, kind: int) -> Mapping[str, IntArray]:
        """By weight group, residues (grade, neuron, n): divided by the logit scale."""
        value, slope = self._activations(kind)
        readout = self._weights(kind, "xi")
        found = {name: np.zeros_like(readout) for name in self._names}
        inverse_order = pow(self.group.order, -1, self.prime)
        for neuron in range(NEURONS):
            by_output = self._times(value[:, neuron, :, None], self._misses).sum(axis=1)
            found["xi"][:, neuron] = by_output % self.prime * inverse_order % self.prime
            pull = self._times(self._misses, readout[:, neuron, None, :]).sum(axis=2) % self.prime
            force = self._times(slope[:, neuron], pull * inverse_order % self.prime)
            for place, elements in enumerate(self._inputs):
                name = self._network.embedding_of(place)
                for grade in range(self.flow.order):
                    np.add.at(found[name][grade, neuron], elements, force[grade])
        return {name: values % self.prime for name, values in found.items()}
