"""Decays that are no exponential have no rate, and their law is named; exponentials keep theirs."""

from __future__ import annotations

import numpy as np
import pytest

from odekit import estimate_rate, gradient_flow, solve

LONG = np.linspace(0.0, 1000.0, 2001)
SHORT = np.linspace(0.0, 10.0, 41)
GEOMETRIC = np.geomspace(1.0, 1e6, 200)


@pytest.mark.slow
def test_the_flow_of_a_quartic_well_falls_like_the_inverse_root_of_time() -> None:
    x = solve(gradient_flow("x**4/4", "x"), [1.0], LONG, rtol=1e-10)["x"][:, 0]
    estimate = estimate_rate(LONG, x)
    assert np.isnan(estimate.rate)
    assert not estimate.is_conclusive
    assert estimate.law == "algebraic"
    assert estimate.diagnostics["exponent"] == pytest.approx(0.5, rel=1e-3)
    assert estimate.diagnostics["time"] == pytest.approx(-0.5, rel=1e-2)
    assert "keep drifting: from 0.00995 to 0.0005" in estimate.reason


@pytest.mark.parametrize("exponent", [0.3, 1.0, 2.0, 4.0])
@pytest.mark.parametrize("noise", [0.0, 1e-3])
@pytest.mark.parametrize("count", [12, 400])
def test_powers_of_time_are_told_at_any_sampling_and_with_noise(
    exponent: float, noise: float, count: int
) -> None:
    t = np.linspace(0.0, 500.0, count)
    y = (1 + t) ** -exponent * (1 + noise * np.random.default_rng(4).standard_normal(count))
    estimate = estimate_rate(t, y, start=0.5)
    assert np.isnan(estimate.rate)
    assert estimate.law in ("algebraic", "drift")
    if estimate.law == "algebraic":
        assert estimate.diagnostics["exponent"] == pytest.approx(exponent, rel=0.05)


@pytest.mark.parametrize(
    ("t", "y", "law"),
    [
        (GEOMETRIC, 1 / GEOMETRIC, "algebraic"),
        (LONG, 1 / np.log(np.e + LONG), "drift"),
        (LONG, np.exp(-np.sqrt(LONG)), "drift"),
        (SHORT[:16], np.exp(-(SHORT[:16] ** 2)), "drift"),
        (SHORT / 10.1, (1 - SHORT / 10.1) ** 2, "extinction"),
        (SHORT / 10.5, 1 / (1 - SHORT / 10.5), "blow-up"),
        (SHORT / 10.5, (1 - SHORT / 10.5) ** -0.5, "blow-up"),
        (SHORT, np.exp(SHORT), "growth"),
        (SHORT, 1 + SHORT, "growth"),
        (SHORT, np.ones(41), "unknown"),
    ],
)
def test_what_has_no_rate_says_what_it_is(t: np.ndarray, y: np.ndarray, law: str) -> None:
    estimate = estimate_rate(t, y)
    assert np.isnan(estimate.rate)
    assert np.isnan(estimate.interval).all()
    assert estimate.law == law
    assert estimate.reason


def test_a_blow_up_has_its_time_and_exponent() -> None:
    t = np.linspace(0.0, 1.9, 60)
    known = estimate_rate(t, (2 - t) ** -1.5).diagnostics
    assert known["time"] == pytest.approx(2.0, rel=2e-3)
    assert known["exponent"] == pytest.approx(1.5, rel=1e-2)


@pytest.mark.parametrize(
    ("share", "fast", "slow", "end"),
    [
        (100.0, 1.0, 0.1, 40),
        (1e4, 1.0, 0.1, 60),
        (100.0, 1.0, 0.5, 20),
        (-0.99, 1.0, 0.5, 40),
        (10.0, 2.0, 1.0, 10),
    ],
)
def test_exponentials_with_long_transients_keep_the_slower_rate(
    share: float, fast: float, slow: float, end: float
) -> None:
    t = np.linspace(0.0, end, 201)
    estimate = estimate_rate(t, np.abs(np.exp(-slow * t) + share * np.exp(-fast * t)))
    assert estimate.law == "exponential"
    assert estimate.reason == ""
    assert estimate.rate == pytest.approx(slow, rel=0.01)


@pytest.mark.parametrize("power", [-1, 1, 2, 5])
def test_an_exponential_times_a_power_is_an_exponential(power: int) -> None:
    t = np.linspace(0.0, 60.0, 301)
    estimate = estimate_rate(t, (t + 0.3) ** power * np.exp(-t))
    assert estimate.rate == pytest.approx(1.0, abs=0.13)
    assert estimate.law == "exponential"


def test_four_points_in_the_window_are_extrapolated_as_well() -> None:
    t = np.arange(4.0)
    estimate = estimate_rate(t, np.exp(-t) * (1 + 0.3 * np.exp(-t)), start=1.0)
    slopes = -np.diff(np.log(np.exp(-t) * (1 + 0.3 * np.exp(-t))))
    a, b, c = slopes
    assert estimate.rate == pytest.approx((a * c - b * b) / (a + c - 2 * b), rel=1e-12)
    assert abs(estimate.rate - 1) < abs(c - 1)
