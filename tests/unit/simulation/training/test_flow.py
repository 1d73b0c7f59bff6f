from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from odekit.errors import InputError
from odekit.groups import FiniteGroup
from odekit.networks import Network
from odekit.simulation import LossGradient
from odekit.simulation.training.flow import gradient_flow, integrate, time_scale
from odekit.simulation.training.spheres import normalise, parts
from odekit.simulation.training.velocity import Velocity

FloatArray = NDArray[np.float64]


def single_frequency(n: int, neurons: int, scale: float) -> FloatArray:
    """Aligned neurons of equal magnitudes, (2, n, M)."""
    angle = 2 * np.pi * np.arange(n)[:, None] / n
    phases = np.linspace(0, 1, neurons)
    return scale * np.stack([np.cos(angle + phases), np.cos(angle + 2 * phases)])


def balance(snapshots: FloatArray) -> FloatArray:
    """|theta|^2 - 2 |xi|^2 of every neuron at every time, (T, M)."""
    squares = (snapshots**2).sum(axis=2)
    return np.asarray(squares[:, 0] - 2 * squares[:, 1])


def test_the_quadratic_flow_conserves_every_neurons_balance() -> None:
    # theta.grad = 2 xi.grad for any softmax, so d/dt (|theta|^2 - 2 |xi|^2) = 0 exactly.
    network = Network("Z7", neurons=5)
    start = 0.5 * np.random.default_rng(0).normal(size=(2, 7, 5))
    snapshots, error = gradient_flow(network, start, np.linspace(0, 60, 7), rtol=1e-10)
    assert error is not None
    drift = np.abs(balance(snapshots) - balance(snapshots)[0]).max()
    assert np.linalg.norm(snapshots[-1] - snapshots[0]) > 0.5 * np.linalg.norm(snapshots[0])
    assert drift < 10 * error.max() * (snapshots**2).sum(axis=(1, 2)).max()


def test_the_balance_drifts_where_the_rates_are_not_equal() -> None:
    network = Network("Z7", neurons=5, rates={"theta": 0.9})
    start = 0.5 * np.random.default_rng(0).normal(size=(2, 7, 5))
    snapshots, _ = gradient_flow(network, start, np.linspace(0, 60, 3))
    assert np.abs(balance(snapshots) - balance(snapshots)[0]).max() > 1e-2


@pytest.mark.slow
def test_the_estimate_bounds_the_error_against_another_integrator() -> None:
    network = Network("Z5", neurons=4, rates={"xi": 0.5}, loss="sum", logit_scale=0.5)
    start = 0.3 * np.random.default_rng(1).normal(size=(2, 5, 4))
    times = np.linspace(0, 6, 5)
    snapshots, estimate = gradient_flow(network, start, times, rtol=1e-6)
    gradient = LossGradient(network)
    factors = np.array([1.0, 0.5])[:, None, None]
    exact = solve_ivp(
        lambda t, y: -(factors * gradient.evaluate(y.reshape(start.shape))[1]).ravel(),
        (0, 6),
        start.ravel(),
        method="Radau",
        t_eval=times,
        rtol=1e-11,
        atol=1e-12,
    ).y.T.reshape(snapshots.shape)
    size = np.sqrt((exact**2).sum(axis=(1, 2)))
    error = (np.sqrt(((snapshots - exact) ** 2).sum(axis=(1, 2))) / size).max(axis=1)
    assert estimate is not None
    assert estimate.shape == times.shape
    assert estimate[0] == 0
    # 1e-9: what Radau at 1e-11 may itself be off after this many steps.
    assert (error <= estimate + 1e-9).all()
    assert 1e-9 < estimate.max() < 1e-3


def test_the_loss_falls_along_the_flow() -> None:
    network = Network("Z7", neurons=6, activation="z**2 + tanh(z)")
    start = 0.2 * np.random.default_rng(2).normal(size=(2, 7, 6))
    snapshots, error = gradient_flow(network, start, np.linspace(0, 20, 9), rtol=1e-6, estimate_error=False)
    assert error is None
    gradient = LossGradient(network)
    assert (np.diff([gradient.evaluate(stack)[0] for stack in snapshots]) < 0).all()


def test_an_aligned_neuron_blows_up_at_about_its_time_scale() -> None:
    # From alpha = beta = kappa and D = 0: alpha' = 2 r alpha beta, beta' = r alpha^2, so with r = a/p
    # dT = dbeta / (r (2 beta^2 - kappa^2)), which is ln(3 + 2 sqrt 2) / (2 sqrt 2 r kappa) = .623/(r kappa).
    scale, rate = 1e-3, 1 / 23
    start = single_frequency(23, 3, scale)
    blow_up = np.log(3 + 2 * np.sqrt(2)) / (2 * np.sqrt(2) * rate * scale)
    # |w'|/|w| = r kappa sqrt(5/2) at the start.
    network = Network("Z23", neurons=3)
    assert time_scale(network, start) == pytest.approx(1 / (rate * scale * np.sqrt(2.5)), rel=1e-9)
    snapshots, _ = gradient_flow(network, start, np.array([0, 0.99 * blow_up]), estimate_error=False)
    beta = np.sqrt((snapshots[-1, 1] ** 2).mean(axis=0) * 2)
    # Near the blow-up beta = 1 / (2 r (T - t)); the logits are then still of order 1e-2.
    np.testing.assert_allclose(beta, 1 / (2 * rate * 0.01 * blow_up), rtol=0.02)


def test_zero_weights_stay_and_have_no_time_scale() -> None:
    network, start = Network("Z5", neurons=2), np.zeros((2, 5, 2))
    snapshots, error = gradient_flow(network, start, np.array([0.0, 1.0]))
    assert not snapshots.any()
    assert error is not None
    assert (error <= 20 * 1e-8).all()
    with pytest.raises(InputError, match="no neuron moves"):
        time_scale(network, start)


def test_a_flow_that_leaves_the_numbers_says_where() -> None:
    network = Network("Z5", neurons=2, activation="1/z")
    start = np.ones((2, 5, 2))
    start[0, :, 0] = [1e-200, -1e-200, 1, 1, 1]
    with pytest.raises(InputError, match="can't be followed beyond t = "):
        gradient_flow(network, start, np.array([0.0, 1.0]))


@pytest.mark.slow
def test_a_flow_that_slides_along_kinks_is_given_up_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("odekit.simulation.training.integration.passage.MAX_EVALUATIONS", 5000)
    start = 0.2 * np.random.default_rng(2).normal(size=(2, 7, 6))
    with pytest.raises(InputError, match=r"come no further than t = .*kinks.*method sgd"):
        gradient_flow(Network("Z7", neurons=6, activation="relu"), start, np.array([0.0, 20.0]))


def test_progress_runs_from_the_start_to_1() -> None:
    seen: list[float] = []
    start = 0.1 * np.random.default_rng(0).normal(size=(2, 5, 2))
    gradient_flow(Network("Z5", neurons=2), start, np.array([0.0, 5.0, 9.0]), advance=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1


def on_spheres(network: Network) -> FloatArray:
    shape = (len(network.embeddings) + 1, network.finite_group.order, network.neurons)
    weights = np.random.default_rng(0).normal(size=shape)
    normalise(parts(network), weights)
    return weights


@pytest.mark.slow
@pytest.mark.parametrize(
    ("embedding", "constraint"), [("shared", "sphere"), ("unshared", "sphere"), ("unshared", "joint_sphere")]
)
def test_the_projected_flow_agrees_with_angles_integrated_by_another_method(
    s3: FiniteGroup, embedding: str, constraint: str
) -> None:
    # The same flow without a projection: L(w / |w|) has a tangent gradient, by differences of the loss.
    network = Network(s3, 2, "quadratic", embedding, constraint, loss="sum", rates={"theta": 0.5})
    start, gradient = on_spheres(network), LossGradient(network)
    factors = np.array([0.5] * len(network.embeddings) + [1.0])[:, None, None]

    def radial_loss(flat: FloatArray) -> float:
        weights = flat.reshape(start.shape).copy()
        normalise(parts(network), weights)
        return float(gradient.evaluate(weights)[0])

    def naive(t: float, flat: FloatArray) -> FloatArray:
        step = 1e-5 * np.eye(len(flat))
        slope = [(radial_loss(flat + s) - radial_loss(flat - s)) / 2e-5 for s in step]
        return np.asarray(-(factors * np.reshape(slope, start.shape)).ravel())

    snapshots, error = gradient_flow(network, start, np.array([0.0, 0.5]))
    exact = solve_ivp(naive, (0, 0.5), start.ravel(), rtol=1e-8, atol=1e-9).y[:, -1]
    # Differences at 1e-5 know the gradient to about 1e-9.
    np.testing.assert_allclose(snapshots[-1].ravel(), exact, atol=1e-7)
    assert error is not None
    assert error.max() < 1e-6


@pytest.mark.parametrize("constraint", ["sphere", "joint_sphere"])
def test_snapshots_lie_on_their_spheres_and_the_loss_falls(f21: FiniteGroup, constraint: str) -> None:
    network = Network(f21, 8, "quadratic", "unshared", constraint, loss="sum", logit_scale=1 / 64)
    snapshots, _ = gradient_flow(network, on_spheres(network), np.linspace(0, 300, 6), estimate_error=False)
    again = snapshots.copy()
    normalise(parts(network), again)
    np.testing.assert_allclose(snapshots, again, atol=1e-15)
    losses = [LossGradient(network).evaluate(stack)[0] for stack in snapshots]
    assert (np.diff(losses) < 0).all()
    assert np.abs(snapshots[-1] - snapshots[0]).max() > 0.3


def test_the_raw_projected_flow_conserves_radii_within_its_tolerance(s3: FiniteGroup) -> None:
    network = Network(s3, 8, "quadratic", "unshared", "sphere", loss="sum")
    path = integrate(Velocity(network), on_spheres(network), np.array([0.0, 3.0]), 1e-9, lambda done: None)
    assert np.abs((path[-1] ** 2).sum(axis=1) - 1).max() < 1e-7
