"""The gradient of the energy by summing over all tuples of group elements, and its transform.

Two realisations of the same sums: over the cyclotomic field with the modes' coefficients as letters, and in
floating point at random coefficients. Neither uses a selection rule.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Poly as SymPyPoly
from sympy import Symbol, cyclotomic_poly

from odekit.derivation.frequencies import SymbolicFrequencies
from odekit.derivation.polynomials import evaluate
from odekit.derivation.reduction import FourierReduction
from odekit.groups import FiniteGroup, character_exponents
from odekit.networks import Network

__all__ = ["ExactTransform", "NumericTransform"]

IntArray = NDArray[np.int64]
Exponents = tuple[int, ...]


class _Transform(ABC):
    """What both realisations share: the concrete frequencies of the modes, and what is compared."""

    def __init__(self, reduction: FourierReduction, group: FiniteGroup, choice: Mapping[str, int]) -> None:
        self._reduction = reduction
        self._group = group
        self._choice = choice
        network = reduction.network
        self._concrete = Network(
            group, activation=network.activation_name, embedding=network.embedding, task=network.task
        )
        self._exponents, self._root = character_exponents(group)

    def residual(self) -> float:
        """Largest difference between the reduced field and the transformed gradient, over all frequencies."""
        worst = 0.0
        for weights in (*self._reduction.network.embeddings, "xi"):
            modes = {self._index(m.frequency): i for i, m in self._modes() if m.weights == weights}
            leaks = {self._canonical(q) for q in self._reduction.rules.leaks()[weights]}
            for index in self._representatives(skip_trivial=weights == "xi"):
                worst = max(worst, self._difference(weights, index, modes.get(index), index in leaks))
        return worst

    @abstractmethod
    def _difference(self, weights: str, index: int, mode: int | None, is_leak: bool) -> float:
        """Difference at one character; 1 where a leak is missing."""

    def _modes(self) -> Iterator[tuple[int, Any]]:
        yield from enumerate(self._reduction.modes)

    def _index(self, frequency: Any) -> int:
        """The character of a mode: its index at the concrete order."""
        if not isinstance(self._reduction.rules.modes.frequencies, SymbolicFrequencies):
            return int(frequency)
        values = self._choice.values()
        return int(sum(c * v for c, v in zip(frequency, values, strict=True))) % self._group.order

    def _canonical(self, frequency: Any) -> int:
        index = self._index(frequency)
        return min(index, int(self._conjugates[index]))

    @cached_property
    def _conjugates(self) -> IntArray:
        rows = {tuple(row): index for index, row in enumerate(self._exponents.tolist())}
        return np.array([rows[tuple((-row % self._root).tolist())] for row in self._exponents])

    def _representatives(self, skip_trivial: bool) -> Iterator[int]:
        """Every mode's own character, and one of each other conjugate pair."""
        own = {self._index(mode.frequency) for _, mode in self._modes()}
        for index, conjugate in enumerate(self._conjugates):
            if skip_trivial and index == 0:
                continue
            if index in own or (int(conjugate) not in own and index <= conjugate):
                yield index

    def _places(self, weights: str) -> list[int]:
        network = self._reduction.network
        return [i for i in range(network.task.summands) if network.embedding_of(i) == weights]

    @property
    def _inputs(self) -> IntArray:
        """All tuples of elements, one row per input: int array (s, n^s)."""
        summands = self._reduction.network.task.summands
        return np.indices((self._group.order,) * summands).reshape(summands, -1)

    def _scale(self, mode: int) -> Fraction:
        """What the field is to be multiplied by to be the transform, in units of rate * n^(s-1)."""
        chosen = self._reduction.modes[mode]
        return chosen.metric * self._group.order**self._reduction.network.task.summands / self._reduction.rate(chosen)


class ExactTransform(_Transform):
    """Over the cyclotomic field, with the modes' coefficients as letters.

    A polynomial is a dictionary from exponents to integer arrays (tuple, power of the root of unity).
    The letters are c = w/2 for a pair, so that all coefficients are integers.
    """

    @cached_property
    def _shifts(self) -> dict[tuple[str, int], IntArray]:
        """Power of the root of unity of each letter at each element, by (weight group, letter)."""
        shifts: dict[tuple[str, int], IntArray] = {}
        for _, mode in self._modes():
            row = self._exponents[self._index(mode.frequency)]
            shifts[mode.weights, mode.conjugate] = -row % self._root
            shifts[mode.weights, mode.letter] = row
        return shifts

    @cached_property
    def _activation(self) -> tuple[dict[Exponents, IntArray], dict[Exponents, IntArray]]:
        """The activation and its derivative at every tuple, times the common denominator."""
        coefficients = self._reduction.rules.activation
        letters = self._reduction.rules.modes.letters
        power: dict[Exponents, IntArray] = {(0,) * letters: self._ones()}
        value: dict[Exponents, IntArray] = {}
        slope: dict[Exponents, IntArray] = {}
        for degree in range(1, max(coefficients) + 1):
            factor = int(coefficients.get(degree, 0) * self._denominator)
            _accumulate(slope, power, factor * degree)
            power = self._times_input(power)
            _accumulate(value, power, factor)
        return value, slope

    @cached_property
    def _denominator(self) -> int:
        return lcm(*(value.denominator for value in self._reduction.rules.activation.values()))

    def _ones(self) -> IntArray:
        ones = np.zeros((self._inputs.shape[1], self._root), dtype=np.int64)
        ones[:, 0] = 1
        return ones

    def _times_input(self, polynomial: dict[Exponents, IntArray]) -> dict[Exponents, IntArray]:
        """Product with the pre-activation sum_i theta_i[x_i]."""
        result: dict[Exponents, IntArray] = {}
        network = self._reduction.network
        for place, elements in enumerate(self._inputs):
            for (weights, letter), shift in self._shifts.items():
                if weights == network.embedding_of(place):
                    _accumulate(result, _shifted(polynomial, letter, shift[elements]), 1)
        return result

    def _times_readout(self, polynomial: dict[Exponents, IntArray]) -> dict[Exponents, IntArray]:
        """Product with xi at the label."""
        result: dict[Exponents, IntArray] = {}
        answers = self._concrete.labels().ravel()
        for (weights, letter), shift in self._shifts.items():
            if weights == "xi":
                _accumulate(result, _shifted(polynomial, letter, shift[answers]), 1)
        return result

    @cached_property
    def _force(self) -> dict[Exponents, IntArray]:
        return self._times_readout(self._activation[1])

    def _transformed(self, weights: str, index: int) -> dict[Exponents, IntArray]:
        """Sum over all tuples of the gradient times the conjugate character, over the cyclotomic field."""
        row = self._exponents[index]
        total: dict[Exponents, IntArray] = {}
        if weights == "xi":
            sources = [(self._activation[0], self._concrete.labels().ravel())]
        else:
            sources = [(self._force, self._inputs[place]) for place in self._places(weights)]
        for polynomial, elements in sources:
            for key, values in polynomial.items():
                rolled = np.take_along_axis(values, self._columns(row[elements]), axis=1).sum(axis=0)
                total[key] = total.get(key, 0) + rolled @ self._reducer
        return {key: value for key, value in total.items() if value.any()}

    def _columns(self, powers: IntArray) -> IntArray:
        return (np.arange(self._root) + powers[:, None]) % self._root

    @cached_property
    def _reducer(self) -> IntArray:
        """Rows: powers of the root of unity in the basis 1, z, ..., modulo the cyclotomic polynomial."""
        z = Symbol("z")
        modulus = SymPyPoly(cyclotomic_poly(self._root, z), z)
        rows = []
        for power in range(self._root):
            coefficients = SymPyPoly(z**power, z).rem(modulus).all_coeffs()[::-1]
            rows.append([int(c) for c in coefficients] + [0] * (modulus.degree() - len(coefficients)))
        return np.array(rows, dtype=np.int64)

    def _difference(self, weights: str, index: int, mode: int | None, is_leak: bool) -> float:
        measured = self._transformed(weights, index)
        if mode is None:
            return float(bool(measured) != is_leak)
        expected = self._expected(mode)
        keys = {*measured, *expected}
        zero = np.zeros(self._reducer.shape[1], dtype=np.int64)
        return float(
            any((measured.get(key, zero) != _constant(expected.get(key, 0), zero)).any() for key in keys)
        )

    def _expected(self, mode: int) -> dict[Exponents, int]:
        """The reduced field in the letters c, with the scale of the transform."""
        scale = self._scale(mode) * self._denominator
        result: dict[Exponents, int] = {}
        for key, value in self._reduction.field[mode].items():
            number = value * scale * 2 ** self._pair_degree(key)
            if number.denominator != 1:
                return {key: -1}
            result[key] = int(number)
        return result

    def _pair_degree(self, exponents: Exponents) -> int:
        return sum(
            exponents[mode.letter] + exponents[mode.conjugate] for _, mode in self._modes() if not mode.is_real
        )


class NumericTransform(_Transform):
    """In floating point, at random coefficients of the modes."""

    @cached_property
    def _values(self) -> NDArray[np.complex128]:
        """The modes' coefficients: standard normal, from a fixed seed."""
        generator = np.random.default_rng(2602)
        drawn = generator.normal(size=(len(self._reduction.modes), 2))
        real = np.array([mode.is_real for _, mode in self._modes()])
        return drawn[:, 0] + 1j * np.where(real, 0.0, drawn[:, 1])

    def _weights(self, weights: str) -> NDArray[np.float64]:
        phases = 2j * np.pi / self._root * self._exponents
        total = np.zeros(self._group.order)
        for value, (_, mode) in zip(self._values, self._modes(), strict=True):
            if mode.weights == weights:
                total = total + (value * np.exp(phases[self._index(mode.frequency)])).real
        return total

    @cached_property
    def _gradients(self) -> Mapping[str, NDArray[np.float64]]:
        """Gradient of the energy by every weight group, summed over all tuples."""
        network, order = self._reduction.network, self._group.order
        inputs, answers = self._inputs, self._concrete.labels().ravel()
        z = sum(self._weights(network.embedding_of(i))[x] for i, x in enumerate(inputs))
        readout = self._weights("xi")
        force = (readout - readout.mean())[answers] * network.activation.derivative("z").evaluate({"z": np.asarray(z)})
        value = network.activation.evaluate({"z": np.asarray(z)})
        gradients = {"xi": np.bincount(answers, value, order) - value.sum() / order}
        for name in network.embeddings:
            gradients[name] = sum(
                (np.bincount(inputs[place], force, order) for place in self._places(name)), np.zeros(order)
            )
        return gradients

    @cached_property
    def _size(self) -> float:
        """Scale of the comparison: the largest transformed gradient."""
        return max(float(np.abs(self._fourier(name)).max()) for name in self._gradients)

    def _fourier(self, weights: str) -> NDArray[np.complex128]:
        conjugate = np.exp(-2j * np.pi / self._root * self._exponents)
        return np.asarray(conjugate @ self._gradients[weights])

    def _difference(self, weights: str, index: int, mode: int | None, is_leak: bool) -> float:
        measured = self._fourier(weights)[index]
        if mode is None:
            present = abs(measured) / self._size
            return float(present < 1e-9) if is_leak else present
        letters = np.zeros(self._reduction.rules.modes.letters, dtype=np.complex128)
        for value, (_, own) in zip(self._values, self._modes(), strict=True):
            letters[own.conjugate] = value.conjugate()
            letters[own.letter] = value
        expected = evaluate(self._reduction.field[mode], list(letters)) * float(self._scale(mode))
        return abs(measured - expected) / self._size


def _accumulate(total: dict[Exponents, IntArray], polynomial: Mapping[Exponents, IntArray], factor: int) -> None:
    for key, value in polynomial.items():
        if factor:
            total[key] = total[key] + factor * value if key in total else factor * value


def _shifted(
    polynomial: Mapping[Exponents, IntArray], letter: int, powers: IntArray
) -> dict[Exponents, IntArray]:
    """Product with a letter times a power of the root of unity that depends on the tuple."""
    result = {}
    for key, value in polynomial.items():
        columns = (np.arange(value.shape[1]) - powers[:, None]) % value.shape[1]
        raised = tuple(power + (i == letter) for i, power in enumerate(key))
        result[raised] = np.take_along_axis(value, columns, axis=1)
    return result


def _constant(value: int, zero: IntArray) -> IntArray:
    return np.concatenate(([value], zero[1:]))

