"""The loss of the softmax's first cumulants, against sums by brute force and differences of itself."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
import pytest

from odekit.errors import InputError
from odekit.networks import Network
from odekit.simulation import LossGradient, Velocity, loss_and_gradient, stack_mapping, uniform_gradient

NETWORKS: list[dict[str, Any]] = [
    {"group": "Z5"},
    {"group": "Z7", "loss": "sum", "logit_scale": 0.3},
    {"group": "S3", "embedding": "unshared"},
    {"group": "Z3", "task": "x+y+z", "activation": "z**3"},
]
ORDERS = (1, 2, 3)


def weights(network: Network, scale: float = 0.5) -> tuple[Any, np.ndarray]:
    generator = np.random.default_rng(7)
    shape = (network.neurons, network.finite_group.order)
    embeddings = tuple(scale * generator.normal(size=shape) for _ in network.embeddings)
    return embeddings[0] if len(embeddings) == 1 else embeddings, scale * generator.normal(size=shape)


def brute_force(network: Network, theta: Any, xi: np.ndarray, order: int, factor: float = 0.5) -> float:
    """The loss by a loop over all tuples; ``factor`` stands before the second cumulant."""
    labels = network.labels()
    count = labels.ndim
    owners = theta if isinstance(theta, tuple) else (theta,) * count
    total = 0.0
    for place in product(range(len(labels)), repeat=count):
        z = sum(owner[:, x] for owner, x in zip(owners, place, strict=True))
        hidden = z**3 if network.activation_name == "z**3" else z**2
        f = network.logit_scale * hidden @ xi
        c = f - f.mean()
        partition = math.log(len(f)) + f.mean()
        partition += factor * (c**2).mean() if order > 1 else 0.0
        partition += (c**3).mean() / 6 if order > 2 else 0.0
        total += partition - f[labels[place]]
    return total / (labels.size if network.loss == "mean" else 1)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_the_loss_is_that_by_brute_force(network: dict[str, Any], order: int) -> None:
    made = Network(neurons=4, **network)
    theta, xi = weights(made)
    loss = loss_and_gradient(made, theta, xi, order=order)[0]
    assert loss == pytest.approx(brute_force(made, theta, xi, order), rel=1e-12)
    if order > 1:
        assert loss != pytest.approx(brute_force(made, theta, xi, order, factor=1.0), rel=1e-3)


@pytest.mark.parametrize("rows", [None, 3])
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_the_gradient_is_that_of_its_loss(network: dict[str, Any], order: int, rows: int | None) -> None:
    made = Network(neurons=4, **network)
    loss = LossGradient(made, rows=rows, order=order)
    theta, xi = weights(made)
    embeddings = theta if isinstance(theta, tuple) else (theta,)
    stack = stack_mapping(made, dict(zip((*made.embeddings, "xi"), (*embeddings, xi), strict=True)))
    gradient = loss.evaluate(stack)[1]
    generator, h = np.random.default_rng(0), 1e-5
    for _ in range(4):
        along = generator.normal(size=stack.shape)
        slope = (loss.evaluate(stack + h * along)[0] - loss.evaluate(stack - h * along)[0]) / (2 * h)
        assert np.vdot(gradient, along) == pytest.approx(slope, rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_at_order_1_the_gradient_is_that_at_uniform_softmax(network: dict[str, Any]) -> None:
    made = Network(neurons=4, **network)
    theta, xi = weights(made)
    first, uniform = loss_and_gradient(made, theta, xi, order=1)[1:], uniform_gradient(made, theta, xi)
    for ours, theirs in zip(first, uniform, strict=True):
        np.testing.assert_allclose(np.array(ours), np.array(theirs), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("order", ORDERS)
def test_each_order_leaves_the_whole_loss_by_the_next_power_of_the_logits(order: int) -> None:
    network, left = Network("Z7", neurons=4), []
    theta, xi = weights(network, 1.0)
    for scale in (0.1, 0.05):
        at = scale * theta, scale * xi
        kept, whole = (loss_and_gradient(network, *at, order=o)[0] for o in (order, None))
        left.append(abs(kept - whole))
    # The logits are of the third degree in the weights.
    assert np.log2(left[0] / left[1]) == pytest.approx(3 * (order + 1), abs=0.1)


@pytest.mark.parametrize("order", [0, 4, -1, 1.5, "2", True])
def test_another_order_is_refused(order: Any) -> None:
    network = Network("Z5", neurons=2)
    with pytest.raises(InputError, match="the order must"):
        LossGradient(network, order=order)
    with pytest.raises(InputError, match="the order must"):
        Velocity(network, order=order)


def test_an_order_is_for_numpy_alone() -> None:
    with pytest.raises(InputError, match="no such backend"):
        LossGradient(Network("Z5", neurons=2), backend="jax", order=2)
