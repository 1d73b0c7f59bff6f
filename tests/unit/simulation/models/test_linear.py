"""Gradient flow of linear networks in weight space."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.errors import InputError
from odekit.simulation import end_to_end, train_linear
from odekit.simulation.models.linear import _velocity


def _start(seed: int = 0) -> tuple[list[np.ndarray], np.ndarray]:
    generator = np.random.default_rng(seed)
    shapes = ((5, 3), (6, 5), (4, 6))
    return [generator.standard_normal(shape) for shape in shapes], generator.standard_normal((4, 3))


def test_the_velocity_is_minus_the_gradient_of_the_loss() -> None:
    weights, target = _start()
    velocity, step = _velocity(weights, target), 1e-6
    for layer, matrix in enumerate(weights):
        for place in np.ndindex(*matrix.shape):
            losses = []
            for sign in (1, -1):
                moved = [w.copy() for w in weights]
                moved[layer][place] += sign * step
                losses.append(((target - end_to_end(moved)) ** 2).sum() / 2)
            # Central differences: rounding of a loss of order 1e3 over the step.
            assert abs((losses[1] - losses[0]) / (2 * step) - velocity[layer][place]) < 1e-5


def test_layers_stay_balanced_as_they_started() -> None:
    weights, target = _start(3)
    below, above, _ = train_linear(weights, target, np.linspace(0, 1, 3), rtol=1e-10)
    difference = above.swapaxes(1, 2) @ above - below @ below.swapaxes(1, 2)
    np.testing.assert_allclose(difference[-1], difference[0], atol=1e-7)


def test_layers_that_do_not_fit_are_refused() -> None:
    weights, target = _start()
    with pytest.raises(InputError, match="don't fit together"):
        train_linear(weights[:2], target, np.array([0.0, 1.0]))
