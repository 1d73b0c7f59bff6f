"""From the energy and the Plancherel metric to the reduced vector field, exactly.

Plancherel gives the weights' squared length as n/2 |w|^2 for each pair of conjugate characters and n w^2 for
each real one. The gradient flow of E = n^s e in that metric is, for a pair and for a real mode,

    w' = rate * n^(s-1) * 4 de/dconj(w),          w' = rate * n^(s-1) * de/dw.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy as sp

from odekit.derivation.modes.conditions import Condition, simplify_conditions
from odekit.derivation.modes.genericity import generic_conditions
from odekit.derivation.modes.leaks import leak_labels, leaks_of
from odekit.derivation.modes.mode_set import Mode
from odekit.derivation.modes.selection_rules import SelectionRules
from odekit.networks import Network
from odekit.systems.algebra import Poly, add, differentiate

__all__ = ["FourierReduction", "Names", "names_of", "real_symbols"]


@dataclass(frozen=True)
class Names:
    """Symbols of one mode: its complex (or signed) value, and magnitude and phase of a pair."""

    value: sp.Symbol
    magnitude: sp.Symbol
    phase: sp.Symbol | None


@dataclass(frozen=True)
class FourierReduction:
    """A network's flow at uniform softmax, projected on chosen modes.

    Parameters
    ----------
    network: what was derived.
    rules: modes and selection rules.
    order: the group's order, a symbol or an integer.
    further: what the order must satisfy besides, for the modes that are left out to be generic too.
    """

    network: Network
    rules: SelectionRules[Any]
    order: sp.Expr
    further: tuple[Condition, ...] = ()

    @property
    def modes(self) -> tuple[Mode[Any], ...]:
        """The unknowns, in the order of the states."""
        return self.rules.modes.modes

    @cached_property
    def energy(self) -> Poly:
        """The polynomial e of E = n^s e."""
        return self.rules.energy()

    @cached_property
    def field(self) -> tuple[Poly, ...]:
        """Right-hand side of each mode in units of n^(s-1), a polynomial in the letters."""
        return tuple(
            add([(mode.gradient_factor * self.rate(mode), differentiate(self.energy, mode.conjugate))])
            for mode in self.modes
        )

    @cached_property
    def letter_field(self) -> tuple[Poly, ...]:
        """Right-hand side of each letter: of the modes and of their conjugates."""
        conjugate = self.rules.modes.conjugate_exponents
        field: list[Poly] = [{} for _ in range(self.rules.modes.letters)]
        for mode, polynomial in zip(self.modes, self.field, strict=True):
            field[mode.conjugate] = {conjugate(key): value for key, value in polynomial.items()}
            field[mode.letter] = polynomial
        return tuple(field)

    def rate(self, mode: Mode[Any]) -> Fraction:
        """The factor on the learning rate of the mode's weight group, as an exact rational."""
        return Fraction(repr(self.network.rates[mode.weights]))

    @property
    def factor(self) -> sp.Expr:
        """The common factor n^(s-1) of the field."""
        return self.order ** (self.network.task.summands - 1)

    @cached_property
    def leak_gradients(self) -> Mapping[str, Mapping[Any, Poly]]:
        """Derivative of e at every frequency outside of the modes where it isn't zero, by weight group."""
        return leaks_of(self.rules)

    @cached_property
    def leaks(self) -> Mapping[str, tuple[str, ...]]:
        """Frequencies outside of the modes that the gradient reaches, as labels by weight group."""
        return leak_labels(self.rules, self.leak_gradients)

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """What the order and the frequencies must satisfy; empty at a concrete order."""
        return simplify_conditions({*generic_conditions(self.rules), *self.further})

    @cached_property
    def names(self) -> tuple[Names, ...]:
        """Symbols of every mode, in order; with its frequency where there are several."""
        several = len({mode.frequency for mode in self.modes if not mode.is_mean}) > 1
        return tuple(names_of(mode, several) for mode in self.modes)


def names_of(mode: Mode[Any], several: bool) -> Names:
    """Symbols of a mode, with its frequency where there are several."""
    number = mode.weights.removeprefix("theta") if mode.weights != "xi" else ""
    if mode.is_mean:
        mean = sp.Symbol(f"theta{number}_0" if number else "theta0", real=True)
        return Names(mean, mean, None)
    letters = ("v", "beta", "psi") if mode.weights == "xi" else ("u", "alpha", "phi")
    tail = f"{number}_{_plain(mode.label)}" if several else number
    value, magnitude, phase = (letter + tail for letter in letters)
    if mode.is_real:
        signed = sp.Symbol(value, real=True)
        return Names(signed, signed, None)
    return Names(sp.Symbol(value), sp.Symbol(magnitude, positive=True), sp.Symbol(phase, real=True))


def real_symbols(symbol: sp.Symbol, is_real: bool) -> tuple[sp.Symbol, ...]:
    """A real symbol itself; of a complex one those of its real and imaginary part."""
    if is_real:
        return (symbol,)
    return tuple(sp.Symbol(f"{symbol.name}_{part}", real=True) for part in ("re", "im"))


def _plain(label: str) -> str:
    """A label as the tail of a Python name: ``(1,2)`` becomes ``1_2``, ``k+l`` becomes ``k_plus_l``."""
    words = {"(": "", ")": "", ",": "_", "+": "_plus_", "-": "_minus_", "/": "_over_"}
    return "".join(words.get(character, character) for character in label).strip("_")
