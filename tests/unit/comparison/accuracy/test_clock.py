"""A neuron that its stated loss can't have left where it is gives the run's clock away."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from odekit.comparison import ReducedFlow, project
from odekit.comparison.accuracy.clock import slowness
from odekit.comparison.accuracy.softmax import measure_departure
from odekit.comparison.flows.linearisation import Linearisation
from odekit.networks import Network
from odekit.simulation import Run, simulate


def slow(run: Run) -> np.ndarray:
    linear = Linearisation(ReducedFlow(run.network))
    return slowness(project(run), float(run.t[1]), linear, measure_departure(run)[:2, :, :-1])


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 1.0, 1.5])
def test_no_neuron_of_a_true_run_is_too_slow_however_long_the_step(share: float) -> None:
    network = Network("Z8", neurons=32)
    end = float(simulate(network, seed=0, scale=0.02, snapshots=2).t[-1])
    run = simulate(network, seed=0, scale=0.02, t_end=share * end, snapshots=2)
    assert (slow(run) <= 1.0).all()


def test_a_mean_loss_that_calls_itself_a_sum_is_too_slow(changed: Callable[..., Run]) -> None:
    run = simulate(Network("Z12", neurons=32), seed=0, scale=0.02)
    called = changed(run, network=Network("Z12", neurons=32, loss="sum"))
    assert np.median(slow(called)) > 1.5


def test_a_mode_at_rest_says_nothing() -> None:
    weights = {name: np.zeros((2, 1, 5)) for name in ("theta", "xi")}
    assert slow(Run(np.arange(2.0), weights, Network("Z5", 1))).tolist() == [0.0]
