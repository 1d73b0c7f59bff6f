"""The energy of labels: its derivatives against finite differences, and its climb."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.groups import group
from odekit.simulation import (
    ascend_label_energy,
    climb_label_energy,
    label_energy,
    label_gradient,
    label_hessian,
    label_responses,
)

NEURONS, NEARBY = 4, 1e-6


@pytest.fixture(params=["Z5", "S3"])
def drawn(request: pytest.FixtureRequest) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    table = group(request.param).table
    weights, direction = np.random.default_rng(8).standard_normal((2, NEURONS, 2 * len(table))) / 2
    return table, weights, direction


def test_responses_are_sums_over_pairs_with_one_product(drawn) -> None:
    table, weights, _ = drawn
    n = len(table)
    sums = np.zeros((NEURONS, n))
    for x in range(n):
        for y in range(n):
            sums[:, table[x, y]] += (weights[:, x] + weights[:, n + y]) ** 2
    expected = sums - sums.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(label_responses(table, weights), expected, atol=1e-12)
    np.testing.assert_allclose(label_energy(table, weights), (expected**2).sum(axis=1) / 2, rtol=1e-12)


def test_derivatives_are_those_of_the_energy(drawn) -> None:
    table, weights, direction = drawn
    up, down = weights + NEARBY * direction, weights - NEARBY * direction
    slope = (label_energy(table, up) - label_energy(table, down)) / (2 * NEARBY)
    np.testing.assert_allclose((label_gradient(table, weights) * direction).sum(axis=1), slope, rtol=1e-6)
    bent = (label_gradient(table, up) - label_gradient(table, down)) / (2 * NEARBY)
    along = np.einsum("mij,mj->mi", label_hessian(table, weights), direction)
    np.testing.assert_allclose(along, bent, atol=1e-6)  # central differences, rounded


def test_a_climb_stays_on_its_sphere_and_rises(drawn) -> None:
    table, weights, _ = drawn
    start = weights / np.linalg.norm(weights, axis=1, keepdims=True)
    path = climb_label_energy(table, start, np.linspace(0.0, 1.0, 5))
    np.testing.assert_allclose(np.linalg.norm(path, axis=-1), 1.0, atol=1e-8)
    energies = np.array([label_energy(table, one) for one in path])
    assert (np.diff(energies, axis=0) > 0).all()


def test_without_a_sphere_the_gradient_is_followed(drawn) -> None:
    table, weights, _ = drawn
    step = 1e-6
    path = climb_label_energy(table, weights, np.array([0.0, step]), sphere=False)
    np.testing.assert_allclose(
        (path[1] - path[0]) / step, label_gradient(table, weights), rtol=1e-3, atol=1e-3
    )


def test_pairs_that_are_not_seen_do_not_count(drawn) -> None:
    table, weights, direction = drawn
    pairs = (np.random.default_rng(9).uniform(size=(NEURONS, *table.shape)) < 0.6).astype(float)
    alone = np.array([label_energy(table, w[None], p[None])[0] for w, p in zip(weights, pairs, strict=True)])
    np.testing.assert_allclose(label_energy(table, weights, pairs), alone, rtol=1e-12)
    up, down = weights + NEARBY * direction, weights - NEARBY * direction
    slope = (label_energy(table, up, pairs) - label_energy(table, down, pairs)) / (2 * NEARBY)
    along = (label_gradient(table, weights, pairs) * direction).sum(axis=1)
    np.testing.assert_allclose(along, slope, rtol=1e-6)
    assert not np.allclose(label_energy(table, weights, pairs), label_energy(table, weights))


def test_ascent_in_steps_rises_and_rests_where_the_climb_does(drawn) -> None:
    table, weights, _ = drawn
    start = weights / np.linalg.norm(weights, axis=1, keepdims=True)
    before, after = ascend_label_energy(table, start, 1.0, 3, 0.25)
    np.testing.assert_allclose(np.linalg.norm(after, axis=1), 1.0, atol=1e-14)
    assert (label_energy(table, after) > label_energy(table, before)).all()
    _, rest = ascend_label_energy(table, start, 1.0, 400, 0.25)
    slope = label_gradient(table, rest)
    inward = slope - (slope * rest).sum(axis=1, keepdims=True) * rest
    np.testing.assert_allclose(inward, 0.0, atol=1e-9)  # rounding, where the slowest factor is 3/4
    (stays,) = climb_label_energy(table, rest, np.array([0.0, 1.0]))[1:]
    np.testing.assert_allclose(stays, rest, atol=1e-8)
