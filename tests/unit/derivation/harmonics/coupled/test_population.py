"""The sums behind the certificate, and what they say of leaks, against the whole loss and closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from odekit import Network
from odekit.derivation.harmonics.coupled import HarmonicPopulation
from odekit.derivation.harmonics.coupled.leaks import variance_leaks
from odekit.derivation.harmonics.hierarchy import HarmonicHierarchy

# alpha, phi, beta, psi of two neurons
NEURONS = np.array([[0.9, 0.5], [0.3, -1.1], [0.6, 0.8], [1.0, 2.5]])
SCALE = 1.3


def loss(network: Network, theta: np.ndarray, xi: np.ndarray) -> float:
    """Minus the loss up to cumulant 2 over the logit scale, ``sum f[label] - mean f - Var f/2``, over s."""
    n = network.finite_group.order
    act = network.activation.evaluate({"z": theta[:, :, None] + theta[:, None, :]})
    f = SCALE * np.einsum("mxy,mh->xyh", act, xi)
    rows, columns = np.indices((n, n))
    right = f[rows, columns, network.labels()]
    return float((right - f.mean(axis=-1) - f.var(axis=-1) / 2).sum() / SCALE)


@pytest.mark.parametrize(("activation", "task"), [("exp(z)", "x+y"), ("tanh(z)", "x-y")])
def test_it_is_the_slope_of_the_whole_loss(activation: str, task: str) -> None:
    network = Network("Z7", activation=activation, task=task)
    alpha, phi, beta, psi = NEURONS
    population = HarmonicPopulation(HarmonicHierarchy(network, 3), alpha, phi, beta, psi, SCALE)
    first, second = population.gradients(np.zeros(1), np.ones(1))
    turns = 2 * np.pi * np.arange(7) / 7
    theta, xi = (
        size[:, None] * np.cos(turns + phase[:, None]) for size, phase in ((alpha, phi), (beta, psi))
    )
    step = 1e-5
    for neuron, m in ((0, 0), (1, 1), (0, 2)):
        wave = np.cos(m * (turns + phi[neuron]))
        moved = np.zeros_like(theta)
        moved[neuron] = step * wave
        slope = (loss(network, theta + moved, xi) - loss(network, theta - moved, xi)) / (2 * step)
        # harmonics are 2/n times the sum with the wave, the mean 1/n; central differences are off by step^2
        expected = slope * (2 if m else 1) / 7
        assert (first[0] + second[0])[m, neuron].real == pytest.approx(expected, rel=1e-7, abs=1e-7)
        wave = np.cos(m * (turns + psi[neuron]))
        moved[neuron] = step * wave
        slope = (loss(network, theta, xi + moved) - loss(network, theta, xi - moved)) / (2 * step)
        assert (first[1] + second[1])[m, neuron].real * 7 == pytest.approx(
            slope * (2 if m else 1), rel=1e-7, abs=1e-7
        )


def test_the_variance_s_gradient_in_xi_holds_one_harmonic() -> None:
    alpha, phi, beta, psi = NEURONS
    ladder = HarmonicHierarchy(Network("Z11", activation="relu"), 5)
    _, (_, xi) = HarmonicPopulation(ladder, alpha, phi, beta, psi, SCALE).gradients(np.zeros(1), np.ones(1))
    assert np.abs(np.delete(xi, 1, axis=0)).max() < 1e-12 * np.abs(xi[1]).max()


def test_leaks_of_relu_are_known() -> None:
    """One neuron's variance is a multiple of the sum of relu(z)^2, whose slope is that of relu."""
    found = variance_leaks(Network("Zp", activation="relu"))
    expected = {0: 8 / np.pi**2, 2: 16 / (9 * np.pi**2), 4: 16 / (225 * np.pi**2)}
    # a lattice of order 101 differs from the limit by a multiple of 1/101^2
    assert {m: found[m] for m in expected} == pytest.approx(expected, abs=3e-4)
    assert not {3, 5, 7} & set(found)
