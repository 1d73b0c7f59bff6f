"""The weight-space gradient summed over all tuples and transformed, exactly or in floating point."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from odekit.arrays import IntArray
from odekit.derivation.modes import FourierReduction, Mode
from odekit.groups import FiniteGroup, character_exponents, conjugate_characters
from odekit.networks import Network
from odekit.systems.algebra import Poly, add

__all__ = ["Transform"]


@dataclass(frozen=True)
class Transform(ABC):
    """What both realisations share: the concrete frequencies, and what they must find there.

    Parameters
    ----------
    reduction: what is put to the test.
    group: a concrete group of the reduction's family.
    choice: concrete values of the symbols k, l, ...; empty at a concrete order.
    """

    reduction: FourierReduction
    group: FiniteGroup
    choice: Mapping[str, int]

    def residual(self) -> float:
        """Largest difference between the reduced field and the transformed gradient, over all frequencies.

        Outside of the modes the gradient has to be what the declared leaks say, and zero where there are
        none.
        """
        worst = 0.0
        for weights in (*self.reduction.network.embeddings, "xi"):
            modes = {self._index(mode.frequency): i for i, mode in self._modes if mode.weights == weights}
            for index in self._representatives(set(modes), skip_trivial=weights == "xi"):
                expected = self._field(modes[index]) if index in modes else self._leak(weights, index)
                worst = max(worst, self._difference(weights, index, expected))
        return worst

    @abstractmethod
    def _difference(self, weights: str, index: int, expected: Poly) -> float:
        """Relative difference of the transform at one character from a polynomial in the modes' letters."""

    @property
    def _modes(self) -> list[tuple[int, Mode[Any]]]:
        return list(enumerate(self.reduction.modes))

    def _index(self, frequency: Any) -> int:
        """The character of a frequency: its row at the concrete order."""
        return self.reduction.rules.modes.frequencies.index(frequency, self.group.order, self.choice)

    def _representatives(self, own: set[int], skip_trivial: bool) -> Iterator[int]:
        """Every mode's own character, and one of each other conjugate pair."""
        for index, conjugate in enumerate(self._conjugates):
            is_first = int(conjugate) not in own and index <= conjugate
            if index in own or (is_first and not (skip_trivial and index == 0)):
                yield index

    def _field(self, index: int) -> Poly:
        """The reduced field of a mode, with the factor that makes it the transform of the gradient."""
        mode = self.reduction.modes[index]
        scale = mode.metric * self._tuples / self.reduction.rate(mode)
        return add([(scale, self.reduction.field[index])])

    def _leak(self, weights: str, index: int) -> Poly:
        """The gradient that the declared leaks predict at a character."""
        found = self.reduction.leak_gradients.get(weights, {})
        conjugate = int(self._conjugates[index])
        return add((self._tuples, value) for q, value in found.items() if self._index(q) == conjugate)

    @cached_property
    def _conjugates(self) -> IntArray:
        return conjugate_characters(self.group).astype(np.int64)

    @cached_property
    def _characters(self) -> tuple[IntArray, int]:
        """Exponents of the characters (character, element), and the order of their root of unity."""
        exponents, root = character_exponents(self.group)
        return exponents.astype(np.int64), root

    @property
    def _exponents(self) -> IntArray:
        return self._characters[0]

    @property
    def _root(self) -> int:
        return self._characters[1]

    @property
    def _tuples(self) -> Fraction:
        """The number of tuples of inputs, n^s."""
        return Fraction(self.group.order**self.reduction.network.task.summands)

    @cached_property
    def _inputs(self) -> IntArray:
        """All tuples of elements, one row per input: int array (s, n^s)."""
        summands = self.reduction.network.task.summands
        return np.indices((self.group.order,) * summands).reshape(summands, -1)

    @cached_property
    def _answers(self) -> IntArray:
        """The label of every tuple: int array (n^s,)."""
        return Network(self.group, task=self.reduction.network.task).labels().ravel().astype(np.int64)

    def _places(self, weights: str) -> list[int]:
        """The inputs that use a weight group."""
        network = self.reduction.network
        return [i for i in range(network.task.summands) if network.embedding_of(i) == weights]
