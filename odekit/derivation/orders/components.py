"""What one neuron adds to the logits, by Fourier component over all inputs and the output.

On an Abelian group ``f(x_1, ..., x_s)[h] = a sum_m xi_m[h] act(z_m)``. A *charge* ``(q_1, ..., q_s; l)`` is
that of the component along ``chi_q1(x_1) ... chi_qs(x_s) chi_l(h)``, whose coefficient is a polynomial in the
letters of the neuron's modes. Sums over inputs and outputs keep what has charges that add up to zero.

A mode that only moves because softmax is not uniform has a *grade*: the power of the logits' size, relative
to the first order, at which it appears. Terms of too high a grade are left out.
"""

import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any

from odekit.derivation.modes import Mode, SelectionRules
from odekit.systems.algebra import Poly, add, constant, multiply

__all__ = [
    "Charge",
    "Components",
    "NeuronComponents",
    "add_charges",
    "grade_of",
    "letter_grades",
    "truncated",
]

Charge = tuple[Any, ...]
Components = dict[Charge, Poly]


@dataclass(frozen=True)
class NeuronComponents:
    """The components of one neuron's logit and of its derivatives.

    Parameters
    ----------
    rules: the neuron's modes, activation and task.
    grades: of every letter of the modes.
    highest: grade above which terms are left out.
    """

    rules: SelectionRules[Any]
    grades: tuple[int, ...]
    highest: int

    @cached_property
    def values(self) -> Components:
        """``act(z)``, by the frequencies of the inputs: the derivative of the logit by xi."""
        return self._of_inputs(self.rules.words)

    @cached_property
    def slopes(self) -> Components:
        """``xi[h] act'(z)``, by charge: the derivative of the logit by theta at any of the inputs."""
        derivative = {d - 1: d * value for d, value in self.rules.activation.items() if d}
        return self._with_output(self._of_inputs(replace(self.rules, activation=derivative).words))

    @cached_property
    def logits(self) -> Components:
        """``xi[h] act(z)`` by charge, without xi's mean, which the loss does not see."""
        return self._with_output(self.values)

    def _of_inputs(self, words: Iterable[tuple[Fraction, tuple[int, ...]]]) -> Components:
        """A polynomial of the pre-activation, spread over the inputs, by the frequencies at them."""
        parts: dict[Charge, list[tuple[Fraction, Poly]]] = {}
        for factor, degrees in words:
            powers = [
                self.rules.powers[name][d].items()
                for name, d in zip(self.rules.embeddings, degrees, strict=True)
            ]
            for chosen in product(*powers):
                charge = tuple(frequency for frequency, _ in chosen)
                found = self._product([polynomial for _, polynomial in chosen])
                parts.setdefault(charge, []).append((factor, found))
        return _without_zeros(parts)

    def _with_output(self, inputs: Components) -> Components:
        parts = {
            (*charge, frequency): [(Fraction(1), self._product([polynomial, readout]))]
            for charge, polynomial in inputs.items()
            for frequency, readout in self.rules.readout.items()
        }
        return _without_zeros(parts)

    def _product(self, factors: Sequence[Poly]) -> Poly:
        result = constant(1, self.rules.modes.letters)
        for factor in factors:
            result = truncated(multiply(result, factor), self.grades, self.highest)
        return result


def letter_grades(modes: Sequence[Mode[Any]], grades: Sequence[int]) -> tuple[int, ...]:
    """The grade of every letter, from that of every mode."""
    found = [0] * (max((mode.conjugate for mode in modes), default=-1) + 1)
    for mode, grade in zip(modes, grades, strict=True):
        found[mode.letter] = found[mode.conjugate] = grade
    return tuple(found)


def add_charges(frequencies: Any, left: Charge, right: Charge) -> Charge:
    """The charge of a product of two components."""
    return tuple(frequencies.add(a, b) for a, b in zip(left, right, strict=True))


def grade_of(exponents: Sequence[int], grades: Sequence[int]) -> int:
    """The grade of a monomial."""
    return sum(map(operator.mul, exponents, grades))


def truncated(polynomial: Poly, grades: Sequence[int], highest: int) -> Poly:
    """The terms of at most a grade."""
    return {key: value for key, value in polynomial.items() if grade_of(key, grades) <= highest}


def _without_zeros(parts: Mapping[Charge, Sequence[tuple[Fraction, Poly]]]) -> Components:
    totals = {charge: add(found) for charge, found in parts.items()}
    return {charge: total for charge, total in totals.items() if total}
