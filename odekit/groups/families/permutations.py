"""Symmetric and alternating groups: permutations in lexicographic order, with (s t)(i) = s(t(i))."""

import math
from itertools import permutations

import numpy as np

from odekit.arrays import IndexArray
from odekit.groups.families.cyclic import check_order
from odekit.groups.group import FiniteGroup
from odekit.numbers import integer

__all__ = ["alternating", "order_of_symmetric", "symmetric"]

# Some rows at once: all n^2 products as permutations would take far more memory than the table.
_ROWS_AT_A_TIME = 64
# 20! is already beyond every order that is allowed, and the factorial of a number of 9 digits never ends.
_LARGEST_FACTORIAL = 20


def symmetric(points: int) -> FiniteGroup:
    """Return the symmetric group of all permutations of some points.

    Parameters
    ----------
    points: from 1 to 6, as the order ``points!`` is at most `MAX_ORDER` (4096).

    Raises
    ------
    InputError: this isn't a positive whole number, or the group is too large.

    Examples
    --------
    >>> G = symmetric(3)
    >>> G.name, G.labels
    ('S3', ('e', '(23)', '(12)', '(123)', '(132)', '(13)'))
    """
    points = integer(points, "the number of points", 1)
    check_order(order_of_symmetric(points))
    return _permutation_group(f"S{points}", _all_permutations(points))


def alternating(points: int) -> FiniteGroup:
    """Return the alternating group of the even permutations of some points.

    Parameters
    ----------
    points: from 1 to 7, as the order ``points!/2`` is at most `MAX_ORDER` (4096).

    Raises
    ------
    InputError: this isn't a positive whole number, or the group is too large.

    Examples
    --------
    >>> alternating(5).order
    60
    """
    points = integer(points, "the number of points", 1)
    check_order(max(1, order_of_symmetric(points) // 2))
    elements = _all_permutations(points)
    return _permutation_group(f"A{points}", elements[_are_even(elements)])


def order_of_symmetric(points: int) -> int:
    """Return the order points! of the symmetric group; from 20 points on, that of 20."""
    return math.factorial(min(points, _LARGEST_FACTORIAL))


def _all_permutations(points: int) -> IndexArray:
    return np.array(list(permutations(range(points))), dtype=np.intp)


def _are_even(elements: IndexArray) -> IndexArray:
    first, second = np.triu_indices(elements.shape[1], 1)
    inversions = (elements[:, first] > elements[:, second]).sum(axis=1)
    return np.flatnonzero(inversions % 2 == 0)


def _permutation_group(name: str, elements: IndexArray) -> FiniteGroup:
    labels = tuple(_cycles(element.tolist()) for element in elements)
    return FiniteGroup(name, _composition_table(elements), labels)


def _composition_table(elements: IndexArray) -> IndexArray:
    """Find every product by its code, a number in base `points` that grows with the lexicographic order."""
    n, points = elements.shape
    place_values = points ** np.arange(points - 1, -1, -1)
    codes = elements @ place_values
    table = np.empty((n, n), dtype=np.intp)
    for start in range(0, n, _ROWS_AT_A_TIME):
        rows = slice(start, start + _ROWS_AT_A_TIME)
        table[rows] = np.searchsorted(codes, elements[rows][:, elements] @ place_values)
    return table


def _cycles(images: list[int]) -> str:
    """Write a permutation as its cycles, points counted from 1: ``"(12)(34)"``, the identity ``"e"``."""
    text, seen = "", set[int]()
    for start in range(len(images)):
        cycle, point = "", start
        while point not in seen:
            seen.add(point)
            cycle, point = f"{cycle}{point + 1}", images[point]
        text += f"({cycle})" if len(cycle) > 1 else ""
    return text or "e"
