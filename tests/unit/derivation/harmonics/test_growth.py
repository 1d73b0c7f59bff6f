"""The nonlinear eigenvalue: published values, bounds, and an ascent that knows nothing of symmetry."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.derivation import HarmonicHierarchy, growth_shape
from odekit.errors import InputError
from odekit.networks import Network

UNIT = 2 * 4 / (3 * np.pi**2)


@pytest.mark.parametrize(("order", "value"), [(23, 1.1157), (101, 1.1099)])
def test_the_rate_of_relu(order: int, value: float) -> None:
    assert growth_shape(order).rate / 2 / (UNIT * order) == pytest.approx(value, abs=5e-5)


def test_the_shape() -> None:
    shape = growth_shape(23)
    assert shape.relative("theta", 3) == pytest.approx(0.270, abs=5e-4)
    assert shape.relative("xi", 2) == pytest.approx(0.0487, abs=2e-4)
    assert shape.relative("xi", 3) == pytest.approx(0.0805, abs=2e-4)
    assert shape.ratio == pytest.approx(0.966, abs=5e-4)


def test_one_harmonic_has_the_constant_on_its_best_phase() -> None:
    n = 23
    theta = np.sin(2 * np.pi * np.arange(n) / n)
    votes = np.abs(theta[:, None] + theta).ravel()
    labels = np.add.outer(np.arange(n), np.arange(n)).ravel() % n
    wave = np.cos(2 * np.pi * np.arange(n) / n)
    expected = abs(np.bincount(labels, votes) @ wave) / np.linalg.norm(wave) / np.linalg.norm(theta)
    assert growth_shape(n, 1).rate == pytest.approx(expected, rel=1e-12)


def test_an_ascent_in_weight_space_finds_no_more() -> None:
    n = 11
    ladder = HarmonicHierarchy(Network(f"Z{n}", activation="abs"), n // 2)
    rng = np.random.default_rng(0)
    theta, xi = rng.normal(size=(2, n, 32))
    for share in np.geomspace(0.1, 1e-5, 3000):
        a, b = ladder.gradient(theta, xi)
        size = np.sqrt((a**2 + b**2).sum(axis=0))
        theta, xi = theta + share * a / size, xi + share * b / size
        norm = np.sqrt((theta**2 + xi**2).sum(axis=0))
        theta, xi = theta / norm, xi / norm
    _, votes = ladder.gradient(theta, xi)
    rates = 2 * (votes * xi).sum(axis=0)
    assert rates.max() == pytest.approx(growth_shape(n).rate, rel=2e-4)


def test_it_rises_with_the_number_of_harmonics() -> None:
    rates = [growth_shape(23, count).rate for count in (1, 3, 5, 7, 9, 11)]
    assert (np.diff(rates) > 0).all()


@pytest.mark.parametrize(("order", "harmonics"), [(4, None), (22, 3), (3, None), (23, 0), (23, 12)])
def test_bad_orders_and_numbers_are_refused(order: int, harmonics: int | None) -> None:
    with pytest.raises(InputError, match=r"odd order|out of range"):
        growth_shape(order, harmonics)
