from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from odekit.errors import InputError, UnknownNameError
from odekit.groups import from_table
from odekit.networks import Network
from odekit.simulation.training.initial import initial_weights


def draw(network: Network, init: str, scale: float = 0.02, seed: int = 0) -> np.ndarray[Any, Any]:
    return initial_weights(network, init, scale, np.random.default_rng(seed))


def magnitudes(stack: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """[A]'s amplitudes alpha_k, k = 0 .. n//2, by NumPy's transform over the element, (e + 1, k, M)."""
    n = stack.shape[1]
    coefficients = np.abs(np.fft.rfft(stack, axis=1)) * 2 / n
    coefficients[:, 0] /= 2
    if n % 2 == 0:
        coefficients[:, -1] /= 2
    return np.asarray(coefficients)


def test_iid_weights_have_the_scale_as_standard_deviation() -> None:
    stack = draw(Network("Z23", neurons=512), "iid")
    assert stack.shape == (2, 23, 512)
    # 23,552 normal numbers: relative standard error of the deviation .0046, of the mean .0065.
    assert stack.std() == pytest.approx(0.02, rel=0.025)
    assert abs(stack.mean()) < 0.035 * 0.02


@pytest.mark.parametrize("group", ["Z23", "Z12"])
def test_a_single_frequency_start_has_one_frequency_of_the_scale_in_theta_and_xi(group: str) -> None:
    found = magnitudes(draw(Network(group, neurons=400), "single_frequency"))
    np.testing.assert_allclose(found.max(axis=1), 0.02, rtol=1e-12)
    assert np.sort(found, axis=1)[:, -2].max() < 1e-15
    winners = found.argmax(axis=1)
    np.testing.assert_array_equal(winners[0], winners[1])
    assert set(winners[0]) == set(range(1, found.shape[1]))


@pytest.mark.parametrize("group", ["Z23", "Z12"])
@pytest.mark.parametrize("embedding", ["shared", "unshared"])
def test_an_equal_magnitude_start_has_every_frequency_at_the_scale(group: str, embedding: str) -> None:
    found = magnitudes(draw(Network(group, neurons=50, embedding=embedding), "equal_magnitude", scale=0.3))
    np.testing.assert_allclose(found[:, 1:], 0.3, rtol=1e-12)
    assert found[:, 0].max() < 1e-15


def test_phases_are_uniform() -> None:
    stack = draw(Network("Z7", neurons=4000), "single_frequency")
    phases = np.angle(np.take_along_axis(c := np.fft.rfft(stack, axis=1), np.abs(c).argmax(1)[:, None], 1))
    # The mean of 8,000 uniform phasors has length below 4.3 / sqrt(8000) but for 1e-8 of the seeds.
    assert abs(np.exp(1j * phases).mean()) < 4.3 / np.sqrt(8000)


@pytest.mark.parametrize("init", ["iid", "single_frequency", "equal_magnitude"])
def test_the_seed_determines_the_start(init: str) -> None:
    network = Network("Z3xZ5", neurons=4)
    np.testing.assert_array_equal(draw(network, init), draw(network, init))
    assert np.abs(draw(network, init) - draw(network, init, seed=1)).max() > 1e-3


@pytest.mark.parametrize("scale", [0, -0.1, float("nan"), float("inf"), True, "0.1", None])
def test_a_scale_must_be_positive_and_finite(scale: Any) -> None:
    with pytest.raises(InputError, match="scale of the initial weights must be positive and finite"):
        draw(Network("Z5"), "iid", scale)


def test_an_unknown_initialisation_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Try: 'single_frequency'"):
        draw(Network("Z5"), "single-frequency")


def test_frequencies_need_an_abelian_group() -> None:
    elements = list(itertools.permutations(range(3)))
    table = [[elements.index(tuple(g[i] for i in h)) for h in elements] for g in elements]
    network = Network(from_table(table, name="S3"), neurons=4)
    assert draw(network, "iid").shape == (2, 6, 4)
    with pytest.raises(InputError, match=r"S3 is not Abelian.*Try: init='iid'"):
        draw(network, "single_frequency")


@pytest.mark.parametrize("init", ["iid", "single_frequency", "equal_magnitude"])
@pytest.mark.parametrize("constraint", ["sphere", "joint_sphere"])
def test_a_start_on_spheres_has_unit_rows_at_any_scale(init: str, constraint: str) -> None:
    network = Network("Z7", neurons=30, embedding="unshared", constraint=constraint)
    stack = draw(network, init, scale=-5.0)
    squares = (stack**2).sum(axis=1)
    if constraint == "joint_sphere":
        squares = np.stack([squares[0] + squares[1], squares[2]])
    np.testing.assert_allclose(squares, 1, rtol=1e-14)
    np.testing.assert_array_equal(stack, draw(network, init, scale=3.0))


def test_iid_directions_are_uniform_on_their_sphere() -> None:
    stack = draw(Network("Z7", neurons=4000, constraint="sphere"), "iid")
    # Each coordinate has mean 0 and variance 1/7, its square variance 2 (n - 1) / (n^2 (n + 2)).
    assert np.abs(stack.mean(axis=2)).max() < 5 / np.sqrt(7 * 4000)
    error = np.sqrt(2 * 6 / (49 * 9) / 4000)
    assert np.abs((stack**2).mean(axis=2) - 1 / 7).max() < 5 * error
