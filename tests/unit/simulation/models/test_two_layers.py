"""Descent of two-layer linear networks: its steps are the loss's gradient, for each network by itself."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.errors import InputError
from odekit.simulation import descend_two_layers, two_layer_outputs

NETWORKS, HIDDEN, SIZE, SAMPLES = 3, 4, 5, 7


@pytest.fixture
def drawn() -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    generator = np.random.default_rng(5)
    first = generator.standard_normal((NETWORKS, HIDDEN, SIZE)) / 2
    second = generator.standard_normal((NETWORKS, HIDDEN)) / 2
    inputs = generator.standard_normal((NETWORKS, SAMPLES, SIZE))
    return [first, second], inputs, generator.standard_normal((NETWORKS, SAMPLES))


def losses(weights: list[np.ndarray], inputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    return ((targets - two_layer_outputs(weights, inputs)) ** 2).mean(axis=-1) / 2


def test_outputs_are_those_of_the_layers_one_after_the_other(drawn) -> None:
    (first, second), inputs, _ = drawn
    expected = np.einsum("kh,khn,ksn->ks", second, first, inputs)
    np.testing.assert_allclose(two_layer_outputs([first, second], inputs), expected, rtol=1e-12)


def test_a_step_is_the_gradient_of_the_loss(drawn) -> None:
    weights, inputs, targets = drawn
    rates = np.array([0.1, 0.2, 0.3])
    moved = descend_two_layers(weights, inputs, targets, rates, [0, 1])
    nearby = 1e-6
    for part in range(2):
        step = (moved[part][1] - moved[part][0]) / rates.reshape(-1, *[1] * (weights[part].ndim - 1))
        for place in np.ndindex(weights[part].shape):
            shifted = []
            for sign in (1, -1):
                other = [one.copy() for one in weights]
                other[part][place] += sign * nearby
                shifted.append(losses(other, inputs, targets)[place[0]])
            slope = (shifted[0] - shifted[1]) / (2 * nearby)
            assert np.isclose(step[place], -slope, atol=1e-8)  # central differences, rounded


def test_recorded_weights_are_those_after_their_steps(drawn) -> None:
    weights, inputs, targets = drawn
    rates = np.full(NETWORKS, 0.05)
    whole = descend_two_layers(weights, inputs, targets, rates, [0, 2, 5])
    middle = [part[1] for part in whole]
    rest = descend_two_layers(middle, inputs, targets, rates, [3])
    for one, other, start in zip(whole, rest, weights, strict=True):
        np.testing.assert_array_equal(one[0], start)
        np.testing.assert_array_equal(one[2], other[0])


def test_arrays_that_do_not_fit_are_refused(drawn) -> None:
    weights, inputs, targets = drawn
    with pytest.raises(InputError, match=r"don't fit together.*3 networks of 4 hidden units on 5 inputs"):
        descend_two_layers(weights, inputs, targets, np.ones(2), [1])
