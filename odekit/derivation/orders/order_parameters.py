"""Order parameters: the few sums over neurons through which neurons see each other.

Each Fourier component of the logits is a multiple of a sum over neurons of one polynomial in their
amplitudes, such as ``a sum v conj(u)^2``. Components with proportional or conjugate polynomials share it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from odekit.derivation.modes import ModeSet
from odekit.derivation.orders.components import Components, NeuronComponents, grade_of
from odekit.systems.algebra import Poly, add, letter

__all__ = ["OrderParameter", "OrderParameters", "find_order_parameters"]

_Key = tuple[int, tuple[tuple[tuple[int, ...], Fraction], ...]]


@dataclass(frozen=True)
class OrderParameter:
    """A logit scale times a sum over the neurons of one kind.

    Parameters
    ----------
    kind: index of the kind of neurons.
    formula: what is summed, in the letters of the kind's modes; its first coefficient is 1.
    grade: powers of the logits' size, relative to the first order, at which it enters a neuron's flow.
    letter, conjugate: index of its letter and of its conjugate's; equal where it is real.
    """

    kind: int
    formula: Poly
    grade: int
    letter: int
    conjugate: int

    @property
    def is_real(self) -> bool:
        """Whether it is its own conjugate."""
        return self.letter == self.conjugate


@dataclass(frozen=True)
class OrderParameters:
    """All order parameters, and the logits in them.

    Parameters
    ----------
    all: in the order of their letters.
    logits: coefficient of every component of the logits, linear in the letters.
    """

    all: tuple[OrderParameter, ...]
    logits: Components

    @cached_property
    def letters(self) -> int:
        """Number of letters."""
        return max((parameter.conjugate for parameter in self.all), default=-1) + 1

    @cached_property
    def grades(self) -> tuple[int, ...]:
        """The grade of every letter."""
        return tuple(parameter.grade for parameter in self.all for _ in range(1 if parameter.is_real else 2))


def find_order_parameters(neurons: Sequence[NeuronComponents]) -> OrderParameters:
    """The order parameters of kinds of neurons that share their frequencies."""
    found: dict[_Key, OrderParameter] = {}
    terms: list[tuple[Any, Fraction, OrderParameter, bool]] = []
    for kind, neuron in enumerate(neurons):
        for charge, polynomial in neuron.logits.items():
            for grade, part in _by_grade(polynomial, neuron.grades).items():
                factor, formula, is_conjugate, is_real = _normalised(part, neuron.rules.modes)
                key = (kind, tuple(sorted(formula.items())))
                if key not in found:
                    first = max((one.conjugate for one in found.values()), default=-1) + 1
                    found[key] = OrderParameter(kind, formula, 1 + grade, first, first + (not is_real))
                terms.append((charge, factor, found[key], is_conjugate))
    total = max((one.conjugate for one in found.values()), default=-1) + 1
    logits: Components = {}
    for charge, factor, one, is_conjugate in terms:
        place = one.conjugate if is_conjugate else one.letter
        logits[charge] = add([(1, logits.get(charge, {})), (factor, letter(place, total))])
    return OrderParameters(tuple(found.values()), logits)


def _by_grade(polynomial: Poly, grades: Sequence[int]) -> dict[int, Poly]:
    parts: dict[int, Poly] = {}
    for exponents, value in polynomial.items():
        parts.setdefault(grade_of(exponents, grades), {})[exponents] = value
    return parts


def _normalised(polynomial: Poly, modes: ModeSet[Any]) -> tuple[Fraction, Poly, bool, bool]:
    """The factor in front, the rest, whether that is the conjugate's, and whether it is real.

    Of a polynomial and its conjugate the one is taken whose last letters are not conjugated: those of xi.
    """
    conjugate = {modes.conjugate_exponents(exponents): value for exponents, value in polynomial.items()}
    chosen = min(polynomial, conjugate, key=_reversed_exponents)
    lead = chosen[max(chosen)]
    formula = {exponents: value / lead for exponents, value in chosen.items()}
    return lead, formula, chosen is not polynomial, conjugate == polynomial


def _reversed_exponents(polynomial: Poly) -> list[tuple[int, ...]]:
    return sorted(exponents[::-1] for exponents in polynomial)
