"""Clopper-Pearson limits, against those of SciPy's exact test."""

from __future__ import annotations

import pytest
from scipy.stats import binomtest

from odekit.sweeps import share_interval, upper_limit

COUNTS = [(0, 1), (1, 1), (0, 300), (1, 300), (299, 300), (300, 300), (3, 7), (12345, 10**6)]


@pytest.mark.parametrize(("count", "total"), COUNTS)
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
def test_intervals_are_those_of_the_exact_test(count: int, total: int, confidence: float) -> None:
    expected = binomtest(count, total).proportion_ci(confidence, method="exact")
    assert share_interval(count, total, confidence) == pytest.approx((expected.low, expected.high), rel=1e-9)


@pytest.mark.parametrize(("count", "total"), COUNTS)
def test_the_upper_limit_is_that_of_the_one_sided_test(count: int, total: int) -> None:
    expected = binomtest(count, total, alternative="less").proportion_ci(0.95, method="exact").high
    assert upper_limit(count, total) == pytest.approx(expected, rel=1e-9)


def test_none_of_300_is_just_below_a_hundredth_and_one_is_above() -> None:
    assert upper_limit(0, 300) == pytest.approx(1 - 0.05 ** (1 / 300), rel=1e-12)
    assert upper_limit(0, 300) < 0.01 < upper_limit(0, 298)
    assert upper_limit(1, 300) > 0.01
    assert upper_limit(1, 473) < 0.01 < upper_limit(1, 472)


def test_nothing_is_known_of_none() -> None:
    assert share_interval(0, 0) == (0.0, 1.0)
    assert upper_limit(0, 0) == 1.0
