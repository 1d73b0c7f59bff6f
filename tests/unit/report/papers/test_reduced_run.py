"""What the reduced ODE makes of a run's start, against other programs for the same flow."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from odekit.comparison import project
from odekit.groups import from_modes, mode_basis
from odekit.networks import Network
from odekit.report.papers.reduced_run import reduced_run
from odekit.simulation import Run, simulate

TIMES = np.array([0.0, 100.0, 200.0])


def at_start(network: Network, seed: int = 1, init: str = "iid", scale: float = 0.02) -> Run:
    return simulate(network, seed=seed, init=init, scale=scale, times=[1.0], estimate_error=False)


def test_quadratic_modes_follow_the_printed_equations_of_amplitudes() -> None:
    """u' = 2p v conj(u), v' = p u^2, over p^2 for the mean loss, integrated by SciPy."""
    p = 7
    run = at_start(Network(f"Z{p}", neurons=3))
    start = project(run).at(0).amplitudes
    u, v = start["theta"].ravel(), start["xi"].ravel()

    def field(_: float, y: np.ndarray) -> np.ndarray:
        u, v = np.split(y, 2)
        return np.concatenate([2 * p * v * u.conj(), p * u**2]) / p**2

    solved = solve_ivp(field, (0, 200), np.concatenate([u, v]), t_eval=TIMES, rtol=1e-11, atol=1e-14)
    expected = np.split(solved.y.T, 2, axis=1)
    found = project(reduced_run(run, TIMES)).amplitudes
    assert found["theta"].reshape(3, -1) == pytest.approx(expected[0], rel=1e-7, abs=1e-10)
    assert found["xi"].reshape(3, -1) == pytest.approx(expected[1], rel=1e-7, abs=1e-10)
    faster = project(reduced_run(run, 1.05 * TIMES)).amplitudes
    assert faster["theta"].reshape(3, -1) != pytest.approx(expected[0], rel=1e-7, abs=1e-10)


def test_the_means_rest() -> None:
    run = at_start(Network("Z7", neurons=3))
    means = project(reduced_run(run, TIMES)).means
    assert means["theta"] == pytest.approx(np.repeat(run.weights["theta"][:1].mean(axis=-1), 3, axis=0))


@pytest.mark.slow
def test_relu_keeps_each_neuron_at_its_frequency_and_grows_at_the_derived_rate() -> None:
    """Aligned, alpha = beta grow at 2 C p of the summed loss, C = 2/(3 pi p sin(pi/2p))."""
    p = 15
    network = Network(f"Z{p}", neurons=2, activation="relu")
    unit = np.arange(len(mode_basis(network.finite_group))) == 1
    weights = {
        name: from_modes(np.array([[1.0], [1.0]]) * unit + 0j, network.finite_group)[None]
        for name in ("theta", "xi")
    }
    run = Run(np.zeros(1), weights, network)
    modes = project(reduced_run(run, np.array([0.0, 10.0])))
    rate = 2 * p * 2 / (3 * np.pi * p * np.sin(np.pi / (2 * p))) / p**2
    assert modes.alpha[-1, :, 1] == pytest.approx(np.exp(10 * rate), rel=1e-7)
    assert modes.beta[-1, :, 1] == pytest.approx(np.exp(10 * rate), rel=1e-7)
    assert np.delete(modes.alpha[-1], 1, axis=-1) == pytest.approx(0, abs=1e-12)


def test_blocks_follow_a_training_at_uniform_softmax() -> None:
    network = Network("S3", neurons=4, embedding="unshared", constraint="sphere", loss="sum")
    run = simulate(network, seed=2, softmax="uniform", times=[0.0, 0.2, 0.4], rtol=1e-10)
    moved = reduced_run(run, run.t)
    for name, values in run.weights.items():
        assert moved.weights[name] == pytest.approx(values, abs=1e-7)
        assert np.abs(moved.weights[name][-1] - values[0]).max() > 0.05
