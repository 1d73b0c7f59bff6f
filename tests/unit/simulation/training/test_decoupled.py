from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import quad, solve_ivp

from odekit.errors import InputError
from odekit.groups import FiniteGroup
from odekit.networks import Network
from odekit.simulation.training.decoupled import decoupled_flow
from odekit.simulation.training.spheres import normalise, parts
from odekit.simulation.training.velocity import Velocity

FloatArray = NDArray[np.float64]


def drawn(network: Network, seed: int = 0) -> FloatArray:
    shape = (len(network.embeddings) + 1, network.finite_group.order, network.neurons)
    weights = np.random.default_rng(seed).normal(size=shape)
    normalise(parts(network), weights)
    return weights


class Reversed(Velocity):
    """The same flow backwards in time."""

    def __call__(self, weights: FloatArray) -> FloatArray:
        return -super().__call__(weights)

    def measure(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        velocity, residual = super().measure(weights)
        return -velocity, residual


@pytest.mark.parametrize(
    ("embedding", "constraint", "rates"),
    [
        ("unshared", "sphere", {"theta1": 0.7}),
        ("unshared", "joint_sphere", {"xi": 0.5}),
        ("shared", "sphere", {"theta": 0.5}),
        ("unshared", "none", {}),
    ],
)
def test_it_agrees_with_another_integrator_of_naive_sums(
    s3: FiniteGroup, embedding: str, constraint: str, rates: dict[str, float]
) -> None:
    network = Network(s3, 4, embedding=embedding, constraint=constraint, rates=rates)
    start = drawn(network) * (0.2 if constraint == "none" else 1)
    times = np.array([0.0, 0.2, 0.7])
    factors = np.array([network.rates[name] for name in (*network.embeddings, "xi")])[:, None]
    groups = {"none": [], "joint_sphere": [[0, 1], [2]]}.get(
        constraint, [[plane] for plane in range(len(start))]
    )

    def naive(t: float, flat: FloatArray) -> FloatArray:
        w = flat.reshape(-1, 6)
        first, second, xi = w[0], w[-2], w[-1] - w[-1].mean()
        slope = np.zeros((3, 6))
        for g in range(6):
            for h in range(6):
                product = s3.table[g, h]
                slope[0, g] += 2 * xi[product] * second[h]
                slope[1, h] += 2 * xi[product] * first[g]
                slope[2, product] += 2 * first[g] * second[h]
        slope[2] -= slope[2].mean()
        ascent = slope if len(w) == 3 else np.stack([slope[0] + slope[1], slope[2]])
        ascent = ascent * factors
        for group in groups:
            ascent[group] -= w[group] * np.vdot(w[group], ascent[group]) / np.vdot(w[group], w[group])
        return ascent.ravel()

    flow = decoupled_flow(Velocity(network, "uniform"), start, times, rtol=1e-11)
    for neuron in range(4):
        exact = solve_ivp(
            naive, (0, 0.7), start[:, :, neuron].ravel(), "LSODA", times, rtol=1e-12, atol=1e-12
        )
        # LSODA at 1e-12 is off by some 1e-10 after a few hundred steps.
        found = flow.snapshots[:, :, :, neuron].reshape(3, -1)
        np.testing.assert_allclose(found, exact.y.T, atol=2e-9)


def test_one_pair_aligns_by_the_half_angle_law() -> None:
    # Three waves of one frequency on three unit spheres keep their magnitudes, and the phase
    # D = theta1's + theta2's - xi's obeys tan(D/2) = tan(D0/2) exp(-sqrt(2n) (sum of rates) t).
    n, k, rates = 7, 2, {"theta1": 1.0, "theta2": 0.6, "xi": 1.5}
    network = Network("Z7", 3, embedding="unshared", constraint="sphere", rates=rates)
    angles = 2 * np.pi * k * np.arange(n)[:, None] / n
    phases = np.array([[0.3, 0.1, 2.0], [0.9, -1.0, 0.5], [0.2, 0.4, -0.2]])
    start = np.sqrt(2 / n) * np.cos(angles + phases[:, None])
    times = np.linspace(0, 0.8, 5)
    found = decoupled_flow(Velocity(network, "uniform"), start, times, rtol=1e-10).snapshots
    modes = np.exp(-1j * angles[:, 0]) @ found
    misalignment = np.angle(modes[:, 0] * modes[:, 1] / modes[:, 2])
    law = np.tan(misalignment[0] / 2) * np.exp(-np.sqrt(2 * n) * 3.1 * times[:, None])
    # A few dozen steps at 1e-10 of the norm.
    np.testing.assert_allclose(np.tan(misalignment / 2), law, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(np.abs(modes) / np.abs(modes[0]), 1, rtol=1e-9)


def test_aligned_characters_compete_as_their_closed_form_says() -> None:
    # a_k' = s a_k^2 - E a_k, s = 2 sqrt n, has b_k = 1/(1/a_k(0) - s tau), a_k = b_k / N, dt = N dtau,
    # N^2 = a_0(0)^2 + sum over nontrivial characters of b^2.
    n = 7
    network = Network("Z7", 1, embedding="unshared", constraint="sphere")
    amplitudes = np.array([0.2, 0.9, 0.7, 0.75, 0.75, 0.7, 0.9])
    amplitudes /= np.linalg.norm(amplitudes)
    wave = np.real(np.fft.ifft(amplitudes)) * np.sqrt(n)
    start = np.repeat(wave[None, :, None], 3, axis=0)

    def grown(tau: float) -> FloatArray:
        growth = 1 / (1 / amplitudes - 2 * np.sqrt(n) * tau)
        growth[0] = amplitudes[0]
        return growth

    taus = 1 / (2 * np.sqrt(n) * amplitudes[1]) * np.array([0, 0.5, 0.9, 0.99])
    times = np.array(
        [quad(lambda s: float(np.linalg.norm(grown(s))), 0, tau, epsabs=1e-13)[0] for tau in taus]
    )
    found = decoupled_flow(Velocity(network, "uniform"), start, times, rtol=1e-11).snapshots[:, 0, :, 0]
    exact = np.array([grown(tau) / np.linalg.norm(grown(tau)) for tau in taus])
    np.testing.assert_allclose(np.abs(np.fft.fft(found)) / np.sqrt(n), exact, atol=1e-9)


def test_neurons_of_f21_come_to_rest_on_maxima_of_one_irrep(f21: FiniteGroup) -> None:
    # Maxima have E = 2 sqrt(n / r): r = 6 for the pair of dimension 3, r = 2 for the pair of characters.
    network = Network(f21, 150, embedding="unshared", constraint="sphere")
    velocity = Velocity(network, "uniform")
    flow = decoupled_flow(velocity, drawn(network), np.zeros(1), until=1e-9, last=1e3)
    assert flow.converged.all()
    assert velocity.measure(flow.final)[1].max() <= 1e-9
    energies = np.einsum("gm,gm->m", flow.final[2], velocity(flow.final)[2])
    assert np.abs(energies).max() < 1e-8
    log_order = 21**2 * np.log(21)
    values = np.array([log_order - velocity.loss(flow.final[:, :, [m]]) for m in range(150)])
    nearest = np.array([2 * np.sqrt(21 / 6), 2 * np.sqrt(21 / 2)])
    gaps = np.abs(values[:, None] - nearest)
    # An energy is stationary there: the gap is the square of the residual, and rounding of 441 ln 21.
    assert gaps.min(axis=1).max() < 1e-11
    assert 60 < (gaps.argmin(axis=1) == 0).sum() < 150


def test_the_residual_falls_at_the_rate_of_the_energy(s3: FiniteGroup) -> None:
    # The slowest rate at a maximum is its energy; below 100 rtol the tolerance falls with the residual.
    network = Network(s3, 20, embedding="unshared", constraint="sphere")
    velocity = Velocity(network, "uniform")
    rest = decoupled_flow(velocity, drawn(network), np.zeros(1), until=1e-2, last=1e3).final
    times = np.linspace(0, 4, 3)
    snapshots = decoupled_flow(velocity, rest, times, rtol=1e-6).snapshots
    residuals = np.array([velocity.measure(stack)[1] for stack in snapshots])
    energies = np.array([36 * np.log(6) - velocity.loss(snapshots[-1][:, :, [m]]) for m in range(20)])
    slopes = -np.diff(np.log(residuals), axis=0)[-1] / 2
    np.testing.assert_allclose(slopes, energies, rtol=2e-3)


@pytest.mark.parametrize("constraint", ["sphere", "joint_sphere"])
def test_weights_stay_on_their_spheres_to_rounding(f21: FiniteGroup, constraint: str) -> None:
    network = Network(f21, 5, embedding="unshared", constraint=constraint)
    flow = decoupled_flow(Velocity(network, "uniform"), drawn(network), np.linspace(0, 3, 4), rtol=1e-4)
    squares = (flow.snapshots**2).sum(axis=2)
    if constraint == "joint_sphere":
        squares = np.stack([squares[:, 0] + squares[:, 1], squares[:, 2]])
    np.testing.assert_allclose(squares, 1, rtol=20 * np.finfo(float).eps)


def test_time_runs_backwards(s3: FiniteGroup) -> None:
    network = Network(s3, 6, embedding="unshared", constraint="joint_sphere")
    start, times = drawn(network), np.array([0.0, 0.6])
    there = decoupled_flow(Velocity(network, "uniform"), start, times, rtol=1e-12)
    back = decoupled_flow(Reversed(network, "uniform"), there.final, times, rtol=1e-12)
    # Errors of 1e-12 a step grow backwards by at most exp(3 E t), E up to 2 sqrt 6.
    np.testing.assert_allclose(back.final, start, atol=1e-12 * 30 * np.exp(3 * 2 * np.sqrt(6) * 0.6))
    assert np.abs(there.final - start).max() > 0.1


def test_neurons_do_not_know_each_other(s3: FiniteGroup, monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(s3, 9, embedding="unshared", constraint="sphere")
    velocity, start, times = Velocity(network, "uniform"), drawn(network), np.array([0.0, 0.5])
    whole = decoupled_flow(velocity, start, times, until=1e-6, last=100.0)
    monkeypatch.setattr("odekit.simulation.training.decoupled.LANES", 2)
    seen: list[float] = []
    pairs = decoupled_flow(velocity, start, times, until=1e-6, last=100.0, advance=seen.append)
    np.testing.assert_allclose(pairs.snapshots, whole.snapshots, atol=1e-12)
    np.testing.assert_allclose(pairs.final, whole.final, atol=1e-12)
    assert seen == sorted(seen)
    assert seen[-1] == 1


def test_a_neuron_that_arrives_early_is_left_there_at_all_later_times(s3: FiniteGroup) -> None:
    network = Network(s3, 8, embedding="unshared", constraint="sphere")
    times = np.array([0.0, 0.5, 30.0, 40.0])
    flow = decoupled_flow(Velocity(network, "uniform"), drawn(network), times, until=1e-6)
    assert (flow.arrival < 30).all()
    np.testing.assert_array_equal(flow.snapshots[2], flow.final)
    np.testing.assert_array_equal(flow.snapshots[3], flow.final)
    assert np.abs(flow.snapshots[1] - flow.final).max() > 0.1


def test_a_neuron_that_has_not_arrived_says_so(s3: FiniteGroup) -> None:
    network = Network(s3, 8, embedding="unshared", constraint="sphere")
    flow = decoupled_flow(Velocity(network, "uniform"), drawn(network), np.zeros(1), until=1e-9, last=2.5)
    assert not flow.converged.any()
    assert (flow.arrival == 2.5).all()


def test_a_saddle_is_a_place_to_rest(s3: FiniteGroup) -> None:
    network = Network(s3, 2, embedding="unshared", constraint="sphere")
    start = drawn(network)
    start[:, :, 0] = 1 / np.sqrt(6)
    flow = decoupled_flow(Velocity(network, "uniform"), start, np.array([0.0, 1.0]), until=1e-9)
    np.testing.assert_array_equal(flow.final[:, :, 0], start[:, :, 0])


def test_a_neuron_at_zero_stays_where_nothing_constrains_it() -> None:
    network = Network("Z5", 2, embedding="unshared")
    flow = decoupled_flow(Velocity(network, "uniform"), np.zeros((3, 5, 2)), np.array([0.0, 1.0]))
    assert not flow.final.any()


def test_a_blow_up_names_its_neuron_and_time(s3: FiniteGroup) -> None:
    network = Network(s3, 3, embedding="unshared")
    start = drawn(network)
    start[:, :, [0, 2]] *= 1e-3
    with pytest.raises(InputError, match=r"neuron 1 can't be followed beyond t = 0\.\d+.*earlier t_end"):
        decoupled_flow(Velocity(network, "uniform"), start, np.array([0.0, 5.0]))


def test_a_flow_on_kinks_is_given_up_with_advice(s3: FiniteGroup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("odekit.simulation.training.decoupled.MAX_STEPS", 100)
    network = Network(s3, 3, activation="relu", embedding="unshared", constraint="sphere")
    with pytest.raises(InputError, match=r"come no further than t = .*kinks.*method='sgd'"):
        decoupled_flow(Velocity(network, "uniform"), drawn(network), np.array([0.0, 50.0]))
