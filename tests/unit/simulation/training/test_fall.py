"""A flow without a given end comes to one, with the fall of its loss inside."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from odekit.networks import Network
from odekit.simulation import simulate
from odekit.simulation.training.flow import time_scale
from odekit.simulation.training.initial import initial_weights


@pytest.mark.slow
@pytest.mark.parametrize(
    ("group", "options", "scale"),
    [
        ("Z5", {}, 0.02),
        pytest.param("Z8", {}, 0.003, marks=pytest.mark.slow),
        pytest.param("Z12", {"loss": "sum"}, 0.02, marks=pytest.mark.slow),
        ("S3", {"embedding": "unshared"}, 0.01),
        ("Z23", {"activation": "relu", "neurons": 32}, 0.02),
        ("Z9", {"activation": "tanh(z)*z"}, 0.01),
    ],
)
def test_the_loss_halves_inside_a_run_by_the_defaults(
    group: str, options: dict[str, Any], scale: float
) -> None:
    run = simulate(Network(group, **({"neurons": 6} | options)), scale=scale, snapshots=11)
    loss = run.records["loss"]
    assert loss[-1] < 0.55 * loss[0]
    # What follows the fall is not what the snapshots are spent on.
    assert (loss > 0.55 * loss[0]).sum() >= 3
    assert run.integrator_error is not None
    assert (np.diff(run.t) > 0).all()


@pytest.mark.slow
def test_a_loss_that_has_halved_by_the_time_scale_ends_a_run_there() -> None:
    network = Network("Z23", neurons=64)
    start = initial_weights(network, "iid", 0.02, np.random.default_rng(0))
    run = simulate(network, scale=0.02, snapshots=3, estimate_error=False)
    assert run.records["loss"][-1] < 0.5 * run.records["loss"][0]
    assert run.t[-1] == time_scale(network, start)


@pytest.mark.parametrize(
    ("activation", "neurons"), [pytest.param("z**4", 1, marks=pytest.mark.slow), ("z", 4)]
)
def test_a_loss_that_can_not_halve_ends_a_run_too(activation: str, neurons: int) -> None:
    run = simulate(Network("Z11", neurons=neurons, activation=activation), scale=0.01, snapshots=5)
    assert run.records["loss"][-1] < run.records["loss"][0]
    assert 2 <= len(run) <= 5


@pytest.mark.slow
def test_an_end_that_is_given_is_the_end() -> None:
    run = simulate(Network("Z5", neurons=4), scale=0.02, t_end=700.0, snapshots=3, rtol=1e-6)
    assert run.t.tolist() == [0.0, 350.0, 700.0]


@pytest.mark.slow
def test_a_flow_that_is_cut_short_says_so() -> None:
    run = simulate(Network("Z11", neurons=4), scale=0.003)
    share = run.records["loss"][-1] / run.records["loss"][0]
    assert share > 0.5
    assert f"the loss at {100 * share:.1f} % of the first" in run.meta["ended"]
    assert (len(run) < 51) == (f"with {len(run)} of 51 snapshots" in run.meta["ended"])


@pytest.mark.slow
def test_a_flow_whose_loss_has_halved_says_nothing() -> None:
    run = simulate(Network("Z5", neurons=4), scale=0.02)
    assert run.records["loss"][-1] <= 0.5 * run.records["loss"][0]
    assert len(run) == 51
    assert "ended" not in run.meta


@pytest.mark.slow
def test_a_dear_network_is_followed_to_its_fall_at_a_looser_tolerance() -> None:
    network = Network("Z31", neurons=110, activation="gelu")
    run = simulate(network, scale=0.05, snapshots=5)
    assert run.meta["rtol"] == 1e-6
    assert run.records["loss"][-1] < 0.5 * run.records["loss"][0]
    assert run.integrator_error is not None
    assert run.integrator_error[-1] < 1e-2
    given = simulate(network, scale=0.05, snapshots=2, t_end=1.0, estimate_error=False)
    assert given.meta["rtol"] == 1e-8
