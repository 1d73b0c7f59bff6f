from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from odekit.groups import FiniteGroup
from odekit.networks import Network
from odekit.simulation.gradient.loss import LossGradient
from odekit.simulation.gradient.uniform import energy_gradient, unit_network

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

ACTIVATIONS = {"quadratic": lambda z: z**2, "z**3 + z": lambda z: z**3 + z, "tanh(z)": np.tanh}


def naive_energies(weights: FloatArray, labels: IntArray, activation: str) -> FloatArray:
    """E = sum_x (xi[label] - mean xi) act(sum_i theta_i[x_i]), tuple by tuple, (M,)."""
    thetas, xi = weights[:-1], weights[-1]
    thetas = np.broadcast_to(thetas, (labels.ndim, *xi.shape)) if len(thetas) == 1 else thetas
    energy = np.zeros(xi.shape[1])
    for inputs in itertools.product(range(len(xi)), repeat=labels.ndim):
        hidden = ACTIVATIONS[activation](sum(theta[x] for theta, x in zip(thetas, inputs, strict=True)))
        energy += (xi[labels[inputs]] - xi.mean(axis=0)) * hidden
    return energy


def by_differences(weights: FloatArray, labels: IntArray, activation: str) -> FloatArray:
    """Gradient of the naive energy by central differences, entry by entry."""
    step, gradient = 1e-5, np.empty_like(weights)
    for plane, element in np.ndindex(*weights.shape[:2]):
        shifted = np.zeros_like(weights)
        shifted[plane, element] = step
        ahead, behind = (naive_energies(weights + s * shifted, labels, activation) for s in (1, -1))
        gradient[plane, element] = (ahead - behind) / (2 * step)
    return gradient


@pytest.mark.parametrize("embedding", ["shared", "unshared"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_it_is_the_gradient_of_the_naive_energy_on_a_non_abelian_table(
    s3: FiniteGroup, embedding: str, activation: str
) -> None:
    network = Network(s3, neurons=3, activation=activation, embedding=embedding, logit_scale=7.0)
    weights = np.random.default_rng(0).normal(size=(len(network.embeddings) + 1, 6, 3))
    found = energy_gradient(network)(weights)
    # Central differences with step 1e-5: truncation and rounding both near 1e-9 of the energy's scale.
    np.testing.assert_allclose(found, by_differences(weights, s3.table, activation), rtol=1e-7, atol=1e-6)
    opposite = by_differences(weights, s3.table.T, activation)
    # A shared embedding can't tell the order of the factors; an unshared one must.
    assert (np.abs(found - opposite).max() > 0.1) == (embedding == "unshared")


@pytest.mark.parametrize("embedding", ["shared", "unshared"])
@pytest.mark.parametrize(
    ("task", "activation"),
    [("x*y", "quadratic"), ("x-y", "z**2/3 - 2*z + 5"), ("2*x+3*y", "quadratic"), ("x*y", "z"), ("x*y", "2")],
)
def test_the_sums_over_the_group_are_exact(embedding: str, task: str, activation: str) -> None:
    # 2 x + 3 y on Z12 is no Latin square: it must take the general way, and still agree.
    network = Network("Z12", neurons=70, activation=activation, embedding=embedding, task=task, loss="mean")
    weights = np.random.default_rng(1).normal(size=(len(network.embeddings) + 1, 12, 70))
    general = -LossGradient(unit_network(network)).evaluate_uniform(weights)
    # Sums of 144 products of normal numbers.
    np.testing.assert_allclose(energy_gradient(network)(weights), general, atol=1e-11)


def test_a_task_without_a_latin_square_would_be_wrong_on_the_quick_way() -> None:
    # Negative control: the quick formula drops theta_i**2, which 2 x + 3 y on Z12 does not allow.
    network = Network("Z12", neurons=4, embedding="unshared", task="2*x+3*y")
    weights, labels = np.random.default_rng(1).normal(size=(3, 12, 4)), network.labels()
    xi = weights[2] - weights[2].mean(axis=0)
    quick = 2 * np.einsum("ghm,hm->gm", xi[labels], weights[1])
    assert np.abs(energy_gradient(network)(weights)[0] - quick).max() > 1


def test_chunks_of_neurons_leave_no_seam(f21: FiniteGroup) -> None:
    network = Network(f21, neurons=150, embedding="unshared")
    weights = np.random.default_rng(2).normal(size=(3, 21, 150))
    ascend = energy_gradient(network)
    single = np.concatenate([ascend(weights[:, :, m : m + 1]) for m in range(150)], axis=2)
    np.testing.assert_allclose(ascend(weights), single, atol=1e-12)


def test_three_summands_take_the_general_way() -> None:
    network = Network("Z3", neurons=2, task="x+y+z", embedding="unshared")
    weights = np.random.default_rng(3).normal(size=(4, 3, 2))
    found = energy_gradient(network)(weights)
    np.testing.assert_allclose(found, by_differences(weights, network.labels(), "quadratic"), atol=1e-7)


def test_the_full_gradient_tends_to_it_at_order_1_in_the_logit_scale(s3: FiniteGroup) -> None:
    weights = np.random.default_rng(4).normal(size=(3, 6, 5))
    scales = np.array([1e-2, 1e-3, 1e-4])
    gaps = []
    for scale in scales:
        network = Network(s3, neurons=5, embedding="unshared", loss="sum", logit_scale=scale)
        full = -LossGradient(network).evaluate(weights)[1] / scale
        gaps.append(np.abs(full - energy_gradient(network)(weights)).max())
    slope = np.polyfit(np.log(scales), np.log(gaps), 1)[0]
    assert slope == pytest.approx(1, abs=0.05)


def test_the_unit_network_keeps_all_but_loss_and_scale(s3: FiniteGroup) -> None:
    network = Network(
        s3, 7, "z**4", "unshared", "joint_sphere", loss="mean", logit_scale=0.1, rates={"xi": 2.0}
    )
    unit = unit_network(network)
    assert (unit.loss, unit.logit_scale, unit.flow_rate()) == ("sum", 1.0, 1.0)
    for name in ("neurons", "activation_name", "embedding", "constraint", "task", "rates"):
        assert getattr(unit, name) == getattr(network, name)
