"""Starts and clocks that experiments share."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.claims.experiments.modes.networks import (
    at_start,
    blowing_up_together,
    draw,
    elliptic_rate,
    is_cyclic,
    is_odd_cyclic,
    nearly_uniform,
    residues,
    single_modes,
)
from odekit.comparison import predict, project
from odekit.errors import ReductionError
from odekit.groups import group
from odekit.networks import Network
from odekit.simulation import loss_and_gradient, uniform_gradient


@pytest.mark.parametrize(
    ("name", "cyclic", "odd"),
    [
        ("Z5", True, True),
        ("Z12", True, False),
        ("Z3xZ5", True, True),
        ("Z4", False, False),
        ("Z3xZ3", False, False),
        ("Z1", False, False),
    ],
)
def test_which_groups_are_cyclic_of_order_at_least_5(name: str, cyclic: bool, odd: bool) -> None:
    assert is_cyclic(group(name)) == cyclic
    assert is_odd_cyclic(group(name)) == odd


@pytest.mark.parametrize("name", ["Z7", "Z3xZ5", "Z2xZ9"])
def test_residues_are_an_isomorphism(name: str) -> None:
    G = group(name)
    k = residues(G)
    assert sorted(k) == list(range(G.order))
    assert np.array_equal(k[G.table], (k[:, None] + k[None, :]) % G.order)


def test_a_nearly_uniform_network_has_the_gradient_of_uniform_softmax() -> None:
    network = nearly_uniform(group("Z7"), 5)
    weights = draw(network, "iid", 1.0, np.random.default_rng(0))
    _, *full = loss_and_gradient(network, weights["theta"], weights["xi"])
    uniform = uniform_gradient(network, weights["theta"], weights["xi"])
    for found, expected in zip(full, uniform, strict=True):
        # Sums over n^2 pairs, each rounded.
        assert np.abs(found - expected).max() <= 49 * 2.3e-16 * np.abs(expected).max()


def test_the_logits_and_the_rates_of_a_nearly_uniform_network_scale_together() -> None:
    one, ten = (nearly_uniform(group("Z7"), 5, factor) for factor in (1.0, 10.0))
    assert ten.logit_scale == 10 * one.logit_scale
    assert ten.flow_rate() == pytest.approx(10 * one.flow_rate(), rel=1e-15)


def test_single_modes_hold_one_mode_per_neuron() -> None:
    G = group("Z9")
    u, v = np.array([1 + 1j, 2.0]), np.array([0.5, -1j])
    modes = project(single_modes(G, np.array([3, 0]), u, v), G)
    assert np.allclose(modes.amplitudes["theta"][[0, 1], [3, 0]], u, atol=1e-15)
    assert np.allclose(modes.amplitudes["xi"][[0, 1], [3, 0]], v, atol=1e-15)
    assert np.count_nonzero(np.abs(modes.amplitudes["theta"]) > 1e-14) == 2


def test_neurons_that_blow_up_together_do() -> None:
    network = Network("Z11", neurons=20)
    weights, end = blowing_up_together(network, draw(network, "iid", 0.1, np.random.default_rng(1)))
    # Blow-up times carry 1e-12 relative; they are inverse to the scale.
    assert np.allclose(predict(at_start(network, weights)).blow_up_time, end, rtol=1e-11)


def test_no_neuron_shrinks_on_the_way_to_a_common_blow_up() -> None:
    network = Network("Z11", neurons=20)
    start = draw(network, "iid", 0.1, np.random.default_rng(1))
    weights, _ = blowing_up_together(network, start)
    assert (np.abs(weights["xi"]) >= np.abs(start["xi"])).all()


@pytest.mark.parametrize(("loss", "rate"), [("sum", 7.0), ("mean", 1 / 7)])
def test_the_derived_rate_is_the_order_for_a_summed_loss(loss: str, rate: float) -> None:
    # u' = 2 p v conj(u), v' = p u^2 in the time of the summed loss.
    assert elliptic_rate(Network("Z7", loss=loss)) == pytest.approx(rate, rel=1e-15)


def test_a_network_without_an_elliptic_form_is_refused() -> None:
    with pytest.raises(ReductionError, match=r"no elliptic form.*Received: quartic"):
        elliptic_rate(Network("Z7", activation="quartic"))
