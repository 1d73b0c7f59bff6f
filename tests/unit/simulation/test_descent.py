from __future__ import annotations

import numpy as np
import pytest

from odekit.errors import InputError
from odekit.networks import Network
from odekit.simulation import LossGradient
from odekit.simulation.descent import gradient_descent
from odekit.simulation.flow import gradient_flow


def test_descent_converges_to_the_flow_at_order_1() -> None:
    network = Network("Z7", neurons=6)
    start = 0.5 * np.random.default_rng(0).normal(size=(2, 7, 6))
    end, rates = 8.0, np.array([0.08, 0.04, 0.02, 0.01])
    flow, _ = gradient_flow(network, start, np.array([0.0, end]), rtol=1e-10, estimate_error=False)
    gaps = [
        np.linalg.norm(
            gradient_descent(network, start, rate, np.array([0, round(end / rate)]))[-1] - flow[-1]
        )
        for rate in rates
    ]
    slope = np.polyfit(np.log(rates), np.log(gaps), 1)[0]
    # Euler's method: order 1, the next term a share of the rate times the flow's own speed.
    assert slope == pytest.approx(1, abs=0.03)


def test_each_weight_group_moves_at_its_own_rate() -> None:
    network = Network("Z5", neurons=3, embedding="unshared", rates={"theta1": 0.5, "xi": 2.0})
    start = np.random.default_rng(0).normal(size=(3, 5, 3))
    moved = gradient_descent(network, start, 0.1, np.array([0, 1]))
    gradient = LossGradient(network).evaluate(start)[1]
    np.testing.assert_array_equal(moved[0], start)
    for index, rate in enumerate([0.05, 0.1, 0.2]):
        np.testing.assert_allclose(moved[1, index], start[index] - rate * gradient[index], rtol=1e-14)


def test_snapshots_are_taken_at_their_steps() -> None:
    network, start = Network("Z5", neurons=3), np.random.default_rng(0).normal(size=(2, 5, 3))
    every = gradient_descent(network, start, 0.1, np.arange(8))
    some = gradient_descent(network, start, 0.1, np.array([0, 3, 7]))
    np.testing.assert_array_equal(some, every[[0, 3, 7]])


def test_descent_that_diverges_says_so_without_a_warning() -> None:
    start = np.random.default_rng(0).normal(size=(2, 5, 3))
    with pytest.raises(InputError, match=r"diverged by step 50.*Try: a smaller learning rate"):
        gradient_descent(Network("Z5", neurons=3, activation="z**4"), start, 1e9, np.array([0, 50]))
