"""The axioms of a finite group, checked on its table; errors name the entries that break one."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from odekit.arrays import IndexArray
from odekit.errors import InputError

__all__ = ["MAX_ORDER", "checked_table", "greedy_generators", "residue_table", "square_indices"]

MAX_ORDER = 4096
"""The largest order of a group that is held as a table (128 MiB at this order)."""

# Bounds the products that are compared at once to 8 MiB at MAX_ORDER.
_ROWS_AT_A_TIME = 256


def checked_table(table: ArrayLike, factors: tuple[int, ...] = ()) -> IndexArray:
    """Return a read-only copy of a table that satisfies the axioms of a group.

    Associativity is decided by Light's test: (a b) c = a (b c) for every a, c and every b of a generating
    set suffices, because the elements b with that property are closed under multiplication. The
    generating set is chosen greedily and has at most log2(n) + 1 elements, so the cost is O(n^2 log n).

    Parameters
    ----------
    table: (n, n) integers in [0, n); entry (g, h) is the index of g h.
    factors: orders whose direct product of cyclic groups the table is said to be, in the order of
        `residue_table`; a table that equals that one needs no further check.

    Raises
    ------
    InputError: the table isn't square, is empty, or its order is above `MAX_ORDER`.
    InputError: an entry isn't an integer, or isn't the index of an element.
    InputError: a row or a column has an entry twice.
    InputError: there is no identity.
    InputError: a product isn't associative; the message names the triple.
    InputError: `factors` are given and the table isn't their product.

    Source: Clifford and Preston, The Algebraic Theory of Semigroups, volume I, section 1.2 (Light's test).
    """
    checked = square_indices(table)
    if factors:
        _check_factors(checked, factors)
    else:
        _check_latin(checked, "row")
        _check_latin(checked.T, "column")
        _check_associative(checked, _find_identity(checked))
    checked.setflags(write=False)
    return checked


def residue_table(factors: tuple[int, ...]) -> IndexArray:
    """Return the addition table of residues modulo the factors, the last residue varying fastest.

    >>> residue_table((3,)).tolist()
    [[0, 1, 2], [1, 2, 0], [2, 0, 1]]
    """
    table = np.zeros((1, 1), dtype=np.intp)
    for factor in factors:
        residues = np.arange(factor, dtype=np.intp)
        sums = (residues[:, None] + residues) % factor
        blocks = table[:, None, :, None] * factor + sums[None, :, None, :]
        table = blocks.reshape(table.shape[0] * factor, -1)
    return table


def square_indices(table: ArrayLike) -> IndexArray:
    """Return a copy of a table after the checks that need no group theory: shape, integers and range.

    Raises
    ------
    InputError: as in `checked_table`, for its first two conditions.
    """
    array = _as_array(table)
    _check_shape(array)
    _check_integers(array)
    n = array.shape[0]
    indices = array.astype(np.intp)
    outside = np.argwhere((indices < 0) | (indices >= n))
    if outside.size:
        g, h = outside[0]
        raise InputError(
            "an entry of the multiplication table isn't the index of an element",
            expected=f"integers from 0 to {n - 1}",
            received=f"{array[g, h]} in row {g}, column {h}",
        )
    return indices


def _as_array(table: ArrayLike) -> NDArray[np.generic]:
    try:
        return np.asarray(table)
    except (ValueError, TypeError) as error:
        raise InputError(
            "the multiplication table isn't an array",
            expected="rows of equal length",
            received=f"{type(table).__name__} ({error})",
        ) from None


def _check_shape(array: NDArray[np.generic]) -> None:
    if array.ndim != 2 or array.shape[0] != array.shape[1] or array.size == 0:
        raise InputError(
            "the multiplication table isn't a square with at least one element",
            expected="shape (n, n) with n >= 1",
            received=f"shape {array.shape}",
        )
    if array.shape[0] > MAX_ORDER:
        raise InputError(
            "the group is too large for a multiplication table",
            expected=f"order at most {MAX_ORDER}",
            received=f"order {array.shape[0]}",
        )


def _check_integers(array: NDArray[np.generic]) -> None:
    if array.dtype.kind in "iu":
        return
    is_float = array.dtype.kind == "f"
    has_nan = is_float and bool(np.isnan(array.astype(np.float64)).any())
    raise InputError(
        "the multiplication table must hold integers",
        expected="an integer dtype",
        received=f"dtype {array.dtype}" + (" with NaN among the entries" if has_nan else ""),
        hint="table.astype(int), if every entry is a whole number" if is_float and not has_nan else "",
    )


def _check_factors(table: IndexArray, factors: tuple[int, ...]) -> None:
    if not np.array_equal(table, residue_table(factors)):
        raise InputError(
            "the multiplication table isn't the direct product of its factors",
            expected=f"the addition of residues modulo {', '.join(map(str, factors))}",
            received=f"another table of order {table.shape[0]}",
            hint="leave factors out",
        )


def _check_latin(table: IndexArray, line: str) -> None:
    """Raise unless every row is a permutation."""
    n = table.shape[0]
    present = np.zeros((n, n), dtype=bool)
    present[np.arange(n)[:, None], table] = True
    broken = np.flatnonzero(~present.all(axis=1))
    if broken.size:
        row = table[broken[0]]
        value = int(np.flatnonzero(np.bincount(row, minlength=n) > 1)[0])
        first, second = np.flatnonzero(row == value)[:2]
        raise InputError(
            f"{line} {broken[0]} of the multiplication table has an entry twice",
            expected="every element once in each row and column",
            received=f"{value} at positions {first} and {second}",
        )


def _find_identity(table: IndexArray) -> int:
    """Return the two-sided identity of a Latin square."""
    elements = np.arange(table.shape[0])
    left = np.flatnonzero((table == elements).all(axis=1))
    right = np.flatnonzero((table == elements[:, None]).all(axis=0))
    both = np.intersect1d(left, right)
    if both.size == 0:
        raise InputError(
            "the multiplication table has no identity",
            expected="an element e with e g = g e = g for every g",
            received=f"left identities {left.tolist()}, right identities {right.tolist()}",
        )
    return int(both[0])


def _check_associative(table: IndexArray, identity: int) -> None:
    for generator in greedy_generators(table, identity):
        _check_middle(table, generator)


def greedy_generators(table: IndexArray, identity: int) -> Iterator[int]:
    """Yield elements until products of them reach every element, each outside of what those before it do."""
    reached = np.zeros(table.shape[0], dtype=bool)
    reached[identity] = True
    generators: list[int] = []
    while not reached.all():
        generators.append(int(np.argmin(reached)))
        yield generators[-1]
        frontier = np.flatnonzero(reached)
        while frontier.size:
            products = np.unique(table[frontier[:, None], generators])
            frontier = products[~reached[products]]
            reached[frontier] = True


def _check_middle(table: IndexArray, b: int) -> None:
    """Raise unless (a b) c = a (b c) for every a and c."""
    for start in range(0, table.shape[0], _ROWS_AT_A_TIME):
        rows = slice(start, start + _ROWS_AT_A_TIME)
        left = table[table[rows, b]]
        right = table[rows, table[b]]
        if not np.array_equal(left, right):
            row, c = np.argwhere(left != right)[0]
            a = start + row
            raise InputError(
                f"the multiplication table isn't associative at the triple (a, b, c) = ({a}, {b}, {c})",
                expected="(a b) c = a (b c)",
                received=f"(a b) c = {left[row, c]} but a (b c) = {right[row, c]}",
            )
