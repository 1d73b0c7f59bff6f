"""GroupTable: a finite group as its multiplication table, whose axioms are checked when it is made."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import numpy as np

from odekit.arguments import expect, text_of
from odekit.arrays import IndexArray
from odekit.errors import InputError
from odekit.groups.axioms import MAX_ORDER, checked_table, greedy_generators
from odekit.numbers import integer

__all__ = ["GroupTable", "require_finite"]

T = TypeVar("T", bound="GroupTable")


@dataclass(frozen=True, eq=False)
class GroupTable:
    """A finite group given by its multiplication table, its axioms checked; `FiniteGroup` adds its irreps.

    Two groups are equal if they have the same name and the same table; groups are hashable.

    Parameters
    ----------
    name: what the group is called, for example ``"Z3xZ5"``.
    table: ``(n, n)`` integers; ``table[g, h]`` is the index of g h. Kept as a read-only copy.
    labels: n distinct names of the elements; by default their indices, or their residues
        ``"(a,b)"`` if there are several factors.
    factors: orders of the cyclic groups whose direct product this is, the last residue varying
        fastest; empty for a group that isn't described that way.

    Raises
    ------
    InputError: the table isn't a group's, or isn't the product of `factors`; see `checked_table`.
    InputError: the labels aren't n distinct names.

    Examples
    --------
    >>> G = GroupTable("Z2", [[0, 1], [1, 0]])
    >>> G.order, G.identity, G.inverse.tolist(), G.is_abelian
    (2, 0, [0, 1], True)
    """

    name: str
    table: IndexArray = field(repr=False)
    labels: tuple[str, ...] = field(default=(), repr=False)
    factors: tuple[int, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        expect(isinstance(self.name, str), "a group's name must be text", "text such as 'Z3xZ5'", self.name)
        for what in ("labels", "factors"):
            given = getattr(self, what)
            is_sequence = isinstance(given, Sequence | np.ndarray) and not isinstance(given, str | bytes)
            expect(
                is_sequence and np.ndim(given) == 1,
                f"the {what} are no sequence",
                f"a sequence of {what}",
                given,
            )
        factors = tuple(integer(factor, "a factor", 1, MAX_ORDER) for factor in self.factors)
        object.__setattr__(self, "factors", factors)
        object.__setattr__(self, "table", checked_table(self.table, factors))
        labels = tuple(text_of(label, "a label") for label in self.labels) or _default_labels(
            self.order, factors
        )
        object.__setattr__(self, "labels", labels)
        if len(set(labels)) != self.order or len(labels) != self.order:
            raise InputError(
                "the labels don't name the elements",
                expected=f"{self.order} distinct labels",
                received=f"{len(labels)} labels, {len(set(labels))} of them distinct",
            )

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, GroupTable):
            return NotImplemented
        named_alike = (self.name, self.factors) == (other.name, other.factors)
        return named_alike and np.array_equal(self.table, other.table)

    def __hash__(self) -> int:
        return hash((self.name, self.order))

    def __reduce__(self) -> tuple[type[GroupTable], tuple[object, ...]]:
        """Rebuild through the constructor, so that copies are checked and read-only as well."""
        return type(self), (self.name, self.table, self.labels, self.factors)

    @property
    def order(self) -> int:
        """The number n of elements."""
        return int(self.table.shape[0])

    @cached_property
    def identity(self) -> int:
        """The index of the identity."""
        return int(np.flatnonzero(self.table.diagonal() == np.arange(self.order))[0])

    @cached_property
    def inverse(self) -> IndexArray:
        """``(n,)`` integers: the index of each element's inverse."""
        return _read_only(np.argmax(self.table == self.identity, axis=1))

    @cached_property
    def generators(self) -> tuple[int, ...]:
        """At most log2(n) elements that generate the group, each outside of what those before it do."""
        return tuple(greedy_generators(self.table, self.identity))

    @cached_property
    def is_abelian(self) -> bool:
        """Whether g h = h g for every g and h."""
        return bool(np.array_equal(self.table, self.table.T))

    @cached_property
    def element_orders(self) -> IndexArray:
        """``(n,)`` integers: the least k >= 1 with g^k = 1, for each element g."""
        elements = np.arange(self.order)
        orders = np.zeros(self.order, dtype=np.intp)
        power, k = elements, 1
        while not orders.all():
            orders[(power == self.identity) & (orders == 0)] = k
            power, k = self.table[power, elements], k + 1
        return _read_only(orders)

    @property
    def is_cyclic(self) -> bool:
        """Whether one element generates the group, so that it is that of the residues modulo n."""
        return bool((self.element_orders == self.order).any())

    @cached_property
    def exponent(self) -> int:
        """The least e >= 1 with g^e = 1 for every element g."""
        return math.lcm(*self.element_orders.tolist())


def require_finite(G: T, what: str) -> T:
    """Return the group if its order is known.

    Raises
    ------
    InputError: this isn't a `FiniteGroup`; `what` says what needs one, for example ``"characters"``.
    """
    if not isinstance(G, GroupTable):
        raise InputError(
            f"{what} need a group of known order", expected="a FiniteGroup such as Z23", received=f"{G!r}"
        )
    return G


def _read_only(array: IndexArray) -> IndexArray:
    array.setflags(write=False)
    return array


def _default_labels(order: int, factors: tuple[int, ...]) -> tuple[str, ...]:
    if len(factors) < 2:
        return tuple(str(index) for index in range(order))
    return tuple(f"({','.join(map(str, residues))})" for residues in np.ndindex(*factors))
