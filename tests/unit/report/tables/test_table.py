"""A table is data: its rows fit its columns, and its numbers read as people write them."""

from __future__ import annotations

import math

import pytest

from odekit.errors import InputError
from odekit.report.tables.table import Table, number_text


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(InputError, match=r"row 1 .* Expected: 2 cells. Received: 1"):
        Table(("a", "b"), (("x", "y"), ("x",)))


def test_a_tall_cell_takes_a_line_for_each_value() -> None:
    table = Table(("name", "value"), (("x", (1.0, 2.0)), ("y", 3.0)))
    assert list(table.lines(table.rows[0])) == [("x", 1.0), (None, 2.0)]
    assert list(table.values(1)) == [1.0, 2.0, 3.0]


def test_a_column_is_numeric_if_it_holds_numbers_and_no_text() -> None:
    table = Table(("a", "b", "c", "d"), ((1.0, "x", None, ""), ((2, None), 1, None, 0.5)))
    assert [table.is_numeric(i) for i in range(4)] == [True, False, False, True]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.0, "3"),
        (2.99999, "3.000"),
        (0.01, "0.01"),
        (43.298, "43.30"),
        (1199.4, "1199"),
        (1e-10, "1e-10"),
        (123456.0, "1.235e+05"),
        (512, "512"),
        (-0.5, "-0.5"),
        (math.inf, "inf"),
        (math.nan, "none"),
        (None, ""),
        ("as is", "as is"),
    ],
)
def test_a_number_has_four_digits_and_tells_whether_it_was_rounded(value: float, text: str) -> None:
    assert number_text(value) == text
