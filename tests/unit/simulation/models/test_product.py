"""Gradient flow of three vectors in weight space."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.errors import InputError
from odekit.simulation import train_product
from odekit.simulation.models.product import _velocity

SIZES = (4, 3, 2)


def _vectors(seed: int = 0) -> list[list[np.ndarray]]:
    generator = np.random.default_rng(seed)
    return [[generator.standard_normal(size) for size in SIZES] for _ in range(2)]


def _loss(vectors: list[np.ndarray], targets: list[np.ndarray]) -> float:
    products = (np.multiply.outer(np.multiply.outer(a, b), c) for a, b, c in (targets, vectors))
    return float(((next(products) - next(products)) ** 2).mean() / 2)


def test_the_velocity_is_minus_the_gradient_of_the_loss() -> None:
    vectors, targets = _vectors()
    velocity, step = _velocity(vectors, np.einsum("i,j,k->ijk", *targets)), 1e-6
    for place, vector in enumerate(vectors):
        for i in range(len(vector)):
            losses = []
            for sign in (1, -1):
                moved = [other.copy() for other in vectors]
                moved[place][i] += sign * step
                losses.append(_loss(moved, targets))
            # Central differences: rounding of a loss of order 1 over the step.
            assert abs((losses[1] - losses[0]) / (2 * step) - velocity[place][i]) < 1e-8


def test_the_product_is_learnt_and_clamped_vectors_stay_at_their_targets() -> None:
    vectors, targets = _vectors(4)
    times = np.array([0.0, 500.0])
    assert _loss([each[-1] for each in train_product(vectors, targets, times)], targets) < 1e-12
    held = train_product(vectors, targets, times, clamped=(0, 2))
    for place in (0, 2):
        np.testing.assert_array_equal(held[place], [targets[place]] * 2)
    # With two clamped the flow is linear, and decays to the target.
    np.testing.assert_allclose(held[1][-1], targets[1], atol=1e-8)
    assert not np.allclose(held[1][0], targets[1], atol=0.1)


def test_vectors_that_do_not_fit_are_refused() -> None:
    vectors, targets = _vectors()
    with pytest.raises(InputError, match="don't fit their targets"):
        train_product(vectors[::-1], targets, np.array([0.0, 1.0]))
    with pytest.raises(InputError, match="don't fit their targets"):
        train_product(vectors[:2], targets[:2], np.array([0.0, 1.0]))
