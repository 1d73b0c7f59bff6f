"""The gradient through order parameters, against the full one of projected weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from odekit.groups import from_modes, mean_mode, to_modes
from odekit.networks import Network
from odekit.simulation import ComponentGradient, LossGradient, has_components, mode_powers

NETWORKS: list[dict[str, Any]] = [
    {"group": "Z5"},
    {"group": "Z6", "embedding": "unshared", "logit_scale": 2.0},
    {"group": "Z7", "embedding": "unshared", "loss": "sum", "task": "2*x-y"},
    {"group": "Z5", "task": "x+y+z"},
    {"group": "Z2xZ4", "activation": "3*z**2"},
]
ROUNDING = 1e-12


def a_stack(network: Network) -> np.ndarray:
    shape = (len(network.embeddings) + 1, network.finite_group.order, network.neurons)
    return 0.5 * np.random.default_rng(3).normal(size=shape)


def projected(network: Network, stack: np.ndarray, living: np.ndarray) -> np.ndarray:
    """The stack without the embeddings' dead modes, by the modes' own transform."""
    group, found = network.finite_group, stack.copy()
    for place, part in enumerate(stack[:-1]):
        modes = to_modes(part.T, group) * living[1:].T
        found[place] = from_modes(modes, group, mean_mode(part.T) * living[0]).T
    return found


@pytest.mark.parametrize("order", [None, 1, 2, 3])
@pytest.mark.parametrize("options", NETWORKS, ids=str)
def test_loss_and_gradient_are_those_of_the_projected_weights(
    options: dict[str, Any], order: int | None
) -> None:
    network = Network(neurons=9, **options)
    stack = a_stack(network)
    powers = mode_powers(network.finite_group, stack[:-1])
    living = np.random.default_rng(5).random(powers.shape) < 0.5
    living[:, 0] = False
    gradient = ComponentGradient(network, living)
    loss, slope = (gradient if order is None else gradient.at_order(order)).evaluate(stack)
    full, wanted = LossGradient(network, order=order).evaluate(projected(network, stack, living))
    assert loss == pytest.approx(full, rel=ROUNDING)
    np.testing.assert_allclose(slope, projected(network, wanted, living), rtol=0, atol=ROUNDING)


@pytest.mark.parametrize("options", NETWORKS, ids=str)
def test_with_every_mode_it_is_the_full_gradient(options: dict[str, Any]) -> None:
    network = Network(neurons=9, **options)
    stack = a_stack(network)
    powers = mode_powers(network.finite_group, stack[:-1])
    assert powers.sum(axis=0) == pytest.approx((stack[:-1] ** 2).sum(axis=(0, 1)))
    loss, slope = ComponentGradient(network, np.ones(powers.shape, dtype=bool)).evaluate(stack)
    full, wanted = LossGradient(network).evaluate(stack)
    assert loss == pytest.approx(full, rel=ROUNDING)
    np.testing.assert_allclose(slope, wanted, rtol=0, atol=ROUNDING)


def test_each_further_neuron_costs_a_small_part_of_what_it_costs_with_all_modes() -> None:
    costs = []
    for neurons in (100, 1000):
        network = Network("Z23", neurons=neurons)
        living = np.arange(12)[:, None] == 1 + np.arange(neurons) % 11
        costs.append((ComponentGradient(network, living).operations, LossGradient(network).operations))
    (few, dense), (many, dearer) = costs
    assert dearer > 9 * dense
    assert 0 < many - few < (dearer - dense) / 5


def test_a_square_on_an_abelian_group_has_components_and_nothing_else() -> None:
    assert all(has_components(Network(**options)) for options in NETWORKS)
    others = [Network("S3", embedding="unshared"), Network("Z5", activation="z**4")]
    others += [Network("Z5", activation="z**2 + z"), Network("Z5", activation="relu")]
    assert not any(has_components(network) for network in others)
