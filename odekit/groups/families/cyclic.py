"""Cyclic groups and direct products."""

import math
from collections.abc import Sequence
from itertools import product as cartesian_product

import numpy as np

from odekit.arrays import IndexArray
from odekit.errors import InputError
from odekit.groups.axioms import MAX_ORDER, residue_table
from odekit.groups.group import FiniteGroup
from odekit.numbers import integer

__all__ = ["check_order", "cyclic", "product"]

# Larger orders, of products with thousands of factors, have more digits than a message should.
_SPELLED_OUT = 10**100


def cyclic(n: int) -> FiniteGroup:
    """Return the cyclic group of order n: the integers modulo n under addition.

    Parameters
    ----------
    n: the order, from 1 to `MAX_ORDER` (4096).

    Raises
    ------
    InputError: n isn't a whole number in that range.

    Examples
    --------
    >>> int(cyclic(5).table[3, 4])
    2
    """
    order = integer(n, "the order of a cyclic group", 1)
    check_order(order, hint="'Zp' or 'Zn' where the order may stay a symbol")
    return FiniteGroup(f"Z{order}", residue_table((order,)), factors=(order,))


def product(*groups: FiniteGroup) -> FiniteGroup:
    """Return the direct product, the last group's element varying fastest.

    The element (a, b) of G x H has the index a |H| + b, and its label is ``"(a,b)"``.

    Parameters
    ----------
    groups: one or more groups; the product of their orders is at most `MAX_ORDER`.

    Raises
    ------
    InputError: there is no group, or one of symbolic order among them.
    InputError: the product is too large.

    Examples
    --------
    >>> G = product(cyclic(3), cyclic(5))
    >>> G.name, G.labels[7]
    ('Z3xZ5', '(1,2)')
    """
    _check_factor_groups(groups)
    if len(groups) == 1:
        return groups[0]
    name = "x".join(G.name for G in groups)
    if all(G.factors for G in groups):
        factors = tuple(factor for G in groups for factor in G.factors)
        return FiniteGroup(name, residue_table(factors), factors=factors)
    labels = tuple(f"({','.join(parts)})" for parts in cartesian_product(*(G.labels for G in groups)))
    return FiniteGroup(name, _product_table(groups), labels)


def check_order(order: int, hint: str = "") -> None:
    """Raise unless a group of this order is small enough to be held as a table.

    Raises
    ------
    InputError: the order is above `MAX_ORDER`.
    """
    if order > MAX_ORDER:
        raise InputError(
            "the group is too large for a multiplication table",
            expected=f"order at most {MAX_ORDER}",
            received=f"order {order}" if order < _SPELLED_OUT else "an order of hundreds of digits",
            hint=hint,
        )


def _check_factor_groups(groups: Sequence[FiniteGroup]) -> None:
    if not groups or not all(isinstance(G, FiniteGroup) for G in groups):
        raise InputError(
            "a direct product needs finite groups",
            expected="one or more groups of known order",
            received=", ".join(repr(G) for G in groups) or "none",
        )
    check_order(math.prod(G.order for G in groups))


def _product_table(groups: Sequence[FiniteGroup]) -> IndexArray:
    table = np.zeros((1, 1), dtype=np.intp)
    for G in groups:
        blocks = table[:, None, :, None] * G.order + G.table[None, :, None, :]
        table = blocks.reshape(table.shape[0] * G.order, -1)
    return table
