"""The bar of a budget: parts in order, shares that add up, and the gap where it belongs."""

from __future__ import annotations

import math

import pytest

from odekit.report.page.budget import budget_bar


def test_shares_add_up_and_the_largest_part_comes_first() -> None:
    bar = budget_bar({"a": 1e-5, "b": 3e-5, "c": 0.0}, gap=2e-5, tolerance=1e-3)
    assert bar is not None
    assert [part.name for part in bar.parts] == ["b", "a", "c"]
    assert sum(part.share for part in bar.parts) == pytest.approx(100, abs=0.05)
    assert (bar.mark, bar.is_exceeded) == (50.0, False)
    assert bar.tolerance_share == pytest.approx(4.0)


def test_a_gap_beyond_its_budget_is_marked_at_the_end() -> None:
    bar = budget_bar({"a": 1.0}, gap=5.0)
    assert bar is not None
    assert (bar.mark, bar.is_exceeded, bar.gap_share) == (100.0, True, 500.0)


@pytest.mark.parametrize("size", [0.0, math.inf, math.nan])
def test_a_budget_without_length_has_no_mark(size: float) -> None:
    bar = budget_bar({"a": size}, gap=1.0, tolerance=1.0)
    assert bar is not None
    assert (bar.mark, bar.parts[0].share) == (None, 0.0)


def test_no_budget_has_no_bar() -> None:
    assert budget_bar({}, gap=1.0) is None
