"""Measured orders, proportions and medians, and how far they can be off."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from odekit.claims.statistics.estimates import (
    median_interval,
    next_order,
    noise_of_orders,
    orders,
    proportion_interval,
    rejection_power,
)

SCALES = 0.5 ** np.arange(5.0)


def test_the_slope_of_a_power_is_its_exponent() -> None:
    errors = np.array([SCALES**2, 5 * SCALES**-1.5])
    assert np.allclose(orders(SCALES, errors), [[2] * 4, [-1.5] * 4], atol=1e-13)


@pytest.mark.parametrize(("a", "b"), [(0.3, 0.0), (-0.3, 0.2), (0.01, -0.5), (0.0, 0.4)])
def test_the_next_order_bounds_the_last_slopes_distance_from_its_limit(a: float, b: float) -> None:
    x = (0.2 * SCALES) ** 3
    slopes = orders(SCALES, SCALES**3 * (1 + a * x + b * x**2))
    assert abs(slopes[-1] - 3) <= next_order(slopes, 3) <= 40 * (abs(a) + abs(b)) * x[-2]


def test_the_next_order_is_not_fooled_by_two_corrections_that_cancel() -> None:
    # Deviations 8 a + 64 b and a + b agree at a = -9 b, where the nearest estimate is zero.
    slopes = 3 + np.array([64 * -9 + 4096, 8 * -9 + 64, -9 + 1]) * 1e-6
    assert slopes[1] == pytest.approx(slopes[2], abs=1e-12)
    assert next_order(slopes, 3) >= abs(slopes[-1] - 3)


def test_a_wrong_power_underestimates_and_would_be_noticed() -> None:
    slopes = 3 + 0.1 * 2.0 ** -np.arange(4)
    assert next_order(slopes, 1) >= abs(slopes[-1] - 3)
    assert next_order(slopes, 3) < abs(slopes[-1] - 3)


def test_the_noise_of_a_slope_bounds_what_errors_can_do() -> None:
    generator = np.random.default_rng(0)
    relative = 1e-6 * np.array([1.0, 3.0, 0.5, 2.0, 1.0])
    clean = SCALES**3
    bound = noise_of_orders(SCALES, relative)
    for _ in range(50):
        noisy = clean * (1 + relative * generator.choice((-1, 1), size=5))
        # To first order in the errors.
        assert (np.abs(orders(SCALES, noisy) - 3) <= bound * (1 + 1e-5)).all()


def test_wilsons_interval_covers_at_its_level() -> None:
    # By brute force: the chance that the interval misses the truth. Wilson's is approximate: a factor 5.
    for truth in (0.5, 0.85):
        missed = [k for k in range(201) if not (lambda i: i[0] <= truth <= i[1])(proportion_interval(k, 200))]
        assert binom.pmf(missed, 200, truth).sum() < 5e-4


def test_the_power_is_the_chance_that_the_interval_lies_below() -> None:
    rejected = [k for k in range(61) if proportion_interval(k, 60)[1] < 0.85]
    assert rejection_power(60, 0.85, 0.3) == pytest.approx(binom.pmf(rejected, 60, 0.3).sum(), rel=1e-12)
    assert rejection_power(60, 0.85, 0.95) < 1e-4
    assert rejection_power(0, 0.85, 0.3) == 0.0


@pytest.mark.parametrize("count", [15, 64, 200])
def test_the_medians_interval_covers_at_its_level(count: int) -> None:
    low, high = median_interval(np.arange(count, dtype=np.float64))
    # The median lies outside if at most `low` values, or fewer than count - `high`, fall on one side.
    missed = binom.cdf(low, count, 0.5) + binom.sf(high, count, 0.5)
    assert missed <= 1e-4
    assert low < (count - 1) / 2 < high


def test_too_few_values_have_no_interval_of_the_median() -> None:
    assert median_interval(np.arange(14.0)) == (-np.inf, np.inf)
