"""The coupled flow in formulas: complex amplitudes, their real and imaginary parts, and order parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import sympy as sp

from odekit.derivation.modes import Names, names_of, real_symbols
from odekit.derivation.orders.components import truncated
from odekit.derivation.orders.coupled_flow import CoupledFlow
from odekit.systems.algebra import Poly, add, constant, letter, multiply, to_sympy

__all__ = ["Formulas"]

Parts = tuple[Poly, Poly]

# Longer sums have no common factor but the order's power, and SymPy takes long to find that out.
MOST_FACTORED = 40


@dataclass(frozen=True)
class Formulas:
    """The flow of one kind of neurons as SymPy expressions.

    Parameters
    ----------
    flow: of kinds of neurons; the formulas are those of the kind ``kind``.
    """

    flow: CoupledFlow
    kind: int = 0

    @property
    def names(self) -> tuple[Names, ...]:
        """Symbols of the modes."""
        return self.flow.kinds[self.kind].names

    @cached_property
    def parameter_names(self) -> tuple[sp.Symbol, ...]:
        """S1, S2, ...: symbols of the order parameters."""
        return tuple(
            sp.Symbol(f"S{index}", real=True) if one.is_real else sp.Symbol(f"S{index}")
            for index, one in enumerate(self.flow.parameters.all, start=1)
        )

    @cached_property
    def own_letters(self) -> Sequence[sp.Expr]:
        """Amplitudes and their conjugates, by letter of the neuron."""
        modes = self.flow.kinds[self.kind].modes
        values = [names.value for names in self.names]
        return _with_conjugates([(m.letter, m.conjugate) for m in modes], values)

    @cached_property
    def letters(self) -> Sequence[sp.Expr]:
        """Amplitudes, order parameters and their conjugates, by letter."""
        pairs = [(one.letter, one.conjugate) for one in self.flow.parameters.all]
        return [*self.own_letters, *_with_conjugates(pairs, self.parameter_names)]

    @property
    def factor(self) -> sp.Expr:
        """The common factor n^(s-1)."""
        return self.flow.kinds[self.kind].factor

    @cached_property
    def definitions(self) -> Mapping[sp.Symbol, sp.Expr]:
        """What is summed over the neurons of this kind in each order parameter."""
        found = zip(self.parameter_names, self.flow.parameters.all, strict=True)
        return {
            symbol: to_sympy(one.formula, self.own_letters) for symbol, one in found if one.kind == self.kind
        }

    @cached_property
    def velocities(self) -> Mapping[sp.Symbol, sp.Expr]:
        """Time derivative of every amplitude."""
        fields = zip(self.names, self.flow.field(self.kind), strict=True)
        return {names.value: self._expression(field) for names, field in fields}

    @cached_property
    def responses(self) -> Mapping[sp.Symbol, sp.Expr]:
        """Time derivative of every amplitude outside of the modes that moves at this order."""
        return {
            names_of(one.mode, several=True).value: self._expression(one.velocity)
            for one in self.flow.responses(self.kind)
        }

    @cached_property
    def energy(self) -> sp.Expr:
        """The energy E of a neuron at uniform softmax."""
        kind = self.flow.kinds[self.kind]
        energy = truncated(kind.energy, self.flow.neurons[self.kind].grades, self.flow.order - 1)
        return sp.factor_terms(self._inputs * to_sympy(energy, self.own_letters))

    @cached_property
    def interaction(self) -> sp.Expr:
        """What the summed loss gains beyond uniform softmax, in the order parameters."""
        pairs = [(one.letter, one.conjugate) for one in self.flow.parameters.all]
        others = _with_conjugates(pairs, self.parameter_names)
        return sp.factor_terms(self._inputs * to_sympy(self.flow.interaction, others))

    @property
    def _inputs(self) -> sp.Expr:
        """The number n^s of tuples of inputs."""
        kind = self.flow.kinds[self.kind]
        return kind.order**kind.network.task.summands

    def _expression(self, field: Poly) -> sp.Expr:
        expression = self.factor * to_sympy(field, self.letters)
        return sp.factor_terms(expression) if len(field) <= MOST_FACTORED else expression

    @cached_property
    def parameters(self) -> tuple[sp.Symbol, ...]:
        """Real symbols of the order parameters that the modes' velocities hold."""
        first = self.flow.kinds[self.kind].rules.modes.letters
        used = {
            place
            for velocity in self.flow.field(self.kind)
            for exponents in velocity
            for place, power in enumerate(exponents[first:])
            if power
        }
        pairs = zip(self.parameter_names, self.flow.parameters.all, strict=True)
        return tuple(
            part
            for symbol, one in pairs
            if used & {one.letter, one.conjugate}
            for part in real_symbols(symbol, one.is_real)
        )

    @cached_property
    def cartesian(self) -> Mapping[sp.Symbol, sp.Expr]:
        """Time derivative of the real and imaginary part of every amplitude."""
        field: dict[sp.Symbol, sp.Expr] = {}
        for names, polynomial in zip(self.names, self.flow.field(self.kind), strict=True):
            parts = real_and_imaginary(polynomial, self._parts)
            symbols = real_symbols(names.value, names.phase is None)
            for symbol, part in zip(symbols, parts, strict=False):
                field[symbol] = self.factor * to_sympy(part, self.real_symbols)
        return field

    @cached_property
    def _pairs(self) -> Sequence[tuple[int, int, sp.Symbol]]:
        """Letter, conjugate and symbol of everything complex or real that the field may hold."""
        kind = self.flow.kinds[self.kind]
        own, first = zip(kind.modes, self.names, strict=True), kind.rules.modes.letters
        others = zip(self.parameter_names, self.flow.parameters.all, strict=True)
        return [
            *((mode.letter, mode.conjugate, names.value) for mode, names in own),
            *((first + one.letter, first + one.conjugate, symbol) for symbol, one in others),
        ]

    @cached_property
    def real_symbols(self) -> Sequence[sp.Symbol]:
        """A real symbol for every letter: the real part, then the imaginary one."""
        return [
            part
            for place, conjugate, symbol in self._pairs
            for part in real_symbols(symbol, place == conjugate)
        ]

    def letter_values(self, values: Mapping[sp.Symbol, float]) -> Sequence[complex]:
        """The value of every letter, from those of the real symbols."""
        letters = [0j] * len(self.real_symbols)
        for place, conjugate, _ in self._pairs:
            real = values[self.real_symbols[place]]
            imaginary = values[self.real_symbols[conjugate]] if conjugate != place else 0.0
            letters[conjugate] = complex(real, -imaginary)
            letters[place] = complex(real, imaginary)
        return letters

    @cached_property
    def _parts(self) -> Sequence[Parts]:
        """Real and imaginary part of every letter, as polynomials in the real symbols."""
        total = len(self.real_symbols)
        parts: list[Parts] = [({}, {})] * total
        for place, conjugate, _ in self._pairs:
            real = letter(place, total)
            imaginary = letter(conjugate, total) if conjugate != place else {}
            parts[conjugate] = (real, add([(-1, imaginary)]))
            parts[place] = (real, imaginary)
        return parts


def real_and_imaginary(polynomial: Poly, letters: Sequence[Parts]) -> Parts:
    """Both parts of a polynomial whose letters are complex, in as many real letters.

    >>> x, y = letter(0, 2), letter(1, 2)
    >>> real_and_imaginary({(2, 0): Fraction(1)}, [(x, y), (x, add([(-1, y)]))])[1]
    {(1, 1): Fraction(2, 1)}
    """
    real: list[tuple[Fraction, Poly]] = []
    imaginary: list[tuple[Fraction, Poly]] = []
    for exponents, coefficient in polynomial.items():
        a: Poly = constant(1, len(letters))
        b: Poly = {}
        for (x, y), power in zip(letters, exponents, strict=True):
            for _ in range(power):
                a, b = (
                    add([(1, multiply(a, x)), (-1, multiply(b, y))]),
                    add([(1, multiply(a, y)), (1, multiply(b, x))]),
                )
        real.append((coefficient, a))
        imaginary.append((coefficient, b))
    return add(real), add(imaginary)


def _with_conjugates(pairs: Sequence[tuple[int, int]], values: Sequence[sp.Symbol]) -> Sequence[sp.Expr]:
    letters: list[sp.Expr] = [sp.S.Zero] * (max((conjugate for _, conjugate in pairs), default=-1) + 1)
    for (place, conjugate), value in zip(pairs, values, strict=True):
        letters[conjugate] = sp.conjugate(value)
        letters[place] = value
    return letters
