"""The reduced flow moves the modes as the decoupled flow in weight space moves the weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from odekit.comparison import ReducedFlow, project
from odekit.errors import ReductionError
from odekit.networks import Network

CASES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"group": "Z7"}, {"order": 7}),
    ({"group": "Z8"}, {"order": 8}),
    ({"group": "Z2"}, {"order": 2}),
    ({"group": "Z3"}, {"order": 3}),
    ({"group": "Z6", "loss": "sum", "logit_scale": 0.3}, {"order": 6, "loss": "sum", "logit_scale": 0.3}),
    ({"group": "Z5", "rates": {"theta": 0.5, "xi": 2.0}}, {"order": 5, "rates": {"theta": 0.5, "xi": 2.0}}),
    ({"group": "Z7", "activation": "z**2+z"}, {"order": 7, "polynomial": (1.0, 1.0, 0.0)}),
    ({"group": "Z6", "activation": "1-3*z**2"}, {"order": 6, "polynomial": (-3.0, 0.0, 1.0)}),
    ({"group": "Z7", "task": "x-y"}, {"order": 7, "coefficients": (1, -1)}),
    (
        {"group": "Z6", "task": "x-y", "embedding": "unshared"},
        {"order": 6, "coefficients": (1, -1), "shared": False},
    ),
    (
        {"group": "Z5", "embedding": "unshared", "rates": {"theta1": 0.5, "theta2": 3.0}},
        {"order": 5, "shared": False, "rates": {"theta1": 0.5, "theta2": 3.0}},
    ),
    (
        {"group": "Z5", "task": "x+y+z", "activation": "z**3"},
        {"order": 5, "coefficients": (1, 1, 1), "polynomial": (1.0, 0.0, 0.0, 0.0)},
    ),
]


def starting_weights(network: Network) -> dict[str, Any]:
    generator = np.random.default_rng(3)
    shape = (network.neurons, network.finite_group.order)
    return {name: generator.standard_normal(shape) for name in (*network.embeddings, "xi")}


def case_id(case: tuple[dict[str, Any], dict[str, Any]]) -> str:
    return " ".join(str(value) for value in case[0].values())


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_velocity_and_orbit_are_those_of_the_decoupled_flow(
    case: tuple[Any, Any], decoupled_flow: Any
) -> None:
    network, oracle = Network(neurons=2, **case[0]), decoupled_flow(**case[1])
    flow, start = ReducedFlow(network), starting_weights(network)
    modes = project(start, network.finite_group)
    velocity = oracle.velocity(np.stack(list(start.values())))
    expected = project(dict(zip(start, velocity, strict=True)), network.finite_group)
    for name, values in flow.velocity(modes.amplitudes).items():
        assert np.abs(values - expected.amplitudes[name]).max() < 1e-13 * np.abs(velocity).max()
    assert np.abs(np.array(list(expected.means.values()))).max() < 1e-13 * np.abs(velocity).max()

    size, speed = (np.sqrt((np.array(w) ** 2).sum(axis=(0, 2))) for w in (list(start.values()), velocity))
    times = np.linspace(0.0, 0.2 * (size / speed).min(), 4)
    trajectory = project(oracle.solve(start, times), network.finite_group)
    for name, values in flow.evolve(modes.amplitudes, times).items():
        assert np.abs(values - trajectory.amplitudes[name]).max() < 1e-8


def test_a_mode_past_its_blow_up_is_nan_and_leaves_the_others_alone() -> None:
    network = Network("Z5", neurons=2, loss="sum")
    start = {name: np.array([[1.0, 0.01], [0.01, 0.01]], dtype=complex) for name in ("theta", "xi")}
    later = ReducedFlow(network).evolve(start, np.array([0.0, 1.0]))["theta"][1]
    assert np.isnan(later).tolist() == [[True, False], [False, False]]


@pytest.mark.parametrize("group", ["Z7", "Z8"])
@pytest.mark.parametrize("activation", ["quadratic", "z**2+z"])
def test_a_mode_as_small_as_rounding_rests_and_changes_nothing(group: str, activation: str) -> None:
    network = Network(group, neurons=2, loss="sum", activation=activation)
    flow, start = ReducedFlow(network), project(starting_weights(network), group).amplitudes
    small = {name: values.copy() for name, values in start.items()}
    for values in small.values():
        values[0, 1:] *= 1e-17
    times = np.array([0.0, 1e-2, 2e-2])
    full, rests = flow.evolve(start, times), flow.evolve(small, times)
    for name, values in rests.items():
        np.testing.assert_array_equal(
            values[:, 0, 1:], np.broadcast_to(small[name][0, 1:], values[:, 0, 1:].shape)
        )
        np.testing.assert_array_equal(values[:, 0, 0], full[name][:, 0, 0])
        np.testing.assert_array_equal(values[:, 1], full[name][:, 1])
        assert (np.abs(full[name][1:, 0, 1:] - start[name][0, 1:]) > 1e-6).all()


def test_the_energy_rises_at_the_squared_speed() -> None:
    network = Network("Z8", neurons=3, embedding="unshared", rates={"theta1": 0.5, "xi": 2.0})
    flow, start = ReducedFlow(network), project(starting_weights(network), "Z8")
    times = np.array([0.0, 1e-4])
    before, after = (
        flow.energy({name: values[i] for name, values in flow.evolve(start.amplitudes, times).items()})
        for i in (0, 1)
    )
    speed = flow.norms(flow.velocity(start.amplitudes))
    assert (after - before) / times[1] == pytest.approx(speed**2, rel=1e-2)


def test_the_norms_are_lengths_of_the_weights_over_the_root_of_their_rates() -> None:
    network = Network("Z8", neurons=3, rates={"theta": 4.0, "xi": 0.25})
    start = starting_weights(network)
    modes = project(start, "Z8")
    parts = {"theta": 4.0, "xi": 0.25}
    centred = {name: w - w.mean(axis=1, keepdims=True) for name, w in start.items()}
    expected = sum((w**2).sum(axis=1) / parts[name] for name, w in centred.items())
    assert (ReducedFlow(network).norms(modes.amplitudes) ** 2).sum(axis=1) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("network", "match"),
    [
        (Network("Z7", activation="z**4"), "do not decouple"),
        (Network("Z7", task="2*x+y", embedding="unshared"), "do not decouple"),
        (Network("Z7", activation="relu"), "polynomial"),
        (Network("Z7", constraint="sphere"), "constraint"),
        (Network("Z1"), "trivial group"),
    ],
)
def test_networks_whose_modes_do_not_move_on_their_own_are_refused(network: Network, match: str) -> None:
    with pytest.raises(ReductionError, match=match):
        ReducedFlow(network)
