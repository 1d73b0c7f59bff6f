from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from odekit.errors import InputError
from odekit.networks import Network
from odekit.simulation.training.spheres import check_unit, normalise, parts, project

FloatArray = NDArray[np.float64]
EPS = np.finfo(float).eps


def network(constraint: str, rates: dict[str, float] | None = None) -> Network:
    return Network("Z5", neurons=4, embedding="unshared", constraint=constraint, rates=rates)


def random_stacks(*shape: int) -> FloatArray:
    return np.random.default_rng(0).normal(size=shape)


def test_each_weight_group_has_a_sphere_of_its_own() -> None:
    weights = random_stacks(7, 3, 5, 4)
    normalise(parts(network("sphere")), weights)
    np.testing.assert_allclose((weights**2).sum(axis=2), 1, rtol=8 * EPS)


def test_on_a_joint_sphere_the_embeddings_share_one() -> None:
    weights = random_stacks(3, 5, 4)
    ratio = np.linalg.norm(weights[0], axis=0) / np.linalg.norm(weights[1], axis=0)
    normalise(parts(network("joint_sphere")), weights)
    squares = (weights**2).sum(axis=1)
    np.testing.assert_allclose(squares[0] + squares[1], 1, rtol=8 * EPS)
    np.testing.assert_allclose(squares[2], 1, rtol=8 * EPS)
    np.testing.assert_allclose(np.sqrt(squares[0] / squares[1]), ratio, rtol=8 * EPS)


def test_without_a_constraint_nothing_moves() -> None:
    weights, vectors = random_stacks(3, 5, 4), random_stacks(3, 5, 4) + 1
    kept = weights.copy(), vectors.copy()
    normalise(parts(network("none")), weights)
    project(parts(network("none")), weights, vectors)
    np.testing.assert_array_equal((weights, vectors), kept)


@pytest.mark.parametrize("constraint", ["sphere", "joint_sphere"])
def test_a_projection_is_tangent_at_any_radius_and_the_nearest_tangent(constraint: str) -> None:
    weights, vectors = random_stacks(3, 5, 4), random_stacks(3, 5, 4)[::-1] + 0.5
    tangent = vectors.copy()
    project(parts(network(constraint)), weights, tangent)
    groups = [[0], [1], [2]] if constraint == "sphere" else [[0, 1], [2]]
    for neuron in range(4):
        for group in groups:
            radius = weights[group, :, neuron].ravel()
            removed = (vectors - tangent)[group, :, neuron].ravel()
            assert abs(radius @ tangent[group, :, neuron].ravel()) < 50 * EPS
            # What was removed is radial: parallel to the weights.
            cosine = radius @ removed / np.linalg.norm(radius) / np.linalg.norm(removed)
            assert abs(cosine) == pytest.approx(1, abs=8 * EPS)


def test_a_zero_row_is_named() -> None:
    weights = random_stacks(3, 5, 4)
    normalise(parts(network("sphere")), weights)
    weights[1, :, 2] = 0
    with pytest.raises(InputError, match=r"row 2 of theta2 is zero and has no direction.*norm 0"):
        check_unit(network("sphere"), weights)


def test_a_row_off_its_sphere_is_named_with_its_norm() -> None:
    weights = random_stacks(3, 5, 4)
    normalise(parts(network("joint_sphere")), weights)
    check_unit(network("joint_sphere"), weights)
    weights[2, :, 3] *= 1.5
    with pytest.raises(
        InputError, match=r"row 3 of xi is not on its unit sphere.*norm 1\.5.*divide each row"
    ):
        check_unit(network("joint_sphere"), weights)
    weights[:2, :, 1] *= 0
    with pytest.raises(InputError, match=r"row 1 of theta1 and theta2 together is zero"):
        check_unit(network("joint_sphere"), weights)


def test_one_zero_embedding_on_a_joint_sphere_is_legal() -> None:
    weights = random_stacks(3, 5, 4)
    weights[0] = 0
    normalise(parts(network("joint_sphere")), weights)
    assert not check_unit(network("joint_sphere"), weights)[0].any()


def test_rows_in_single_precision_are_accepted_and_renormalised() -> None:
    weights = random_stacks(3, 5, 4)
    normalise(parts(network("sphere")), weights)
    rounded = weights.astype(np.float32).astype(np.float64)
    unit = check_unit(network("sphere"), rounded)
    np.testing.assert_allclose((unit**2).sum(axis=1), 1, rtol=8 * EPS)
    assert np.abs((rounded**2).sum(axis=1) - 1).max() > 1e-9


def test_embeddings_on_a_joint_sphere_have_one_rate() -> None:
    parts(network("joint_sphere", rates={"theta": 0.5, "xi": 2.0}))
    with pytest.raises(InputError, match=r"joint sphere move at one rate.*theta1, theta2.*'sphere'"):
        parts(network("joint_sphere", rates={"theta1": 0.5}))
