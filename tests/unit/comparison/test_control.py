"""The control says in words what it would refute, and finds the smallest change by bisection."""

from __future__ import annotations

import pytest

from odekit.comparison.control import Control, smallest_refuted


@pytest.mark.parametrize("limit", [0.001, 0.01, 0.04])
def test_the_smallest_change_is_found_to_a_quarter(limit: float) -> None:
    assert limit <= smallest_refuted(lambda change: change >= limit) < 1.25 * limit


def test_changes_that_are_refuted_however_small_give_the_smallest_that_is_tried() -> None:
    assert smallest_refuted(lambda change: True) < 1e-4


@pytest.mark.parametrize(
    ("control", "told"),
    [
        (Control(0.05, "refuted", 0.0123), "1.2 % faster or slower is refuted"),
        (Control(0.05, "not refuted", 0.2), "5 % faster or slower, and only from 20 % on"),
        (Control(0.05, "not refuted", None), "none up to twice or half the speed would be refuted"),
    ],
)
def test_it_is_told_in_words(control: Control, told: str) -> None:
    assert told in control.told
