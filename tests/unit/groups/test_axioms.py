"""Tables that break an axiom are refused, and the message names entries that really break it."""

from __future__ import annotations

import re
from itertools import permutations, product

import numpy as np
import pytest

from odekit.errors import InputError
from odekit.groups import MAX_ORDER, FiniteGroup, cyclic
from odekit.groups.axioms import checked_table, residue_table

LOOP_OF_ORDER_5 = np.array(
    [[0, 1, 2, 3, 4], [1, 0, 3, 4, 2], [2, 4, 0, 1, 3], [3, 2, 4, 0, 1], [4, 3, 1, 2, 0]]
)
TRIPLE = re.compile(r"\(a, b, c\) = \((\d+), (\d+), (\d+)\).*\(a b\) c = (\d+) but a \(b c\) = (\d+)")


def is_associative(table: np.ndarray) -> bool:
    """Try every triple, one after another."""
    n = len(table)
    triples = product(range(n), repeat=3)
    return all(table[table[a, b], c] == table[a, table[b, c]] for a, b, c in triples)


def loops(order: int) -> list[np.ndarray]:
    """List all Latin squares whose first row and column are in order, by brute force."""
    squares = [np.arange(order)[None]]
    for row in range(1, order):
        candidates = [(row, *rest) for rest in permutations(set(range(order)) - {row})]
        squares = [
            np.vstack([square, line])
            for square in squares
            for line in candidates
            if not (square == np.array(line)).any()
        ]
    return squares


def assert_names_a_failing_triple(table: np.ndarray) -> None:
    with pytest.raises(InputError, match="isn't associative") as caught:
        checked_table(table)
    found = TRIPLE.search(str(caught.value))
    assert found is not None
    a, b, c, left, right = map(int, found.groups())
    assert table[table[a, b], c] == left
    assert table[a, table[b, c]] == right
    assert left != right


def test_a_table_that_is_not_associative_names_the_triple() -> None:
    assert_names_a_failing_triple(LOOP_OF_ORDER_5)


@pytest.mark.parametrize("order", [4, 5])
def test_a_loop_is_accepted_exactly_if_every_triple_is_associative(order: int) -> None:
    groups = 0
    for table in loops(order):
        if is_associative(table):
            groups += 1
            assert np.array_equal(checked_table(table), table)
        else:
            assert_names_a_failing_triple(table)
    # Z4 in three numberings and Z2xZ2 in one; Z5 in 4!/|Aut Z5| = 6.
    assert groups == {4: 4, 5: 6}[order]


def test_one_swapped_square_in_a_large_table_is_found() -> None:
    table = cyclic(600).table.copy()
    rows, columns = [500, 200], [1, 301]  # the intercalate (500, 1), (200, 301): 501, 201
    assert table[np.ix_(rows, columns)].tolist() == [[501, 201], [201, 501]]
    table[np.ix_(rows, columns)] = [[201, 501], [501, 201]]
    assert_names_a_failing_triple(table)


def test_a_latin_square_without_an_identity_is_refused() -> None:
    subtraction = (np.arange(5)[:, None] - np.arange(5)) % 5
    with pytest.raises(InputError, match=r"no identity.*left identities \[\], right identities \[0\]"):
        checked_table(subtraction)


def test_an_entry_twice_in_a_row_or_a_column_is_named() -> None:
    with pytest.raises(InputError, match=r"row 1 .* has an entry twice.*0 at positions 0 and 1"):
        checked_table([[0, 1], [0, 0]])
    with pytest.raises(InputError, match=r"column 0 .* has an entry twice.*0 at positions 0 and 1"):
        checked_table([[0, 1], [0, 1]])


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([[0, 1]], r"isn't a square.*shape \(1, 2\)"),
        ([0, 1], r"isn't a square.*shape \(2,\)"),
        ([], r"isn't a square.*shape \(0,\)"),
        (np.zeros((0, 0), int), r"isn't a square.*shape \(0, 0\)"),
        ([[0, 1], [1]], "isn't an array.*rows of equal length"),
        ([[0.0, 1.0], [1.0, 0.0]], r"must hold integers.*float64.*table.astype\(int\)"),
        ([[0.0, np.nan], [1.0, 0.0]], "must hold integers.*NaN"),
        ([["0", "1"], ["1", "0"]], "must hold integers"),
        ([[False, True], [True, False]], "must hold integers.*bool"),
        ([[0, None], [1, 0]], "must hold integers.*object"),
        ([[0, 1], [1, 2]], "integers from 0 to 1.*2 in row 1, column 1"),
        ([[0, -1], [1, 0]], "integers from 0 to 1.*-1 in row 0, column 1"),
    ],
)
def test_what_is_not_a_square_of_indices_is_refused(table: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        FiniteGroup("broken", table)  # type: ignore[arg-type]


def test_a_table_above_the_largest_order_is_refused_before_it_is_read() -> None:
    huge = np.broadcast_to(np.int8(0), (MAX_ORDER + 1, MAX_ORDER + 1))
    with pytest.raises(InputError, match=f"order at most {MAX_ORDER}.*order {MAX_ORDER + 1}"):
        checked_table(huge)


def test_every_integer_dtype_is_accepted() -> None:
    for dtype in (np.int8, np.uint8, np.int16, np.uint64):
        assert checked_table(np.array([[0, 1], [1, 0]], dtype=dtype)).dtype == np.intp


def test_residues_are_numbered_with_the_last_one_fastest() -> None:
    table = residue_table((2, 3))
    for (a, b), (c, d) in product(product(range(2), range(3)), repeat=2):
        assert table[3 * a + b, 3 * c + d] == 3 * ((a + c) % 2) + (b + d) % 3
