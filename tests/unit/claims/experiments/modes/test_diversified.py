"""Diversified populations, against brute force and the published proposition."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.claims.experiments.modes.diversified import (
    Population,
    departure,
    diversified,
    logits_by_residue,
    predicted_logits,
)
from odekit.derivation.population import population_logits
from odekit.groups import group
from odekit.networks import Network

WAVES = population_logits(Network("Zp"))


def test_the_logits_of_a_population_are_the_sums_of_its_waves_by_brute_force() -> None:
    n, count, alpha, beta = 7, 5, 0.9, 0.6
    population = Population(group("Z7"), count, alpha, beta, WAVES)
    x, y, j = np.indices((n, n, n))
    expected = np.zeros((n, n, n))
    for k in range(1, 4):
        for phi in 2 * np.pi * np.arange(count) / count:
            w = 2 * np.pi * k / n
            z = alpha * (np.cos(w * x + phi) + np.cos(w * y + phi))
            expected += beta * np.cos(w * j + 2 * phi) * z**2
    assert np.allclose(predicted_logits(population), expected, atol=1e-13)
    assert np.allclose(logits_by_residue(*diversified(population)), expected, atol=1e-13)


def test_the_prediction_is_that_of_proposition_1() -> None:
    # f[j] = (q N/2) (-1 + (p/2) 1(j = x+y) + (p/4) (1(j = 2x) + 1(j = 2y))).
    p, count, alpha, beta = 11, 6, 0.7, 1.3
    x, y, j = np.indices((p, p, p))
    right, first, second = ((j - place) % p == 0 for place in (x + y, 2 * x, 2 * y))
    expected = alpha**2 * beta * count / 2 * (-1 + p / 2 * right + p / 4 * (first + 1.0 * second))
    predicted = predicted_logits(Population(group("Z11"), count, alpha, beta, WAVES))
    assert np.allclose(predicted, expected, atol=1e-12)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_too_few_phases_depart_from_the_prediction(count: int) -> None:
    population = Population(group("Z7"), count, 0.9, 0.6, WAVES)
    assert departure(population, logits_by_residue(*diversified(population))) > 0.5
