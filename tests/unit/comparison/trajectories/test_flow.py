"""Linearised flows against matrix exponentials, and the digits that numbers tell."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad_vec
from scipy.linalg import expm

from odekit.comparison.trajectories.budget import node_times
from odekit.comparison.trajectories.flow import Flow
from odekit.comparison.trajectories.statements import precision
from odekit.systems import system

JACOBIAN = np.array([[-0.5, 2.0], [-1.0, 0.3]])
LINEAR = system({"x": "-0.5*x + 2*y", "y": "-x + 0.3*y"})


def test_transitions_of_a_linear_flow_are_matrix_exponentials() -> None:
    start = np.array([[1.0, 0.0], [0.0, -2.0]])
    flow = Flow(LINEAR, np.zeros((0, 2)), start, 0.0, 1e-9)
    t = np.array([0.0, 0.3, 1.0, 2.5])
    orbit = flow.orbit(t)
    push = np.array([0.7, -0.2])
    found = flow.transitions(orbit, np.broadcast_to(push[None, :, None, None], (1, 2, 4, 2)))
    for k, step in enumerate(np.diff(t)):
        expected, _ = quad_vec(lambda s: expm(JACOBIAN * s) @ push, 0.0, step)
        for lane in range(2):
            np.testing.assert_allclose(orbit.y[:, k, lane], expm(JACOBIAN * t[k]) @ start[:, lane], atol=1e-9)
            np.testing.assert_allclose(found.matrices[k, lane], expm(JACOBIAN * step), atol=1e-4)
            np.testing.assert_allclose(found.added[0, k, lane], expected, atol=1e-4)


def test_the_acceleration_is_that_of_the_exact_solution() -> None:
    """x' = x^2 + t has x'' = 2 x (x^2 + t) + 1."""
    flow = Flow(system("x' = x**2 + t"), np.zeros((0, 1)), np.array([[0.3]]), 1.0, 1e-9)
    orbit = flow.orbit(np.linspace(1.0, 1.5, 4))
    x = orbit.y[0]
    np.testing.assert_allclose(flow.acceleration(orbit)[0], 2 * x * (x**2 + orbit.t[:, None]) + 1, rtol=1e-6)


@pytest.mark.parametrize("count", [3, 40, 129, 1000])
def test_nodes_lie_at_the_records_or_are_some_of_them(count: int) -> None:
    t = np.sort(np.random.default_rng(count).uniform(size=count))
    nodes = node_times(t)
    assert (nodes[0], nodes[-1]) == (t[0], t[-1])
    assert (np.diff(nodes) > 0).all()
    assert 128 <= len(nodes) <= 384
    assert set(t) <= set(nodes) or set(nodes) <= set(t)


@pytest.mark.parametrize(
    ("values", "meta", "relative", "trained"),
    [
        (np.pi * np.arange(1, 9), {}, 2.0**-53, 2.0**-53),
        ((np.pi * np.arange(1, 9)).astype("f4"), {}, 2.0**-24, 2.0**-24),
        (np.pi * np.arange(1, 9), {"dtype": "torch.float32"}, 2.0**-53, 2.0**-24),
        (np.round(np.pi * np.arange(1, 4), 5), {}, 5e-6, 2.0**-53),
        (np.array([0.1, 0.25, 3.0]), {}, 5e-4, 2.0**-53),
    ],
)
def test_numbers_tell_how_they_were_rounded(
    values: np.ndarray, meta: dict[str, str], relative: float, trained: float
) -> None:
    found = precision(meta, np.asarray(values, float))
    assert (found.relative, found.trained) == pytest.approx((relative, trained))


def test_fixed_decimals_bound_the_rounding_of_small_numbers_too() -> None:
    exact = np.array([1.2345678, 0.0001234567])
    kept = np.round(exact, 6)
    assert (precision({}, kept).of(kept) >= np.abs(kept - exact)).all()
