from __future__ import annotations

from odekit.checking import Finding
from odekit.report import findings_table

RIGHT = Finding("K", "first integral", "alpha", True, "proved symbolically")
WRONG = Finding(
    "D", "equation", "beta", False, ratio="2", point={"beta": 1.5, "p": 7.0}, given=3.0, derived=1.5
)


def test_a_line_that_agrees_says_why() -> None:
    (row,) = findings_table([RIGHT]).rows
    assert row == ("K", "first integral", "agrees", "proved symbolically", None, None, None)


def test_a_line_that_differs_shows_a_point_and_both_values() -> None:
    (row,) = findings_table([WRONG]).rows
    assert row == ("D", "equation", "differs", "at beta = 1.5, p = 7", 3.0, 1.5, "2")
