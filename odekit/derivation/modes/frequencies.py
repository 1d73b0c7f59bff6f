"""Frequencies: what a selection rule compares, symbolic combinations or the characters of a concrete group.

The sum over the group of a product of characters is n where their frequencies add up to zero, else 0.
Symbolic ones do so identically; the congruences modulo n that would be accidents are kept as `Condition`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from math import gcd, lcm
from typing import Generic, Protocol, TypeVar

import numpy as np

from odekit.arrays import IntArray
from odekit.derivation.modes.conditions import Condition, combination_text
from odekit.groups import FiniteGroup

__all__ = ["CharacterFrequencies", "Frequencies", "SymbolicFrequencies", "SymbolicFrequency"]

SymbolicFrequency = tuple[Fraction, ...]
F = TypeVar("F")

# Each is one row of n integers; a derivation uses a few factors over and over.
_TABLES_KEPT = 64


class Frequencies(Protocol, Generic[F]):
    """What the derivation needs of frequencies of type F.

    ``symbols`` are the names of the generic ones, none at a concrete order; ``base`` is the character that is
    called k there, if one is. ``index`` is the row of the character at a concrete order and concrete values
    of the symbols.
    """

    @property
    def symbols(self) -> tuple[str, ...]: ...
    @property
    def base(self) -> int | None: ...
    @property
    def zero(self) -> F: ...
    def add(self, left: F, right: F) -> F: ...
    def scale(self, factor: int, frequency: F) -> F: ...
    def divide(self, frequency: F, divisor: int) -> Sequence[F]: ...
    def label(self, frequency: F) -> str: ...
    def canonical(self, frequency: F) -> F: ...
    def condition(self, differences: Iterable[F]) -> Condition | None: ...
    def index(self, frequency: F, order: int, values: Mapping[str, int]) -> int: ...


@dataclass(frozen=True)
class SymbolicFrequencies:
    """Rational combinations of ``symbols``, compared identically.

    >>> SymbolicFrequencies(("k",)).label((Fraction(-2),))
    '-2k'
    """

    symbols: tuple[str, ...]

    @property
    def base(self) -> None:
        """None: k is a symbol."""
        return None

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
        return combination_text(self.symbols, frequency)

    def canonical(self, frequency: SymbolicFrequency) -> SymbolicFrequency:
        """The member of {f, -f} whose first nonzero coefficient is positive."""
        first = next((a for a in frequency if a), Fraction(0))
        return self.scale(-1, frequency) if first < 0 else frequency

    def condition(self, differences: Iterable[SymbolicFrequency]) -> Condition | None:
        """What excludes that all ``differences`` vanish modulo n although not all vanish identically.

        Denominators are cleared: n is coprime to them where they occur.
        """
        vectors = {self.canonical(difference) for difference in differences} - {self.zero}
        if not vectors:
            return None
        integers = sorted({_cleared(vector) for vector in vectors})
        if len(self.symbols) == 1:
            integers = [(gcd(*(vector[0] for vector in integers)),)]
        return Condition(self.symbols, tuple(integers))

    def index(self, frequency: SymbolicFrequency, order: int, values: Mapping[str, int]) -> int:
        """The character at a concrete order; a denominator acts by its inverse modulo the order.

        >>> SymbolicFrequencies(("k",)).index((Fraction(1, 2),), 7, {"k": 1})
        4
        """
        terms = zip(frequency, self.symbols, strict=True)
        return sum(a.numerator * pow(a.denominator, -1, order) * values[s] for a, s in terms) % order


@dataclass(frozen=True)
class CharacterFrequencies:
    """The characters of an Abelian group, by index, added in the dual group.

    Parameters
    ----------
    dual: the group of characters.
    base: where given, a character and its multiples are called k, 2k, 3k, ...
    """

    dual: FiniteGroup
    base: int | None = None

    @property
    def symbols(self) -> tuple[str, ...]:
        """None: every frequency is concrete."""
        return ()

    @property
    def zero(self) -> int:
        """The trivial character."""
        return self.dual.identity

    def add(self, left: int, right: int) -> int:
        """Index of a product of two characters."""
        return int(self.dual.table[left, right])

    def scale(self, factor: int, frequency: int) -> int:
        """Index of a power."""
        return int(_multiples(self.dual, factor)[frequency])

    def divide(self, frequency: int, divisor: int) -> Sequence[int]:
        """All characters whose ``divisor``-th power is ``frequency``."""
        return [int(i) for i in np.flatnonzero(_multiples(self.dual, divisor) == frequency)]

    def label(self, frequency: int) -> str:
        """Multiple of the base where it is one, else such a multiple plus a character of the least order.

        >>> from odekit.groups import cyclic
        >>> CharacterFrequencies(cyclic(10), base=2).label(3), CharacterFrequencies(cyclic(10)).label(7)
        ('k+5', '3')
        """
        canonical = self.canonical(frequency)
        if self.base is None:
            return self.dual.labels[canonical]
        pair = (canonical, int(self.dual.inverse[canonical]))
        order, multiple, rest = min(self._split(member) for member in pair)
        words = ["" if multiple == 0 else "k" if multiple == 1 else f"{multiple}k"]
        words += [self.dual.labels[rest]] if order > 1 else []
        return "+".join(word for word in words if word) or "0"

    def canonical(self, frequency: int) -> int:
        """Of a character and its conjugate the lower multiple of the base, else the smaller index."""
        pair = (frequency, int(self.dual.inverse[frequency]))
        return min(pair, key=lambda member: (self._multiples_of_base.get(member, self.dual.order), member))

    def condition(self, differences: Iterable[int]) -> Condition | None:
        """Nothing is generic at a concrete order."""
        return None

    def index(self, frequency: int, order: int, values: Mapping[str, int]) -> int:
        """The frequency itself."""
        return frequency

    def _split(self, frequency: int) -> tuple[int, int, int]:
        """Order of t, m, and t, for the sum of m times the base and t whose t has the lowest order."""
        rests = (
            (multiple, self.add(frequency, int(self.dual.inverse[index])))
            for index, multiple in self._multiples_of_base.items()
        )
        return min((int(self.dual.element_orders[rest]), multiple, rest) for multiple, rest in rests)

    @cached_property
    def _multiples_of_base(self) -> Mapping[int, int]:
        """m by the index of m times the base."""
        if self.base is None:
            return {}
        return {self.scale(m, self.base): m for m in range(int(self.dual.element_orders[self.base]))}


@lru_cache(maxsize=_TABLES_KEPT)
def _multiples(group: FiniteGroup, factor: int) -> IntArray:
    """``factor`` times every element of an Abelian group, int array (n,)."""
    total = np.full(group.order, group.identity, dtype=np.int64)
    for _ in range(factor % group.exponent):
        total = group.table[total, np.arange(group.order)]
    return total


def _cleared(vector: SymbolicFrequency) -> tuple[int, ...]:
    """The least integer multiple of a rational vector that is itself an integer vector."""
    common = lcm(*(a.denominator for a in vector))
    return tuple(int(a * common) for a in vector)
