"""The distance to the maxima is zero on their orbit, and ends at a floor of the order of the logit scale."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from odekit.comparison import orbit_distance
from odekit.groups import FiniteGroup, group
from odekit.networks import Network
from odekit.simulation import simulate

EPS = float(np.finfo(np.float64).eps)


def maximiser(G: FiniteGroup, irrep: int, seed: int, count: int = 5) -> dict[str, Any]:
    """Points of the orbit of a real irrep, by the formula, element by element."""
    matrices = G.real_irreps[irrep].matrices
    r = matrices.shape[1]
    vectors = np.random.default_rng(seed).standard_normal((3, count, r))
    p, q, w = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    scale = np.sqrt(r / G.order)
    pairs = {"theta1": (p, q), "theta2": (q, w), "xi": (p, w)}
    return {
        name: np.array([[scale * a @ sigma @ b for sigma in matrices] for a, b in zip(*pair, strict=True)])
        for name, pair in pairs.items()
    }


@pytest.mark.parametrize("name", ["S3", "Q8", "A4", "F21", "Z7", "Z6", "Q8xS3"])
def test_every_point_of_an_orbit_is_at_distance_zero(name: str) -> None:
    G = group(name)
    for irrep in range(1, len(G.real_irreps)):
        distance = orbit_distance(maximiser(G, irrep, seed=irrep), G)
        assert distance.max() < 1e3 * EPS * G.order


def test_a_small_deviation_across_the_orbit_is_its_own_length() -> None:
    G = group("S3")
    point = maximiser(G, 2, seed=1)
    away = {**point, "xi": point["xi"] + 1e-6}
    # A constant is orthogonal to every nontrivial irrep, so that the nearest point stays; sqrt(6) its norm.
    np.testing.assert_allclose(orbit_distance(away, G), np.sqrt(6) * 1e-6, rtol=1e-4)


def test_points_off_the_orbit_are_far_from_it() -> None:
    G = group("S3")
    point = maximiser(G, 2, seed=2)
    assert orbit_distance({**point, "xi": -point["xi"]}, G).min() > 0.5


def test_uniform_softmax_reaches_the_orbit_and_a_finite_scale_a_floor_of_its_order() -> None:
    G = group("S3")
    free = Network(G, neurons=12, embedding="unshared", constraint="sphere", loss="sum")
    run = simulate(free, seed=3, softmax="uniform", until=1e-9, estimate_error=False)
    assert orbit_distance({name: w[-1] for name, w in run.weights.items()}, G).max() < 1e-7
    floors = []
    for scale in (4e-3, 1e-3):
        network = Network(
            G, neurons=12, embedding="unshared", constraint="sphere", loss="sum", logit_scale=scale
        )
        last = simulate(network, seed=3, t_end=12 / scale, snapshots=2, rtol=1e-9, estimate_error=False)
        floors.append(np.median(orbit_distance({name: w[-1] for name, w in last.weights.items()}, G)))
    order = np.log(floors[0] / floors[1]) / np.log(4.0)
    assert order == pytest.approx(1.0, abs=0.1)
