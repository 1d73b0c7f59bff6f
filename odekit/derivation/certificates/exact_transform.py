"""The transformed gradient over the cyclotomic field, with the modes' coefficients as letters.

A polynomial is a dictionary from exponents to integer arrays (tuple, power of the root of unity). The letters
are c = w/2 for a pair of characters, so that coefficients are integers; at the end powers are reduced.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from math import comb, lcm

import numpy as np
import sympy as sp

from odekit.arrays import IntArray
from odekit.derivation.certificates.transform import Transform
from odekit.systems.algebra import Poly

__all__ = ["ExactTransform", "root_reducer"]

Exponents = tuple[int, ...]
Arrays = dict[Exponents, IntArray]

# 32 MiB of integers for each array of tuples.
_MAX_CELLS = 4_000_000
# Half of what 64 bits hold: an overflow would go unnoticed.
_MAX_INTEGER = 2**62


@dataclass(frozen=True)
class ExactTransform(Transform):
    """A proof: the difference is 0.0 where polynomials are identical, else 1.0."""

    @property
    def is_affordable(self) -> bool:
        """Whether the arrays stay small, and the integers within 64 bits."""
        degree, letters = max(self._degree, 1), self.reduction.rules.modes.letters
        cells = int(self._tuples) * self._root * comb(letters + degree - 1, degree)
        largest = self._denominator * max(map(abs, self._coefficients.values()), default=0)
        words = (letters * self.reduction.network.task.summands) ** degree
        bound = largest * (degree + 1) ** 2 * words * letters * int(self._tuples)
        return cells <= _MAX_CELLS and bound < _MAX_INTEGER

    def _difference(self, weights: str, index: int, expected: Poly) -> float:
        measured = self._transformed(weights, index)
        wanted = dict(self._in_letters(expected))
        zero = np.zeros(self._reducer.shape[1], dtype=np.int64)
        for key in {*measured, *wanted}:
            first, *others = measured.get(key, zero).tolist()
            if first != wanted.get(key, 0) or any(others):
                return 1.0
        return 0.0

    def _in_letters(self, polynomial: Poly) -> Iterator[tuple[Exponents, Fraction]]:
        """The same polynomial in the letters c, times the common denominator."""
        for key, value in polynomial.items():
            degree = sum(
                key[mode.letter] + key[mode.conjugate] for _, mode in self._modes if not mode.is_real
            )
            yield key, value * self._denominator * 2**degree

    @property
    def _coefficients(self) -> Mapping[int, Fraction]:
        return self.reduction.rules.activation

    @property
    def _degree(self) -> int:
        return max(self._coefficients, default=0)

    @cached_property
    def _denominator(self) -> int:
        return lcm(*(value.denominator for value in self._coefficients.values()))

    @cached_property
    def _shifts(self) -> dict[tuple[str, int], IntArray]:
        """Power of the root of unity of each letter at each element, by (weight group, letter)."""
        shifts: dict[tuple[str, int], IntArray] = {}
        for _, mode in self._modes:
            row = self._exponents[self._index(mode.frequency)]
            shifts[mode.weights, mode.conjugate] = -row % self._root
            shifts[mode.weights, mode.letter] = row
        return shifts

    @cached_property
    def _activation(self) -> tuple[Arrays, Arrays]:
        """The activation and its derivative at every tuple, times the common denominator."""
        power: Arrays = {(0,) * self.reduction.rules.modes.letters: self._ones()}
        value: Arrays = {}
        slope: Arrays = {}
        for degree in range(self._degree + 1):
            factor = int(self._coefficients.get(degree, 0) * self._denominator)
            _accumulate(value, power, factor)
            following = int(self._coefficients.get(degree + 1, 0) * self._denominator)
            _accumulate(slope, power, following * (degree + 1))
            power = self._times_input(power) if degree < self._degree else {}
        return value, slope

    def _ones(self) -> IntArray:
        ones = np.zeros((self._inputs.shape[1], self._root), dtype=np.int64)
        ones[:, 0] = 1
        return ones

    def _times_input(self, polynomial: Arrays) -> Arrays:
        """Product with the pre-activation sum_i theta_i[x_i]."""
        result: Arrays = {}
        for (weights, letter), shift in self._shifts.items():
            for place in self._places(weights):
                _accumulate(result, _shifted(polynomial, letter, shift[self._inputs[place]]), 1)
        return result

    @cached_property
    def _force(self) -> Arrays:
        """Product of the activation's derivative with xi at the label."""
        result: Arrays = {}
        for (weights, letter), shift in self._shifts.items():
            if weights == "xi":
                _accumulate(result, _shifted(self._activation[1], letter, shift[self._answers]), 1)
        return result

    def _transformed(self, weights: str, index: int) -> Arrays:
        """Sum over all tuples of the gradient times the conjugate character, over the cyclotomic field."""
        row = self._exponents[index]
        total: Arrays = {}
        for polynomial, elements in self._summands(weights):
            columns = _columns(row[elements], self._root)
            for key, values in polynomial.items():
                rolled = np.take_along_axis(values, columns, axis=1).sum(axis=0)
                total[key] = total.get(key, 0) + rolled @ self._reducer
        return {key: value for key, value in total.items() if value.any()}

    def _summands(self, weights: str) -> list[tuple[Arrays, IntArray]]:
        """What is summed, and the element whose weight it belongs to."""
        if weights == "xi":
            return [(self._activation[0], self._answers)]
        return [(self._force, self._inputs[place]) for place in self._places(weights)]

    @property
    def _reducer(self) -> IntArray:
        return root_reducer(self._root)


@lru_cache(maxsize=32)
def root_reducer(root: int) -> IntArray:
    """Rows: the powers of a root of unity in the basis 1, z, ..., modulo the cyclotomic polynomial."""
    z = sp.Symbol("z")
    modulus = [int(c) for c in sp.Poly(sp.cyclotomic_poly(root, z), z).all_coeffs()[::-1]]
    rows = np.zeros((root, len(modulus) - 1), dtype=np.int64)
    current = [1] + [0] * (len(modulus) - 2)
    for power in range(root):
        rows[power] = current
        top, shifted = current[-1], [0, *current[:-1]]
        current = [value - top * c for value, c in zip(shifted, modulus, strict=False)]
    return rows


def _columns(powers: IntArray, root: int) -> IntArray:
    return (np.arange(root) + powers[:, None]) % root


def _accumulate(total: Arrays, polynomial: Mapping[Exponents, IntArray], factor: int) -> None:
    for key, value in polynomial.items():
        if factor:
            total[key] = total[key] + factor * value if key in total else factor * value


def _shifted(polynomial: Mapping[Exponents, IntArray], letter: int, powers: IntArray) -> Arrays:
    """Product with a letter times a power of the root of unity that depends on the tuple."""
    result = {}
    for key, value in polynomial.items():
        columns = _columns(-powers, value.shape[1])
        raised = tuple(power + (i == letter) for i, power in enumerate(key))
        result[raised] = np.take_along_axis(value, columns, axis=1)
    return result
