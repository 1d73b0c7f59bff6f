"""Winners, blow-up times and final phases against an integration of the decoupled flow in weight space."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from odekit.comparison import Prediction, predict, project
from odekit.errors import FileError, InputError, ReductionError
from odekit.networks import Network
from odekit.simulation import Run, simulate

CASES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"group": "Z7"}, {"order": 7}),
    ({"group": "Z8"}, {"order": 8}),
    (
        {"group": "Z6", "activation": "-2*z**2", "loss": "sum", "logit_scale": 0.5},
        {"order": 6, "polynomial": (-2.0, 0.0, 0.0), "loss": "sum", "logit_scale": 0.5},
    ),
    ({"group": "Z5", "rates": {"theta": 0.4, "xi": 3.0}}, {"order": 5, "rates": {"theta": 0.4, "xi": 3.0}}),
]
FAR_OUT = 1e4


def started(weights: dict[str, np.ndarray], network: Network, t: float = 0.0) -> Run:
    return Run(np.array([t]), {name: w[None] for name, w in weights.items()}, network)


def blow_up(oracle: Any, start: np.ndarray) -> tuple[float, np.ndarray]:
    """Time at which 1/|w| reaches 0, and the weights just before, of one neuron (2, n)."""

    def slope(t: float, y: np.ndarray) -> np.ndarray:
        return oracle.velocity(y.reshape(2, 1, -1)).ravel()

    def far(t: float, y: np.ndarray) -> float:
        return float(np.linalg.norm(y) / np.linalg.norm(start) - FAR_OUT)

    far.terminal = True  # type: ignore[attr-defined]
    solution = solve_ivp(slope, (0, 1e6), start.ravel(), "DOP853", events=far, rtol=1e-11, atol=1e-14)
    y = solution.y_events[0][-1]
    growth = y @ slope(0.0, y) / (y @ y)
    return float(solution.t_events[0][-1] + 1 / growth), y.reshape(2, -1)


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(str(value) for value in case[0].values()))
def test_the_prediction_is_what_the_decoupled_flow_does(case: tuple[Any, Any], decoupled_flow: Any) -> None:
    network, oracle = Network(neurons=3, **case[0]), decoupled_flow(**case[1])
    order = case[1]["order"]
    start = np.random.default_rng(5).standard_normal((2, 3, order))
    prediction = predict(started(dict(zip(("theta", "xi"), start, strict=True)), network))
    for m in range(3):
        time, w = blow_up(oracle, start[:, m])
        modes = project((w[0], w[1]), f"Z{order}")
        assert prediction.winner[m] == modes.dominant
        assert prediction.blow_up_time[m] == pytest.approx(time, rel=1e-6)
        for name, found in (("phi", modes.phi), ("psi", modes.psi)):
            turned = np.exp(1j * (prediction.phases[name][m] - found[modes.dominant]))
            assert abs(turned - 1) < 1e-5


def test_at_equal_magnitudes_the_smallest_phase_difference_wins_and_else_it_need_not() -> None:
    equal = simulate(Network("Z15", neurons=200), init="equal_magnitude", scale=0.02, t_end=1e-9, snapshots=2)
    random = simulate(Network("Z15", neurons=200), scale=0.02, t_end=1e-9, snapshots=2)

    def smallest_difference(run: Run) -> np.ndarray:
        modes = project(run).at(0)
        return np.abs(np.angle(np.exp(1j * (2 * modes.phi - modes.psi)))).argmin(axis=1)

    assert (predict(equal).winner == smallest_difference(equal)).all()
    assert (predict(random).winner == smallest_difference(random)).mean() < 0.5


def test_the_runner_up_is_the_second_and_of_equal_times_the_first_mode_wins() -> None:
    j = 2 * np.pi * np.arange(7) / 7
    w = np.stack([0.3 * np.cos(j) + 0.3 * np.cos(3 * j), 0.3 * np.cos(j) + 0.2 * np.cos(2 * j)])
    prediction = predict(started({"theta": w, "xi": w}, Network("Z7", 2)))
    assert prediction.winner.tolist() == [0, 0]
    assert prediction.runner_up.tolist() == [2, 1]
    assert prediction.runner_up_time[0] == pytest.approx(prediction.blow_up_time[0], rel=1e-12)
    assert prediction.runner_up_time[1] > prediction.blow_up_time[1]


def test_modes_that_never_blow_up_are_null_in_json() -> None:
    j = 2 * np.pi * np.arange(7) / 7
    theta = np.stack([0.1 * np.cos(j), 0.3 * np.cos(j), np.zeros(7)])
    xi = np.stack([-0.5 * np.cos(j), 0.1 * np.cos(j), np.zeros(7)])
    neurons = strict(predict(started({"theta": theta, "xi": xi}, Network("Z7", 3))))
    dead = {"winner": None, "blow_up_time": None, "runner_up": None, "runner_up_time": None}
    assert neurons[0] == neurons[2] == {**dead, "phases": {"phi": None, "psi": None}}
    assert neurons[1]["winner"] == 1


def strict(prediction: Prediction) -> list[dict[str, Any]]:
    document = json.loads(json.dumps(prediction.to_json(), allow_nan=False))
    assert list(document) == ["neurons"]
    neurons: list[dict[str, Any]] = document["neurons"]
    return neurons


def test_the_json_names_frequencies_from_1_and_characters_of_products() -> None:
    keys = ["winner", "blow_up_time", "runner_up", "runner_up_time", "phases"]
    generator = np.random.default_rng(0)
    for group, order, names in (
        ("Z8", 8, {1, 2, 3, 4}),
        ("Z2xZ4", 8, {"(0,1)", "(0,2)", "(1,0)", "(1,1)", "(1,2)"}),
    ):
        weights = {name: generator.standard_normal((60, order)) for name in ("theta", "xi")}
        neurons = strict(predict(started(weights, Network(group, 60))))
        assert {tuple(neuron) for neuron in neurons} == {tuple(keys)}
        assert {neuron["winner"] for neuron in neurons} == names
        assert all(neuron["blow_up_time"] <= neuron["runner_up_time"] for neuron in neurons)


def test_a_group_with_one_mode_has_no_runner_up() -> None:
    weights = {name: np.array([[0.2, -0.1]]) for name in ("theta", "xi")}
    neuron = strict(predict(started(weights, Network("Z2", 1))))[0]
    assert (neuron["winner"], neuron["runner_up"], neuron["runner_up_time"]) == (1, None, None)


def test_weights_without_meta_are_those_of_a_summed_loss(tmp_path: Path) -> None:
    weights = {name: np.random.default_rng(1).standard_normal((4, 7)) for name in ("theta", "xi")}
    np.savez(tmp_path / "weights.npz", **weights)
    bare = predict(tmp_path / "weights.npz", "Z7")
    assert bare.times == pytest.approx(predict(started(weights, Network("Z7", 4, loss="sum"))).times)
    with pytest.raises(InputError, match="group of the weights is not known"):
        predict(tmp_path / "weights.npz")


def test_times_count_in_the_run_s_own_t_from_a_file_too(
    small_run: Run, changed: Callable[..., Run], tmp_path: Path
) -> None:
    later = changed(small_run, t=small_run.t + 100.0)
    path = later.save(tmp_path / "later.npz")
    expected = predict(small_run).blow_up_time + 100.0
    assert predict(later).blow_up_time == pytest.approx(expected)
    assert predict(path).blow_up_time == pytest.approx(expected)


def test_a_network_without_a_closed_form_is_refused_with_the_way_on() -> None:
    weights = {name: np.ones((1, 5)) for name in ("theta1", "theta2", "xi")}
    with pytest.raises(ReductionError, match=r"no closed form.*Try: odekit.solve"):
        predict(started(weights, Network("Z5", 1, embedding="unshared")))


@pytest.mark.parametrize("group", ["Z5", "Z13", "D4", "Z2xZ4"])
def test_a_group_that_contradicts_the_file_is_refused(tmp_path: Path, group: str) -> None:
    weights = {name: np.ones((2, 8)) for name in ("theta", "xi")}
    run = started(weights, Network("Z8", 2))
    run.save(tmp_path / "run.npz")
    np.savez(tmp_path / "table.npz", table=np.add.outer(np.arange(8), np.arange(8)) % 8, **weights)
    for source in (run, tmp_path / "run.npz", tmp_path / "table.npz"):
        with pytest.raises(InputError, match=f"another group.*of order 8.*Received: {group} of order"):
            predict(source, group)


def test_a_group_that_the_file_says_as_well_changes_nothing(tmp_path: Path) -> None:
    weights = {name: np.random.default_rng(0).normal(size=(2, 8)) for name in ("theta", "xi")}
    run = started(weights, Network("Z8", 2))
    run.save(tmp_path / "run.npz")
    for source in (run, tmp_path / "run.npz"):
        assert np.array_equal(predict(source, "Z8").times, predict(run).times)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.npz").write_text("not weights")
    with pytest.raises(FileError, match=r"notes\.npz"):
        predict(tmp_path / "notes.npz", "Z7")
