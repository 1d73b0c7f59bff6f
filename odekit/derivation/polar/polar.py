"""The same flow in magnitudes and phases, and in real coordinates.

With w = r e^{i phase} a monomial of the energy is a product of magnitudes times the cosine of an integer
phase combination D, such as 2 phi - psi.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import gcd
from typing import Any

import sympy as sp

from odekit.derivation.modes import FourierReduction, Mode, Names, real_symbols
from odekit.derivation.polar.long_sums import Monomial, factored_sum
from odekit.systems.algebra import Poly, to_sympy

__all__ = [
    "PhaseCombinations",
    "cartesian_field",
    "polar_energy",
    "polar_expression",
    "polar_field",
    "real_parts",
]

Charge = tuple[int, ...]


@dataclass(frozen=True)
class PhaseCombinations:
    """The phase combinations of an energy, each with its symbol: D, or D_1, D_2, ... where several.

    The sign of a combination is chosen so that its first coefficient is positive.
    """

    reduction: FourierReduction

    @cached_property
    def _symbols(self) -> Mapping[Charge, sp.Symbol]:
        charges = [self.charge(exponents) for exponents in self.reduction.energy]
        distinct = sorted({_positive(c) for c in charges if any(c)}, reverse=True)
        labels = ["D"] if len(distinct) == 1 else [f"D_{i}" for i in range(1, len(distinct) + 1)]
        return {c: sp.Symbol(label, real=True) for c, label in zip(distinct, labels, strict=True)}

    @property
    def definitions(self) -> dict[sp.Symbol, sp.Expr]:
        """Each combination as an expression in phases."""
        return {symbol: self._phase(charge) for charge, symbol in self._symbols.items()}

    def charge(self, exponents: tuple[int, ...]) -> Charge:
        """Coefficient of each mode's phase in the phase of a monomial."""
        return tuple(
            0 if mode.is_real else exponents[mode.letter] - exponents[mode.conjugate]
            for mode in self.reduction.modes
        )

    def angle(self, charge: Charge) -> sp.Expr:
        """The phase of a monomial, in terms of D where it is a multiple of one of them."""
        for size, symbol in self._multiples.get(_primitive(charge), ()):
            factor, remainder = divmod(gcd(*charge), size)
            if not remainder:
                return (factor if _is_positive(charge) else -factor) * symbol
        return self._phase(charge)

    @cached_property
    def _multiples(self) -> Mapping[Charge, Sequence[tuple[int, sp.Symbol]]]:
        """By primitive charge the multiples of it that have a symbol."""
        found: dict[Charge, list[tuple[int, sp.Symbol]]] = {}
        for charge, symbol in self._symbols.items():
            found.setdefault(_primitive(charge), []).append((gcd(*charge), symbol))
        return found

    def _phase(self, charge: Charge) -> sp.Expr:
        phases = [names.phase for names in self.reduction.names]
        terms = [c * phase for c, phase in zip(charge, phases, strict=True) if c and phase is not None]
        return sp.Add(*terms)


def polar_field(reduction: FourierReduction, combinations: PhaseCombinations) -> dict[sp.Symbol, sp.Expr]:
    """Time derivative of every magnitude, signed value and phase."""
    magnitudes: dict[sp.Symbol, sp.Expr] = {}
    phases: dict[sp.Symbol, sp.Expr] = {}
    for index, (mode, names, polynomial) in enumerate(
        zip(reduction.modes, reduction.names, reduction.field, strict=True)
    ):
        radial, angular = _rotated(reduction, combinations, index, polynomial)
        magnitudes[names.magnitude] = factored_sum(radial)
        if names.phase is not None and not mode.is_real:
            phases[names.phase] = factored_sum(angular)
    return _by_mode(reduction, magnitudes, phases)


def _by_mode(
    reduction: FourierReduction, magnitudes: dict[sp.Symbol, sp.Expr], phases: dict[sp.Symbol, sp.Expr]
) -> dict[sp.Symbol, sp.Expr]:
    """Order: each weight group's magnitudes, then its phases."""
    ordered: dict[sp.Symbol, sp.Expr] = {}
    for weights in dict.fromkeys(mode.weights for mode in reduction.modes):
        group = [n for m, n in zip(reduction.modes, reduction.names, strict=True) if m.weights == weights]
        ordered.update({n.magnitude: magnitudes[n.magnitude] for n in group})
        ordered.update({n.phase: phases[n.phase] for n in group if n.phase is not None})
    return ordered


def _rotated(
    reduction: FourierReduction, combinations: PhaseCombinations, index: int, polynomial: Poly
) -> tuple[list[Monomial | None], list[Monomial | None]]:
    """Real part of ``polynomial * e^{-i phase}`` of the mode ``index``, and imaginary part over its size."""
    radial, angular = [], []
    real = reduction.modes[index].is_real
    size = reduction.names[index].magnitude
    power = reduction.network.task.summands - 1
    for exponents, coefficient in polynomial.items():
        charge = list(combinations.charge(exponents))
        charge[index] -= 0 if real else 1
        angle = combinations.angle(tuple(charge))
        monomial = _monomial(reduction, exponents, coefficient, power)
        radial.append(monomial.times(sp.cos(angle)))
        if not real:
            angular.append(monomial.over(size).times(sp.sin(angle)))
    return radial, angular


def _monomial(
    reduction: FourierReduction, exponents: tuple[int, ...], coefficient: Fraction, order_power: int
) -> Monomial:
    """Coefficient and magnitudes of a monomial, times a power of the order."""
    powers: dict[sp.Expr, int] = {}
    for mode, names in zip(reduction.modes, reduction.names, strict=True):
        power = exponents[mode.letter] + (0 if mode.is_real else exponents[mode.conjugate])
        if power:
            powers[names.magnitude] = power
    if reduction.order.is_Symbol:
        return Monomial(coefficient, {**powers, reduction.order: order_power} if order_power else powers)
    return Monomial(coefficient * int(reduction.order) ** order_power, powers)


def polar_energy(reduction: FourierReduction, combinations: PhaseCombinations) -> sp.Expr:
    """The energy in magnitudes and cosines of phase combinations, what is common in front."""
    power = reduction.network.task.summands
    return factored_sum(
        [
            _monomial(reduction, exponents, value, power).times(
                sp.cos(combinations.angle(combinations.charge(exponents)))
            )
            for exponents, value in reduction.energy.items()
        ]
    )


def polar_expression(reduction: FourierReduction, combinations: PhaseCombinations, real: Poly) -> sp.Expr:
    """A polynomial equal to its own conjugate (or to minus it), as magnitudes times cosines (sines)."""
    conjugate = reduction.rules.modes.conjugate_exponents
    is_even = all(real.get(conjugate(exponents)) == value for exponents, value in real.items())
    wave = sp.cos if is_even else sp.sin
    return sp.expand(
        sp.Add(
            *(
                sp.Rational(value.numerator, value.denominator)
                * _magnitude(reduction, exponents)
                * wave(combinations.angle(combinations.charge(exponents)))
                for exponents, value in real.items()
            )
        )
    )


def cartesian_field(reduction: FourierReduction) -> dict[sp.Symbol, sp.Expr]:
    """Time derivative of real and imaginary part of every complex mode, and of every signed one."""
    letters = _letter_expressions(reduction)
    field: dict[sp.Symbol, sp.Expr] = {}
    for mode, polynomial in zip(reduction.modes, reduction.field, strict=True):
        value = sp.expand(reduction.factor * to_sympy(polynomial, letters))
        parts = _parts(reduction, mode)
        for symbol, part in zip(parts, value.as_real_imag() if len(parts) == 2 else (value,), strict=True):
            field[symbol] = sp.factor_terms(sp.expand(part))
    return field


def _letter_expressions(reduction: FourierReduction) -> Sequence[sp.Expr]:
    letters: list[sp.Expr] = [sp.S.Zero] * reduction.rules.modes.letters
    for mode in reduction.modes:
        parts = _parts(reduction, mode)
        imaginary = sp.I * parts[1] if len(parts) == 2 else sp.S.Zero
        letters[mode.conjugate] = parts[0] - imaginary
        letters[mode.letter] = parts[0] + imaginary
    return letters


def _parts(reduction: FourierReduction, mode: Mode[Any]) -> tuple[sp.Symbol, ...]:
    names = reduction.names[reduction.modes.index(mode)]
    return (names.value,) if mode.is_real else real_parts(names)


def real_parts(names: Names) -> tuple[sp.Symbol, sp.Symbol]:
    """The real and the imaginary part of a complex mode."""
    real, imaginary = real_symbols(names.value, is_real=False)
    return real, imaginary


def _magnitude(reduction: FourierReduction, exponents: tuple[int, ...]) -> sp.Expr:
    factors = []
    for mode, names in zip(reduction.modes, reduction.names, strict=True):
        power = exponents[mode.letter] + (0 if mode.is_real else exponents[mode.conjugate])
        factors.append(names.magnitude**power)
    return sp.Mul(*factors)


def _positive(charge: Charge) -> Charge:
    return charge if _is_positive(charge) else tuple(-c for c in charge)


def _is_positive(charge: Charge) -> bool:
    """Whether the first coefficient that is not zero is positive; so for none."""
    return next((c for c in charge if c), 0) >= 0


def _primitive(charge: Charge) -> Charge:
    """The least positive multiple of its direction."""
    common = gcd(*charge) or 1
    return tuple(c // common for c in _positive(charge))
