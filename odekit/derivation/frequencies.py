"""Frequencies: what a selection rule compares.

The sum over the group of a product of characters is n where their frequencies add up to zero, and 0 where
they don't. `SymbolicFrequencies` are rational combinations of symbols such as k and l, for a cyclic group of
symbolic order: they add up to zero if they do so identically, and the congruences modulo n that would make
further sums survive are kept as `Condition`. `CharacterFrequencies` are the characters of a concrete Abelian
group, added in its dual group: nothing generic is left, and no conditions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import gcd
from typing import Generic, Protocol, TypeVar

from odekit.groups import FiniteGroup, dual_group

__all__ = [
    "CharacterFrequencies",
    "Condition",
    "Frequencies",
    "SymbolicFrequencies",
    "SymbolicFrequency",
    "simplify_conditions",
]

SymbolicFrequency = tuple[Fraction, ...]
F = TypeVar("F")


class Frequencies(Protocol, Generic[F]):
    """What the derivation needs of frequencies of type F."""

    @property
    def zero(self) -> F: ...
    def add(self, left: F, right: F) -> F: ...
    def scale(self, factor: int, frequency: F) -> F: ...
    def divide(self, frequency: F, divisor: int) -> Sequence[F]: ...
    def label(self, frequency: F) -> str: ...
    def canonical(self, frequency: F) -> F: ...
    def condition(self, differences: Iterable[F]) -> Condition | None: ...


@dataclass(frozen=True, order=True)
class Condition:
    """The order n does not divide all of ``combinations`` at once (and is coprime to ``coprime_to``).

    Parameters
    ----------
    symbols: names of the frequencies.
    combinations: integer vectors over ``symbols``.
    coprime_to: an integer with which n has no common factor, or 1.
    """

    symbols: tuple[str, ...]
    combinations: tuple[tuple[int, ...], ...] = ()
    coprime_to: int = 1

    def holds(self, order: int, values: Mapping[str, int]) -> bool:
        """Whether it holds at a concrete order and concrete frequencies."""
        if self.coprime_to > 1:
            return gcd(order, self.coprime_to) == 1
        numbers = [values[symbol] for symbol in self.symbols]
        return any(
            sum(c * v for c, v in zip(combination, numbers, strict=True)) % order
            for combination in self.combinations
        )

    def text(self, order: str) -> str:
        """In words, such as ``"n does not divide 2k"``."""
        if self.coprime_to > 1:
            return f"{order} has no common factor with {self.coprime_to}"
        terms = [_combination(self.symbols, combination) for combination in self.combinations]
        joined = terms[0] if len(terms) == 1 else "all of " + ", ".join(terms)
        return f"{order} does not divide {joined}"


@dataclass(frozen=True)
class SymbolicFrequencies:
    """Rational combinations of ``symbols``, compared identically.

    >>> SymbolicFrequencies(("k",)).label((Fraction(-2),))
    '-2k'
    """

    symbols: tuple[str, ...]

    @property
    def zero(self) -> SymbolicFrequency:
        """The trivial character."""
        return (Fraction(0),) * len(self.symbols)

    def add(self, left: SymbolicFrequency, right: SymbolicFrequency) -> SymbolicFrequency:
        """Frequency of a product of two characters."""
        return tuple(a + b for a, b in zip(left, right, strict=True))

    def scale(self, factor: int, frequency: SymbolicFrequency) -> SymbolicFrequency:
        """Frequency of a power."""
        return tuple(factor * a for a in frequency)

    def divide(self, frequency: SymbolicFrequency, divisor: int) -> Sequence[SymbolicFrequency]:
        """The frequencies l with ``divisor * l = frequency``: one, where n and the divisor are coprime."""
        return (tuple(a / divisor for a in frequency),)

    def label(self, frequency: SymbolicFrequency) -> str:
        """How a person writes it."""
        return _combination(self.symbols, frequency)

    def canonical(self, frequency: SymbolicFrequency) -> SymbolicFrequency:
        """The member of {f, -f} whose first nonzero coefficient is positive."""
        first = next((a for a in frequency if a), Fraction(0))
        return self.scale(-1, frequency) if first < 0 else frequency

    def condition(self, differences: Iterable[SymbolicFrequency]) -> Condition | None:
        """What excludes that all ``differences`` vanish modulo n although not all vanish identically."""
        vectors = {self.canonical(difference) for difference in differences} - {self.zero}
        if not vectors or any(a.denominator > 1 for vector in vectors for a in vector):
            return None
        integers = sorted(tuple(int(a) for a in vector) for vector in vectors)
        if len(self.symbols) == 1:
            integers = [(gcd(*(vector[0] for vector in integers)),)]
        return Condition(self.symbols, tuple(integers))


@dataclass(frozen=True)
class CharacterFrequencies:
    """The characters of an Abelian group, by index, added in the dual group."""

    group: FiniteGroup

    @cached_property
    def _dual(self) -> FiniteGroup:
        return dual_group(self.group)

    @property
    def zero(self) -> int:
        """The trivial character."""
        return 0

    def add(self, left: int, right: int) -> int:
        """Index of a product of two characters."""
        return int(self._dual.table[left, right])

    def scale(self, factor: int, frequency: int) -> int:
        """Index of a power."""
        step = frequency if factor > 0 else int(self._dual.inverse[frequency])
        total = 0
        for _ in range(abs(factor) % int(self._dual.element_orders[frequency])):
            total = self.add(total, step)
        return total

    def divide(self, frequency: int, divisor: int) -> Sequence[int]:
        """All characters whose ``divisor``-th power is ``frequency``."""
        return self._quotients(divisor).get(frequency, ())

    def _quotients(self, divisor: int) -> Mapping[int, Sequence[int]]:
        cache: dict[int, dict[int, list[int]]] = self.__dict__.setdefault("_quotient_cache", {})
        if divisor not in cache:
            table: dict[int, list[int]] = {}
            for index in range(self.group.order):
                table.setdefault(self.scale(divisor, index), []).append(index)
            cache[divisor] = table
        return cache[divisor]

    def label(self, frequency: int) -> str:
        """The character's name: its frequency for a cyclic group."""
        return self._dual.labels[frequency]

    def canonical(self, frequency: int) -> int:
        """The smaller index of a character and its conjugate."""
        return min(frequency, int(self._dual.inverse[frequency]))

    def condition(self, differences: Iterable[int]) -> Condition | None:
        """Nothing is generic at a concrete order."""
        return None


def simplify_conditions(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    """Drop those that follow from another: n not dividing g k implies it for every divisor of g."""
    unique = set(conditions)
    kept = [c for c in unique if not any(_implies(other, c) for other in unique if other != c)]
    return tuple(sorted(kept))


def _implies(stronger: Condition, weaker: Condition) -> bool:
    """Whether each congruence set of ``weaker`` is contained in that of ``stronger``, by multiples."""
    if stronger.coprime_to > 1 or weaker.coprime_to > 1:
        return False
    return all(
        any(_is_multiple(wide, narrow) for narrow in weaker.combinations) for wide in stronger.combinations
    )


def _is_multiple(wide: tuple[int, ...], narrow: tuple[int, ...]) -> bool:
    first = next(i for i, a in enumerate(narrow) if a)
    factor = Fraction(wide[first], narrow[first])
    return factor.denominator == 1 and all(w == factor * v for w, v in zip(wide, narrow, strict=True))


def _combination(symbols: Sequence[str], coefficients: Sequence[Fraction | int]) -> str:
    text = ""
    for symbol, coefficient in zip(symbols, coefficients, strict=True):
        if not coefficient:
            continue
        size = abs(Fraction(coefficient))
        sign = "-" if coefficient < 0 else ("+" if text else "")
        number = "" if size.numerator == 1 else str(size.numerator)
        tail = f"/{size.denominator}" if size.denominator > 1 else ""
        text += f"{sign}{number}{symbol}{tail}"
    return text or "0"
