"""Rates of exact exponentials and their sums, with noise and floors; a rate off by 10 % is outside."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.comparison import RateEstimate, estimate_rate
from odekit.errors import InputError

T = np.linspace(0.0, 10.0, 41)
NOISE = np.random.default_rng(0).standard_normal(41)


def holds(estimate: RateEstimate, rate: float) -> bool:
    return estimate.interval[0] <= rate <= estimate.interval[1]


@pytest.mark.parametrize("rate", [0.7, 2.0, 30.0])
def test_an_exact_exponential_has_its_rate(rate: float) -> None:
    times = T / rate * 2
    estimate = estimate_rate(times, 5.0 * np.exp(-rate * times))
    assert estimate.rate == pytest.approx(rate, rel=1e-10)
    assert holds(estimate, rate)
    assert not holds(estimate, 1.1 * rate)
    assert not holds(estimate, 0.9 * rate)


@pytest.mark.parametrize(("share", "faster"), [(0.5, 3.0), (-0.5, 3.0), (0.5, 1.5), (10.0, 2.0)])
def test_a_sum_of_two_has_the_slower_rate_as_its_limit(share: float, faster: float) -> None:
    estimate = estimate_rate(T, np.exp(-T) + share * np.exp(-faster * T))
    assert estimate.rate == pytest.approx(1.0, abs=2e-3)
    assert holds(estimate, 1.0)
    assert not holds(estimate, 1.1)


def test_the_phase_of_a_single_pair_has_its_exact_rate() -> None:
    distance = 2 * np.arctan(np.tan(1.4) * np.exp(-1.3 * T))
    assert estimate_rate(T, distance).rate == pytest.approx(1.3, rel=1e-9)


@pytest.mark.parametrize("floor", [1e-6 + 0 * T, 1e-6 * np.abs(NOISE)], ids=["constant", "noise"])
def test_the_window_closes_before_a_floor_that_the_data_show(floor: np.ndarray) -> None:
    estimate = estimate_rate(T, np.exp(-2 * T) + floor)
    assert np.exp(-2 * estimate.window[1]) > 1e-4
    assert holds(estimate, 2.0)
    assert not holds(estimate, 2.2)


def test_the_window_closes_before_a_floor_that_is_given() -> None:
    estimate = estimate_rate(T, np.exp(-2 * T), floor=1e-4)
    assert estimate.window[1] == T[18]
    assert estimate.diagnostics["floor"] == 1e-4


def test_the_window_opens_where_the_distance_has_fallen_for_good() -> None:
    distance = np.exp(-T)
    distance[:8] = [1.0, 0.01, 0.5, 0.9, 0.3, 0.3, 0.2, 0.3]
    assert estimate_rate(T, distance).window[0] == T[10]
    assert estimate_rate(T, np.exp(-T), start=1.0).window[0] == T[0]


def test_uneven_times_are_taken_as_they_are() -> None:
    times = np.sort(np.random.default_rng(1).uniform(0.0, 10.0, 60))
    estimate = estimate_rate(times, np.exp(-2 * times))
    assert holds(estimate, 2.0)
    assert not holds(estimate, 2.2)


@pytest.mark.parametrize(
    "distance",
    [np.ones(41), np.zeros(41), np.exp(T), np.where(T < 9.3, 1.0, np.exp(-T))],
    ids=["constant", "zero", "growing", "too few points"],
)
def test_a_distance_without_a_window_is_not_conclusive(distance: np.ndarray) -> None:
    estimate = estimate_rate(T, distance)
    assert not estimate.is_conclusive
    assert np.isnan(estimate.interval).all()


def test_no_data_is_not_conclusive() -> None:
    assert not estimate_rate([], []).is_conclusive


@pytest.mark.parametrize(
    ("t", "distance", "options", "match"),
    [
        (T, T[1:], {}, "differ in shape"),
        (T[None], T[None], {}, "differ in shape"),
        (T[::-1], T, {}, "do not increase"),
        (T, -T, {}, "a distance is negative"),
        (T, np.full(41, np.nan), {}, "not finite"),
        (T, np.full(41, np.inf), {}, "not finite"),
        (["a"], ["b"], {}, "real numbers"),
        (T, T, {"start": 0.0}, "start must be positive"),
        (T, T, {"start": np.nan}, "start must be positive"),
        (T, T, {"floor": -1.0}, "floor must be a finite number from 0"),
    ],
)
def test_bad_input_is_refused(t: object, distance: object, options: dict[str, float], match: str) -> None:
    with pytest.raises(InputError, match=match):
        estimate_rate(t, distance, **options)  # type: ignore[arg-type]


LONG = np.linspace(0.0, 10.0, 201)


@pytest.mark.parametrize(
    "distance",
    [
        LONG * np.exp(-LONG),
        LONG**2 * np.exp(-LONG),
        (1 + LONG + LONG**2) * np.exp(-LONG),
        np.exp(-LONG) + np.exp(-1.1 * LONG),
        np.exp(-LONG) - 0.99 * np.exp(-1.5 * LONG),
        1 / (1 + np.exp(LONG - 5)),
    ],
    ids=["t", "t^2", "quadratic", "close rates", "opposite signs", "logistic"],
)
@pytest.mark.parametrize("scale", [1.0, 1e-200, 1e200])
def test_slopes_that_still_drift_keep_their_limit_in_the_interval(distance: np.ndarray, scale: float) -> None:
    estimate = estimate_rate(scale * LONG, distance)
    assert estimate.law == "exponential"
    assert holds(estimate, 1.0 / scale)
    assert estimate.rate * scale == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("plateau", [1e-8, 1e-7, 1e-5, 1e-3, 1e-2])
@pytest.mark.parametrize("floor", [None, 1e-12])
def test_a_plateau_is_no_slow_decay(plateau: float, floor: float | None) -> None:
    estimate = estimate_rate(LONG, np.exp(-2 * LONG) + plateau, floor=floor)
    assert estimate.is_conclusive == (plateau < 1e-4)
    assert not estimate.is_conclusive or (holds(estimate, 2.0) and not holds(estimate, 1.9))
    assert estimate.is_conclusive or "to which the distance flattens" in estimate.reason


def test_a_window_too_short_to_tell_a_law_from_a_rate_has_no_rate() -> None:
    estimate = estimate_rate(LONG, 1 / (1 + LONG))
    assert not estimate.is_conclusive
    assert estimate.law == "algebraic"


def test_an_automatic_floor_above_the_data_says_so() -> None:
    noise = np.random.default_rng(0).standard_normal(201)
    estimate = estimate_rate(LONG, np.exp(-0.3 * LONG) * (1 + 0.1 * noise))
    assert not estimate.is_conclusive
    assert "chosen as 1000 times" in estimate.reason
    assert "floor=0" in estimate.reason
