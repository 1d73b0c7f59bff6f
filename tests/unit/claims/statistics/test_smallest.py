"""The law of the smallest of M times from a sample, and Kolmogorov's test of it with its power."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import binomtest

from odekit.claims.statistics.smallest import (
    SmallestOf,
    distance_power,
    kolmogorov,
    kolmogorov_critical,
    least_distance,
)

PLACES = np.linspace(0.0, 1.0, 1001)


def smallest_of_uniforms(count: int):
    return lambda t: 1 - (1 - np.clip(t, 0, 1)) ** count


def test_the_law_counts_all_choices_with_replacement() -> None:
    singles = np.array([0.1, 0.4, 0.5, 0.9])
    smallest = np.array([min(choice) for choice in product(singles, repeat=3)])
    places = np.array([0.0, 0.1, 0.45, 0.5, 0.8, 1.0])
    expected = [(smallest <= place).mean() for place in places]
    assert np.allclose(SmallestOf(singles, 3)(places), expected, atol=1e-15)


def test_its_quantiles_are_those_of_the_smallest() -> None:
    law = SmallestOf(np.linspace(0, 1, 100_001), 8)
    probabilities = np.array([0.01, 0.5, 0.99])
    assert np.allclose(law(law.quantile(probabilities)), probabilities, atol=1e-4)


@pytest.mark.parametrize("count", [1, 5, 40])
def test_its_error_is_a_bound_at_the_level_and_no_loose_one(count: int) -> None:
    generator, level = np.random.default_rng(count), 0.05
    laws = [SmallestOf(np.sort(generator.random(20_000)), count) for _ in range(300)]
    true = smallest_of_uniforms(count)(PLACES)
    off = np.array([np.abs(law(PLACES) - true).max() for law in laws])
    assert (off > laws[0].error(level)).mean() <= level
    assert laws[0].error(level) < 2 * np.quantile(off, 1 - level)


def test_drawing_with_replacement_changes_the_law_by_less_than_the_bound() -> None:
    for total, count in product((10, 57), (2, 5, 9)):
        left = np.arange(total + 1)
        without = np.prod([np.clip(left - i, 0, None) / (total - i) for i in range(count)], axis=0)
        change = (left / total) ** count - without
        assert (change >= -1e-15).all()
        assert change.max() < (count - 1) / (4 * (total - count))


def test_a_sample_smaller_than_the_choice_says_nothing() -> None:
    assert np.isinf(SmallestOf(np.arange(3.0), 4).error(1e-4))


@pytest.mark.slow
def test_a_true_law_is_refuted_at_most_as_often_as_the_level_says() -> None:
    # By distance alone as often as the level, within the binomial scatter; less with the law's own error.
    generator, level, trials = np.random.default_rng(3), 0.1, 600
    count, networks = 8, 50
    critical, half = (kolmogorov_critical(networks, part) for part in (level, level / 2))
    exceeded, refuted = 0, 0
    for _ in range(trials):
        sample = generator.random((networks, count)).min(axis=1)
        law = SmallestOf(np.sort(generator.random(40 * networks * count)), count)
        exceeded += kolmogorov(sample, smallest_of_uniforms(count)) > critical
        refuted += kolmogorov(sample, law) > half + law.error(level / 2)
    assert binomtest(exceeded, trials, level).pvalue > 1e-4
    assert refuted <= level * trials


@pytest.mark.parametrize("factor", [1.3, 1 / 1.3])
def test_the_power_is_at_least_what_is_stated(factor: float) -> None:
    generator, count, networks = np.random.default_rng(5), 8, 100
    law = smallest_of_uniforms(count)
    other = lambda t: law(t / factor)  # noqa: E731
    found = np.array(
        [kolmogorov(factor * generator.random((networks, count)).min(axis=1), law) for _ in range(500)]
    )
    for power in (0.9, 0.5):
        reached = least_distance(law, other, PLACES, networks, power)
        assert (found >= reached).mean() >= power - 0.05
        assert distance_power(law, other, PLACES, networks, reached - 1e-9) == pytest.approx(power, abs=0.05)
    assert least_distance(law, other, PLACES, networks, 0.5) > 0.05


def test_an_alternative_that_is_the_law_itself_is_not_seen() -> None:
    law = smallest_of_uniforms(4)
    assert least_distance(law, law, PLACES, 200, 0.99) == 0
    assert distance_power(law, law, PLACES, 200, kolmogorov_critical(200, 1e-4)) < 1e-4
