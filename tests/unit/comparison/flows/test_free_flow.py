"""Blow-up times of the free flow against Carlson's closed form, and the refusal without decoupling."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.comparison.flows.free_flow import free_blow_up_times
from odekit.errors import ReductionError
from odekit.groups import fourier_transform, group
from odekit.networks import Network
from odekit.solvers.exact.spheres import free_blow_up_time

NAMES = ("theta1", "theta2", "xi")


def drawn(order: int, neurons: int = 20, names: tuple[str, ...] = NAMES) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(3)
    return {name: generator.standard_normal((neurons, order)) / np.sqrt(order) for name in names}


def network(name: str, neurons: int = 20, **options: object) -> Network:
    settings = {"embedding": "unshared", "constraint": "sphere", "loss": "sum", **options}
    return Network(name, neurons=neurons, **settings)


@pytest.mark.parametrize("name", ["Z7", "Z12", "Z3xZ5"])
def test_on_an_abelian_group_they_are_carlsons(name: str) -> None:
    G = group(name)
    weights = drawn(G.order)
    hats = [fourier_transform(weights[w], G) / np.sqrt(G.order) for w in NAMES]
    members = [sigma.members[0] for sigma in G.real_irreps[1:]]
    exact = free_blow_up_time(*(hat[:, members] for hat in hats), G.order)
    # What is left after a growth by 1e4 is extrapolated to 1e-8 of itself; the rest is the tolerance 1e-10.
    np.testing.assert_allclose(free_blow_up_times(network(name), weights), exact, rtol=1e-9)


def test_a_shared_embedding_at_half_rate_is_two_equal_unshared_ones() -> None:
    weights = drawn(7, names=("theta", "xi"))
    shared = Network("Z7", neurons=20, constraint="sphere", loss="sum", rates={"theta": 0.5})
    unshared = {"theta1": weights["theta"], "theta2": weights["theta"], "xi": weights["xi"]}
    times = free_blow_up_times(shared, weights)
    np.testing.assert_allclose(times, free_blow_up_times(network("Z7"), unshared), rtol=1e-9)


@pytest.mark.slow
def test_times_are_inverse_to_scale_rates_and_logit_scale() -> None:
    weights = drawn(6)
    times = free_blow_up_times(network("S3"), weights)
    larger = {name: 2 * values for name, values in weights.items()}
    np.testing.assert_allclose(free_blow_up_times(network("S3"), larger), times / 2, rtol=1e-12)
    faster = network("S3", rates={"theta1": 3.0, "theta2": 3.0, "xi": 3.0})
    np.testing.assert_allclose(free_blow_up_times(faster, weights), times / 3, rtol=1e-9)
    mean = network("S3", loss="mean", logit_scale=0.1)
    np.testing.assert_allclose(free_blow_up_times(mean, weights), times * 360, rtol=1e-12)


def test_an_irrep_without_weight_never_blows_up() -> None:
    sign = group("S3").real_irreps[1].character / np.sqrt(6)
    times = free_blow_up_times(network("S3", 1), dict.fromkeys(NAMES, sign[None]))
    # a' = 2 a^2 for each of the hats sqrt(6): tau* = 1/(2 sqrt 6).
    assert times[0, 0] == pytest.approx(1 / (2 * np.sqrt(6)), rel=1e-9)
    assert times[0, 1] == np.inf or times[0, 1] > 1e6


def test_the_joint_sphere_has_no_such_times() -> None:
    with pytest.raises(ReductionError, match="don't decouple"):
        free_blow_up_times(network("S3", constraint="joint_sphere"), drawn(6))
