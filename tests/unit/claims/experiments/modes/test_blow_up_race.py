"""First blow-ups by rounds of integration in weight space, beside the closed form."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.claims.experiments.modes import at_start, draw, single_modes
from odekit.claims.experiments.modes.blow_up_race import RESOLVED, first_blow_ups, least_time
from odekit.comparison import predict
from odekit.groups import group
from odekit.networks import Network

RTOL = 1e-7


def networks(name: str, count: int, neurons: int, seed: int = 0):
    """Weights (count, neurons, n) by name, and the closed form's first blow-up of each network."""
    network = Network(name, neurons=count * neurons, loss="sum")
    weights = draw(network, "iid", 0.05, np.random.default_rng(seed))
    times = predict(at_start(network, weights)).blow_up_time.reshape(count, neurons)
    return {key: values.reshape(count, neurons, -1) for key, values in weights.items()}, times.min(axis=1)


@pytest.mark.parametrize(("name", "neurons"), [("Z7", 1), ("Z5", 8), ("Z6", 6), ("Z3xZ3", 4)])
def test_first_blow_ups_lie_within_narrow_bounds(name: str, neurons: int) -> None:
    weights, exact = networks(name, 20, neurons)
    found = first_blow_ups(group(name), weights, RTOL)
    assert (found.early < exact).all()
    assert (exact < found.late * (1 + 100 * RTOL)).all()
    assert (found.early >= (1 - RESOLVED) * found.late).all()


def test_times_are_inverse_to_the_scale_of_the_weights() -> None:
    weights, _ = networks("Z7", 10, 4)
    found = first_blow_ups(group("Z7"), weights, RTOL)
    larger = first_blow_ups(group("Z7"), {name: 8 * values for name, values in weights.items()}, RTOL)
    assert np.allclose(8 * larger.late, found.late, rtol=1e-12)


def test_a_loose_tolerance_shows_in_the_times_and_widens_them() -> None:
    weights, exact = networks("Z7", 20, 4)
    loose = first_blow_ups(group("Z7"), weights, 1e-2)
    tight = first_blow_ups(group("Z7"), weights, RTOL)
    error = float(np.abs(loose.late / tight.late - 1).max())
    assert error > 1e-7
    wider = loose.widened(error + 1e-5)
    assert (wider.early < exact).all()
    assert (exact < wider.late).all()


def test_no_neuron_of_norm_one_blows_up_before_the_least_time() -> None:
    for name in ("Z5", "Z11"):
        network = Network(name, neurons=2000, loss="sum")
        weights = draw(network, "iid", 1.0, np.random.default_rng(1))
        size = np.sqrt(sum((values**2).sum(axis=1) for values in weights.values()))
        times = predict(at_start(network, weights)).blow_up_time * size
        assert times.min() > least_time(group(name))


def test_an_order_2_character_attains_the_least_time_and_a_pair_takes_sqrt_2_as_long() -> None:
    for name, mode, factor in (("Z6", 2, 1.0), ("Z7", 0, np.sqrt(2))):
        weights = single_modes(group(name), np.array([mode]), np.array([np.sqrt(2)]), np.array([1.0]))
        size = np.sqrt(sum((values**2).sum() for values in weights.values()))
        start = at_start(Network(name, neurons=1, loss="sum"), weights)
        assert predict(start).blow_up_time[0] * size == pytest.approx(factor * least_time(group(name)))


def test_a_neuron_that_never_blows_up_does_not_hold_up_its_network() -> None:
    u, v = np.array([1.0, 0.5]), np.array([-1.0, 0.5])
    weights = single_modes(group("Z5"), np.zeros(2, dtype=int), u, v)
    times = predict(at_start(Network("Z5", neurons=2, loss="sum"), weights)).blow_up_time
    assert np.isinf(times[0])
    found = first_blow_ups(group("Z5"), {name: values[None] for name, values in weights.items()}, RTOL)
    assert found.late[0] == pytest.approx(times[1], rel=1e-6)
