"""The linearisation is exact where it says so and a bound where it says that."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from odekit.comparison import ReducedFlow
from odekit.comparison.flows.linearisation import Linearisation
from odekit.networks import Network

NETWORKS: list[dict[str, Any]] = [
    {"group": "Z7"},
    {"group": "Z8", "rates": {"theta": 0.5, "xi": 3.0}},
    {"group": "Z6", "embedding": "unshared", "rates": {"theta1": 0.2}},
    {"group": "Z7", "task": "x-y"},
    {"group": "Z5", "task": "x+y+z", "activation": "z**3"},
]


def linearisation(**network: Any) -> Linearisation:
    return Linearisation(ReducedFlow(Network(neurons=1, loss="sum", **network)))


@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_the_jacobian_is_symmetric_in_the_metric_and_that_of_differences(network: dict[str, Any]) -> None:
    linear = linearisation(**network)
    for block in linear.flow.blocks:
        states = np.random.default_rng(0).standard_normal((len(block.lengths), 5))
        jacobian = linear.jacobian(block, states)
        size = np.abs(jacobian).max()
        assert np.abs(jacobian - jacobian.transpose(0, 2, 1)).max() < 1e-13 * size
        for i, length in enumerate(block.lengths):
            step = np.zeros_like(states)
            step[i] = 1e-5 / length
            change = linear.flow.field(block, states + step) - linear.flow.field(block, states - step)
            assert change.T * block.lengths / 2e-5 == pytest.approx(jacobian[:, :, i], abs=1e-8 * size)


@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_no_jacobian_is_steeper_than_the_bound_which_is_nearly_reached(network: dict[str, Any]) -> None:
    linear = linearisation(**network)
    for block in linear.flow.blocks:
        states = np.random.default_rng(1).standard_normal((len(block.lengths), 4000))
        norms = np.sqrt(((states * block.lengths[:, None]) ** 2).sum(axis=0))
        steepest = np.abs(np.linalg.eigvalsh(linear.jacobian(block, states))).max(axis=1)
        bound = linear.degree * linear.unit_speed[block.places[0]] * norms ** (linear.degree - 1)
        assert (steepest <= bound * (1 + 1e-9)).all()
        assert (steepest / bound).max() > 0.95


def test_the_largest_speed_of_the_four_variable_ode_is_its_exact_one() -> None:
    exact = 2 / np.sqrt(3) * 7 * np.sqrt(2 / 7)
    assert linearisation(group="Z7").unit_speed == pytest.approx(exact, rel=1e-9)


def test_an_energy_that_vanishes_has_no_speed() -> None:
    assert linearisation(group="Z7", activation="z").unit_speed.tolist() == [0.0, 0.0, 0.0]


def test_the_growth_of_an_aligned_mode_is_the_closed_form() -> None:
    linear = linearisation(group="Z7")
    alpha, beta = 0.4, 0.3
    start = {"theta": np.array([[alpha, 0, 0]], dtype=complex), "xi": np.array([[beta, 0, 0]], dtype=complex)}
    separation = linear.at(start)
    assert separation.growth[0, 0] == pytest.approx(7 * (beta + np.sqrt(beta**2 + 4 * alpha**2)))
    assert separation.growth[0, 1:].tolist() == [0.0, 0.0]


def test_the_acceleration_is_the_second_derivative_of_the_orbit() -> None:
    linear = linearisation(group="Z8", rates={"xi": 2.0})
    generator = np.random.default_rng(2)
    start = {name: generator.standard_normal((1, 4)) + 0j for name in ("theta", "xi")}
    h = 1e-4
    orbit = linear.flow.evolve(start, np.array([0.0, h, 2 * h]), rtol=1e-13)
    second = {name: (u[0] - 2 * u[1] + u[2]) / h**2 for name, u in orbit.items()}
    assert linear.at(start).acceleration == pytest.approx(linear.flow.norms(second), rel=2e-2)


def test_small_modes_get_an_upper_bound() -> None:
    linear = linearisation(group="Z7")
    generator = np.random.default_rng(3)
    small = {name: 1e-3 * generator.standard_normal((1, 3)) + 0j for name in ("theta", "xi")}
    large = {name: np.concatenate([values[:, :2], [[1.0]]], axis=1) for name, values in small.items()}
    assert (linear.at(large).growth[0, :2] > linear.at(small).growth[0, :2]).all()
    assert linear.at(large).growth[0, :2] == pytest.approx(linear.steepness(linear.flow.norms(small))[0, :2])
