"""The transformed gradient in floating point, at random coefficients of the modes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from odekit.arrays import ComplexArray, FloatArray, IntArray
from odekit.derivation.certificates.transform import Transform
from odekit.systems.algebra import Poly, evaluate

__all__ = ["MAX_TUPLES", "NumericTransform"]

# All tuples are in memory at once, as several arrays of doubles.
MAX_TUPLES = 10_000_000


@dataclass(frozen=True)
class NumericTransform(Transform):
    """Differences are relative to the largest sum of absolute values of what is summed."""

    @property
    def is_affordable(self) -> bool:
        """Whether the tuples fit in memory."""
        return self._tuples <= MAX_TUPLES

    def _difference(self, weights: str, index: int, expected: Poly) -> float:
        measured = np.exp(-2j * np.pi / self._root * self._exponents[index]) @ self._gradients[weights]
        return float(abs(measured - evaluate(expected, self._letters)) / self._size)

    @cached_property
    def _values(self) -> ComplexArray:
        """The modes' coefficients: standard normal, from a fixed seed."""
        drawn = np.random.default_rng(2602).normal(size=(len(self._modes), 2))
        is_real = np.array([mode.is_real for _, mode in self._modes])
        return np.asarray(drawn[:, 0] + 1j * np.where(is_real, 0.0, drawn[:, 1]))

    @cached_property
    def _letters(self) -> list[complex]:
        """The letters' values: each coefficient and its conjugate."""
        letters = [0j] * self.reduction.rules.modes.letters
        for value, (_, mode) in zip(self._values.tolist(), self._modes, strict=True):
            letters[mode.conjugate] = value.conjugate()
            letters[mode.letter] = value
        return letters

    def _weights(self, weights: str) -> FloatArray:
        """The weight at every element: float array (n,)."""
        total = np.zeros(self.group.order)
        for value, (_, mode) in zip(self._values, self._modes, strict=True):
            if mode.weights == weights:
                phases = 2j * np.pi / self._root * self._exponents[self._index(mode.frequency)]
                total += (value * np.exp(phases)).real
        return total

    @cached_property
    def _summands(self) -> tuple[FloatArray, FloatArray]:
        """At every tuple: the activation, and its derivative times xi at the label."""
        names = (*self.reduction.network.embeddings, "xi")
        return self._at({name: self._weights(name) for name in names})

    def _at(self, weights: Mapping[str, FloatArray]) -> tuple[FloatArray, FloatArray]:
        activation = self.reduction.network.activation
        z = np.zeros(self._inputs.shape[1])
        for place, elements in enumerate(self._inputs):
            z += weights[self.reduction.network.embedding_of(place)][elements]
        readout = weights["xi"]
        slope = activation.derivative("z").evaluate({"z": z}) * np.ones_like(z)
        value = activation.evaluate({"z": z}) * np.ones_like(z)
        return value, slope * (readout - readout.mean())[self._answers]

    @cached_property
    def _gradients(self) -> Mapping[str, FloatArray]:
        """Gradient of the energy by every weight group, summed over all tuples."""
        return self._collect(*self._summands)

    def _collect(self, value: FloatArray, force: FloatArray) -> Mapping[str, FloatArray]:
        gradients = {"xi": self._collected(value, self._answers) - value.sum() / self.group.order}
        for name in self.reduction.network.embeddings:
            parts = [self._collected(force, self._inputs[place]) for place in self._places(name)]
            gradients[name] = np.sum(parts, axis=0)
        return gradients

    def _collected(self, values: FloatArray, elements: IntArray) -> FloatArray:
        return np.bincount(elements, values, self.group.order).astype(np.float64)

    @cached_property
    def _size(self) -> float:
        """Scale of the comparison, and of its rounding errors."""
        return max(float(np.abs(values).sum()) for values in self._summands) or 1.0
