from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from odekit.networks import Network
from odekit.simulation import LossGradient, draw_split
from odekit.simulation.training.descent import gradient_descent
from odekit.simulation.training.optimisers import AdamW, Sgd
from odekit.simulation.training.velocity import Velocity

FloatArray = NDArray[np.float64]


def start(network: Network, seed: int = 0) -> FloatArray:
    shape = (2, network.finite_group.order, network.neurons)
    return np.random.default_rng(seed).normal(size=shape)


def test_sgd_with_decay_descends_the_loss_with_half_the_squared_norm_added() -> None:
    network = Network("Z5", neurons=3, rates={"xi": 2.0})
    weights = start(network)
    wanted = weights.copy()
    for _ in range(5):
        gradient = LossGradient(network).evaluate(wanted)[1] + 0.3 * wanted
        wanted = wanted - 0.1 * np.array([1.0, 2.0])[:, None, None] * gradient
    optimiser = Sgd(Velocity(network), 0.1, 0.3)
    for _ in range(5):
        optimiser.step(weights)
    # The same steps in another order of operations.
    np.testing.assert_allclose(weights, wanted, rtol=1e-13, atol=1e-15)


def test_adamw_is_the_textbook_loop_of_scalars() -> None:
    network = Network("Z5", neurons=2, activation="relu", rates={"theta": 0.5})
    weights, lr, decay = start(network), 0.03, 0.7
    found = gradient_descent(network, weights, lr, np.arange(8), optimiser="adamw", weight_decay=decay)
    wanted, m, v = weights.copy(), np.zeros_like(weights), np.zeros_like(weights)
    for k in range(1, 8):
        gradient = LossGradient(network).evaluate(wanted)[1]
        for place in np.ndindex(weights.shape):
            rate = lr * (0.5 if place[0] == 0 else 1.0)
            m[place] = 0.9 * m[place] + 0.1 * gradient[place]
            v[place] = 0.999 * v[place] + 0.001 * gradient[place] ** 2
            wanted[place] -= rate * decay * wanted[place]
            wanted[place] -= rate * (m[place] / (1 - 0.9**k)) / (np.sqrt(v[place] / (1 - 0.999**k)) + 1e-8)
        # Rounding of some ten operations a step, and of 1 - 0.999.
        np.testing.assert_allclose(found[k], wanted, rtol=1e-11)


def test_adamw_gives_the_numbers_of_pytorch() -> None:
    generator = np.random.default_rng(3)
    theta, xi = generator.normal(size=(4, 5)), generator.normal(size=(4, 5))
    network = Network("Z5", neurons=4, activation="relu", rates={"theta": 1.0, "xi": 2.0})
    found = gradient_descent(
        network,
        np.stack([theta.T, xi.T]),
        0.01,
        np.array([0, 20]),
        optimiser="adamw",
        weight_decay=0.5,
        chosen=np.random.default_rng(9).random((5, 5)) < 0.6,
    )[-1]
    # torch.optim.AdamW, two parameter groups of learning rates 0.01 and 0.02, weight_decay 0.5, float64.
    np.testing.assert_allclose(
        found[0, :, 0], [1.67564532, -2.31188137, 0.21441915, -0.51361034, -0.5861406], atol=6e-9
    )
    np.testing.assert_allclose(
        found[1, :, 1], [0.78749132, 1.23262389, -0.58366213, -0.5633914, 1.17236103], atol=6e-9
    )


def test_weights_without_a_gradient_shrink_by_learning_rate_times_decay_a_step() -> None:
    network = Network("Z5", neurons=3)
    weights = np.zeros((2, 5, 3))
    weights[1] = np.arange(15.0).reshape(5, 3)
    weights[1] -= weights[1].mean(axis=0)
    moved = gradient_descent(network, weights, 0.1, np.array([0, 10]), optimiser="adamw", weight_decay=0.5)
    # Without an embedding nothing has a gradient.
    np.testing.assert_allclose(moved[-1], 0.95**10 * weights, rtol=1e-14)


def test_an_optimiser_goes_on_where_it_stood() -> None:
    network = Network("Z5", neurons=3)
    one, other = start(network), start(network)
    optimiser = AdamW(Velocity(network, chosen=draw_split(network, 0.5, 0)), 0.01)
    for _ in range(4):
        optimiser.step(one)
    again = AdamW(Velocity(network, chosen=draw_split(network, 0.5, 0)), 0.01)
    for _ in range(4):
        again.step(other)
    np.testing.assert_array_equal(one, other)
    again.step(other)
    assert (one != other).any()


@pytest.mark.parametrize("optimiser", ["sgd", "adamw"])
def test_both_optimisers_lower_the_loss(optimiser: str) -> None:
    network = Network("Z7", neurons=16, activation="relu")
    stacks = gradient_descent(network, 0.3 * start(network), 0.02, np.array([0, 100]), optimiser=optimiser)
    before, after = (LossGradient(network).evaluate(stack)[0] for stack in stacks)
    assert after < before
