"""The gradient of the loss up to a cumulant, summed over all tuples of inputs and all outputs.

Softmax is a truncated quotient of exponentials: no selection rule and no cumulant is used. What is graded
carries one more axis, the first, the power of the logits' size; powers from the order on are dropped.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property

import numpy as np

from odekit.arrays import IntArray
from odekit.derivation.orders.brute_force.numbers import Numbers, Values, graded_product
from odekit.errors import ReductionError
from odekit.groups import FiniteGroup
from odekit.networks import Network

__all__ = ["MAX_QUICK_CELLS", "NEURONS", "BruteForceGradient", "cells", "check_cells"]

# Tuples of inputs times outputs: some arrays of integers of that many, and seconds.
MAX_CELLS = 2_000_000
# Tuples of inputs times outputs that every derivation can afford to sum over.
MAX_QUICK_CELLS = 50_000
NEURONS = 3


def cells(network: Network, group: FiniteGroup) -> int:
    """The number of tuples of inputs times that of outputs."""
    return int(group.order ** (network.task.summands + 1))


def check_cells(network: Network, group: FiniteGroup) -> None:
    """Refuse a sum that takes too long.

    Raises
    ------
    ReductionError: there are too many tuples of inputs and outputs.
    """
    if cells(network, group) > MAX_CELLS:
        raise ReductionError(
            "too many tuples of inputs and outputs to sum over",
            expected=f"at most {MAX_CELLS:,}",
            received=f"{group.order}**{network.task.summands + 1}",
            hint="a smaller order",
        )


class BruteForceGradient(ABC):
    """The gradient of three neurons of each of some kinds, at a concrete group."""

    @property
    @abstractmethod
    def network(self) -> Network:
        """The network; its group is the concrete one, or a family."""

    @property
    @abstractmethod
    def concrete_group(self) -> FiniteGroup:
        """The group that is summed over."""

    @property
    @abstractmethod
    def numbers(self) -> Numbers:
        """What is computed with."""

    @property
    @abstractmethod
    def highest_order(self) -> int:
        """The highest cumulant: the number of grades."""

    @property
    @abstractmethod
    def kind_count(self) -> int:
        """The number of kinds of neurons."""

    @property
    @abstractmethod
    def scale(self) -> float:
        """The logit scale."""

    @abstractmethod
    def weights(self, kind: int, weights: str) -> Values:
        """Weights of every neuron of a kind at every element: (grade, neuron, n)."""

    @property
    def names(self) -> tuple[str, ...]:
        """The weight groups."""
        return (*self.network.embeddings, "xi")

    @cached_property
    def gradients(self) -> tuple[Mapping[str, Values], ...]:
        """By kind and weight group, the ascent of minus the loss over the logit scale: (grade, neuron, n)."""
        return tuple(self._gradient(kind) for kind in range(self.kind_count))

    @cached_property
    def _inputs(self) -> IntArray:
        summands = self.network.task.summands
        return np.indices((self.concrete_group.order,) * summands).reshape(summands, -1)

    def _times(self, left: Values, right: Values) -> Values:
        return graded_product(self.numbers, left, right)

    def _activations(self, kind: int) -> tuple[Values, Values]:
        """The activation and its derivative at every tuple: (grade, neuron, tuple)."""
        z = self.numbers.zeros((self.highest_order, NEURONS, self._inputs.shape[1]))
        for place, elements in enumerate(self._inputs):
            z += self.weights(kind, self.network.embedding_of(place))[..., elements]
        polynomial = dict(self.network.activation_polynomial or {})
        power, value, slope = self._one(z.shape), np.zeros_like(z), np.zeros_like(z)
        for degree in range(self.network.degree + 1):
            value += self.numbers.number(polynomial.get(degree, Fraction(0))) * power
            following = polynomial.get(degree + 1, Fraction(0)) * (degree + 1)
            slope += self.numbers.number(following) * power
            value, slope = self.numbers.reduced(value), self.numbers.reduced(slope)
            power = self._times(power, self.numbers.reduced(z))
        return value, slope

    def _one(self, shape: tuple[int, ...]) -> Values:
        one = self.numbers.zeros(shape)
        one[0] = 1
        return one

    @cached_property
    def _logits(self) -> Values:
        """(grade, tuple, output), of grade 1 and higher."""
        total = self.numbers.zeros((self.highest_order, self._inputs.shape[1], self.concrete_group.order))
        for kind in range(self.kind_count):
            value, readout = self._activations(kind)[0], self.weights(kind, "xi")
            for neuron in range(NEURONS):
                total += self._times(value[:, neuron, :, None], readout[:, neuron, None, :])
        scaled = self.numbers.reduced(self.numbers.reduced(total) * self.scale)
        return np.concatenate([np.zeros_like(scaled[:1]), scaled[:-1]])

    @cached_property
    def _misses(self) -> Values:
        """The label less softmax, times n: (grade, tuple, output)."""
        reduced, number = self.numbers.reduced, self.numbers.number
        term = total = self._one(self._logits.shape)
        for degree in range(1, self.highest_order):
            term = reduced(self._times(term, self._logits) * number(Fraction(1, degree)))
            total = reduced(total + term)
        share = number(Fraction(1, self.concrete_group.order))
        mean = reduced(reduced(total.sum(axis=-1, keepdims=True)) * share)
        excess = reduced(self._one(mean.shape) - mean)
        term = quotient = self._one(mean.shape)
        for _ in range(1, self.highest_order):
            term = self._times(term, excess)
            quotient = reduced(quotient + term)
        misses = -self._times(total, quotient)
        labels = Network(self.concrete_group, task=self.network.task).labels().ravel()
        misses[0, np.arange(len(labels)), labels] += self.concrete_group.order
        return np.asarray(reduced(misses))

    def _gradient(self, kind: int) -> Mapping[str, Values]:
        reduced = self.numbers.reduced
        value, slope = self._activations(kind)
        readout = self.weights(kind, "xi")
        found = {name: np.zeros_like(readout) for name in self.names}
        share = self.numbers.number(Fraction(1, self.concrete_group.order))
        for neuron in range(NEURONS):
            by_output = self._times(value[:, neuron, :, None], self._misses).sum(axis=1)
            found["xi"][:, neuron] = reduced(reduced(by_output) * share)
            pull = reduced(self._times(self._misses, readout[:, neuron, None, :]).sum(axis=2))
            force = self._times(slope[:, neuron], reduced(pull * share))
            for place, elements in enumerate(self._inputs):
                name = self.network.embedding_of(place)
                for grade in range(self.highest_order):
                    np.add.at(found[name][grade, neuron], elements, force[grade])
        return {name: reduced(values) for name, values in found.items()}
