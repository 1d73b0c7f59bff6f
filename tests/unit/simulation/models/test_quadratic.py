"""Gradient flow of neurons with quadratic features in weight space."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.errors import InputError
from odekit.simulation import quadratic_features, train_quadratic
from odekit.simulation.models.quadratic import _velocity

ALPHA, EPS = 1.5, 0.7


def _problem(seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    return tuple(generator.standard_normal(shape) for shape in ((4, 3), (5, 3), 5))


def _loss(weights: np.ndarray, inputs: np.ndarray, labels: np.ndarray) -> float:
    total = 0.0
    for x, y in zip(inputs, labels, strict=True):
        output = sum(h + EPS * h**2 / 2 for h in weights @ x) * ALPHA / len(weights)
        total += (y - output) ** 2 / 2
    return total / len(labels)


def test_the_velocity_is_minus_the_gradient_of_the_loss_times_the_neurons() -> None:
    weights, inputs, labels = _problem()
    velocity, step = _velocity(weights, inputs, labels, ALPHA, EPS), 1e-6
    for place in np.ndindex(*weights.shape):
        losses = []
        for sign in (1, -1):
            moved = weights.copy()
            moved[place] += sign * step
            losses.append(_loss(moved, inputs, labels))
        # Central differences: rounding of a loss of order 1 to 100 over the step.
        assert abs(len(weights) * (losses[1] - losses[0]) / (2 * step) - velocity[place]) < 1e-6


def test_taking_the_start_off_adds_its_output_to_the_labels() -> None:
    weights, inputs, labels = _problem(1)
    times = np.array([0.0, 5.0])
    found = train_quadratic(weights, inputs, labels, times, alpha=ALPHA, eps=EPS, centred=True)
    added = labels + ALPHA * quadratic_features(weights, inputs, EPS)
    other = train_quadratic(weights, inputs, added, times, alpha=ALPHA, eps=EPS)
    np.testing.assert_array_equal(found, other)
    assert _loss(found[-1], inputs, added) < _loss(weights, inputs, added) / 2
    assert (
        np.abs(found[-1] - train_quadratic(weights, inputs, labels, times, alpha=ALPHA, eps=EPS)[-1]).max()
        > 0.1
    )


def test_several_networks_train_as_each_does_alone() -> None:
    problems = [_problem(seed) for seed in range(3)]
    together = [np.stack(parts) for parts in zip(*problems, strict=True)]
    times = np.array([0.0, 2.0])
    found = train_quadratic(*together, times, alpha=ALPHA, eps=EPS, rtol=1e-11)
    for i, problem in enumerate(problems):
        alone = train_quadratic(*problem, times, alpha=ALPHA, eps=EPS, rtol=1e-11)
        # Each integration errs by its tolerance times the flow's growth.
        np.testing.assert_allclose(found[:, i], alone, atol=1e-8)


def test_data_that_do_not_fit_are_refused() -> None:
    weights, inputs, labels = _problem()
    for wrong in ((weights[:, :2], inputs, labels), (weights, inputs, labels[:2])):
        with pytest.raises(InputError, match="don't fit the weights"):
            train_quadratic(*wrong, np.array([0.0, 1.0]), alpha=ALPHA, eps=EPS)
