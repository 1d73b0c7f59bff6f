"""The sums behind the certificate, and what they say of leaks, against the whole loss and closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from odekit import Network
from odekit.derivation.harmonics.coupled import HarmonicPopulation
from odekit.derivation.harmonics.coupled.leaks import cumulant_leaks
from odekit.derivation.harmonics.hierarchy import HarmonicHierarchy

# alpha, phi, beta, psi of two neurons
NEURONS = np.array([[0.9, 0.5], [0.3, -1.1], [0.6, 0.8], [1.0, 2.5]])
SCALE = 1.3


def loss(network: Network, theta: np.ndarray, xi: np.ndarray, order: int) -> float:
    """Minus the loss up to a cumulant, ``sum f[label] - mean f - Var f/2 - ...``, over the logit scale."""
    n = network.finite_group.order
    act = network.activation.evaluate({"z": theta[:, :, None] + theta[:, None, :]})
    f = SCALE * np.einsum("mxy,mh->xyh", act, xi)
    rows, columns = np.indices((n, n))
    right = f[rows, columns, network.labels()]
    mean = f.mean(axis=-1, keepdims=True)
    beyond = [((f - mean) ** cumulant).mean(axis=-1) for cumulant in (2, 3)]
    cubes = beyond[1] / 6 if order == 3 else 0
    return float((right - mean[..., 0] - beyond[0] / 2 - cubes).sum() / SCALE)


@pytest.mark.parametrize(
    ("group", "activation", "task", "order"),
    [
        ("Z7", "exp(z)", "x+y", 2),
        ("Z7", "tanh(z)", "x-y", 2),
        ("Z7", "exp(z)", "x+y", 3),
        ("Z3", "exp(z)", "x-y", 3),
    ],
)
def test_it_is_the_slope_of_the_whole_loss(group: str, activation: str, task: str, order: int) -> None:
    network = Network(group, activation=activation, task=task)
    n = network.finite_group.order
    alpha, phi, beta, psi = NEURONS
    population = HarmonicPopulation(
        HarmonicHierarchy(network, (n - 1) // 2), alpha, phi, beta, psi, SCALE, order
    )
    first, second = population.gradients(np.zeros(1), np.ones(1))
    turns = 2 * np.pi * np.arange(n) / n
    theta, xi = (
        size[:, None] * np.cos(turns + phase[:, None]) for size, phase in ((alpha, phi), (beta, psi))
    )
    step = 1e-5
    for neuron, m in ((0, 0), (1, 1), (0, n // 3)):
        wave = np.cos(m * (turns + phi[neuron]))
        moved = np.zeros_like(theta)
        moved[neuron] = step * wave
        slope = (loss(network, theta + moved, xi, order) - loss(network, theta - moved, xi, order)) / (
            2 * step
        )
        # harmonics are 2/n times the sum with the wave, the mean 1/n; central differences are off by step^2
        expected = slope * (2 if m else 1) / n
        assert (first[0] + second[0])[m, neuron].real == pytest.approx(expected, rel=1e-7, abs=1e-7)
        wave = np.cos(m * (turns + psi[neuron]))
        moved[neuron] = step * wave
        slope = (loss(network, theta, xi + moved, order) - loss(network, theta, xi - moved, order)) / (
            2 * step
        )
        assert (first[1] + second[1])[m, neuron].real * n == pytest.approx(
            slope * (2 if m else 1), rel=1e-7, abs=1e-7
        )


def test_the_variance_s_gradient_in_xi_holds_one_harmonic() -> None:
    alpha, phi, beta, psi = NEURONS
    ladder = HarmonicHierarchy(Network("Z11", activation="relu"), 5)
    _, (_, xi) = HarmonicPopulation(ladder, alpha, phi, beta, psi, SCALE).gradients(np.zeros(1), np.ones(1))
    assert np.abs(np.delete(xi, 1, axis=0)).max() < 1e-12 * np.abs(xi[1]).max()


def test_leaks_of_relu_are_known() -> None:
    """One neuron's variance is a multiple of the sum of relu(z)^2, whose slope is that of relu."""
    found = cumulant_leaks(Network("Zp", activation="relu"), 2)["theta"]
    expected = {0: 8 / np.pi**2, 2: 16 / (9 * np.pi**2), 4: 16 / (225 * np.pi**2)}
    # a lattice of order 101 differs from the limit by a multiple of 1/101^2
    assert {m: found[m] for m in expected} == pytest.approx(expected, abs=3e-4)
    assert not {3, 5, 7} & set(found)


def test_the_third_cumulant_leads_to_twice_the_frequency_of_xi() -> None:
    """The squares of xi in it lie at 2k; an odd activation has no cubes to go with them."""
    assert list(cumulant_leaks(Network("Zp", activation="relu"), 3)["xi"]) == [2]
    assert "xi" not in cumulant_leaks(Network("Zp", activation="relu"), 2)
    assert "xi" not in cumulant_leaks(Network("Zp", activation="tanh(z)"), 3)
