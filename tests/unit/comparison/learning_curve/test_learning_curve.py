"""A predicted training against the training itself: the loss within its band, regimes, ends and refusals."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import odekit
from odekit.comparison import LearningCurve, predict, project
from odekit.comparison.flows import PopulationFlow
from odekit.comparison.learning_curve import orbit
from odekit.errors import InputError, ReductionError
from odekit.networks import Network
from odekit.simulation import LossGradient, Run, simulate

NETWORK = Network("Z5", neurons=32)
DESCENT: Mapping[str, Any] = {"method": "sgd", "learning_rate": 0.25, "steps": 160, "snapshots": 41}
# Of ln p, by interpolation between the points of the curve.
INTERPOLATION = 2e-4


@pytest.fixture(scope="module")
def trained() -> Run:
    return simulate(NETWORK, seed=1, scale=0.1, **DESCENT)


@pytest.fixture(scope="module")
def curve(trained: Run) -> LearningCurve:
    return predict(trained, until=float(trained.t[-1]))


def test_the_loss_of_descent_lies_in_the_band_all_the_way(trained: Run, curve: LearningCurve) -> None:
    gap = np.abs(curve.loss_at(trained.t) - trained.records["loss"])
    band = np.interp(trained.t, curve.t, curve.loss_band)
    assert trained.records["loss"][-1] < 0.7 * trained.records["loss"][0]
    assert (gap <= band + INTERPOLATION * np.log(5)).all()
    assert band.max() < 0.02 * np.log(5)


def test_every_neuron_lies_in_its_band_at_the_end(trained: Run, curve: LearningCurve) -> None:
    apart, size = (
        np.sqrt(sum((w**2).sum(axis=-1) for w in part))
        for part in (
            [curve.weights[name][-1] - w[-1] for name, w in trained.weights.items()],
            [w[-1] for w in trained.weights.values()],
        )
    )
    assert (apart / size <= curve.neuron_band[-1]).all()
    assert np.median(curve.neuron_band[-1]) < 0.01


def test_the_flow_that_forgets_the_finite_step_leaves_the_band(trained: Run, curve: LearningCurve) -> None:
    flow = Run(trained.t, trained.weights, NETWORK, meta={"optimiser": "gradient flow"})
    wrong = predict(flow, until=float(trained.t[-1]))
    gap = np.abs(wrong.loss_at(trained.t) - trained.records["loss"])
    assert (gap > np.interp(trained.t, curve.t, curve.loss_band) + INTERPOLATION * np.log(5)).any()
    assert (wrong.step, wrong.cost.steps) == (0.0, None)


def test_only_the_first_snapshot_counts(trained: Run, curve: LearningCurve, tmp_path: Path) -> None:
    first = Run(
        trained.t[:1], {name: w[:1] for name, w in trained.weights.items()}, NETWORK, meta=trained.meta
    )
    for source in (first, first.save(tmp_path / "first.npz"), trained.save(tmp_path / "run.npz")):
        assert np.array_equal(predict(source, until=float(trained.t[-1])).loss, curve.loss)


def test_loss_and_accuracy_are_those_of_the_weights(curve: LearningCurve) -> None:
    gradient = LossGradient(NETWORK)
    at = len(curve.t) // 2
    theta, xi = curve.weights["theta"][at], curve.weights["xi"][at]
    assert gradient(theta, xi)[0] == pytest.approx(curve.loss[at])
    assert gradient.accuracy(theta, xi) == curve.accuracy[at]
    assert curve.modes.alpha[at] == pytest.approx(project((theta, xi), "Z5").alpha)


def test_regimes_follow_each_other_by_the_distance_of_their_fields(curve: LearningCurve) -> None:
    first, second, third = curve.regimes
    assert (first.name, second.name, third.name) == ("order 3", "whole softmax", "steps of descent")
    assert (first.start, first.end, second.end, third.end) == (0, second.start, third.start, curve.t[-1])
    assert orbit.LEVEL < first.distance < 2 * orbit.LEVEL
    assert second.distance == third.distance == 0


def test_a_start_at_large_logits_has_the_whole_softmax_from_the_first() -> None:
    run = simulate(NETWORK, scale=1.0, method="sgd", learning_rate=0.01, steps=1, snapshots=2)
    assert predict(run, until=0.1).regimes[0].name == "whole softmax"


def test_where_integration_is_as_dear_as_descent_its_steps_go_on_and_reach_it_exactly(trained: Run) -> None:
    start = {name: w[0] for name, w in trained.weights.items()}
    flow = PopulationFlow(NETWORK, None, 0.25)
    *_, (t, end) = flow.descend(flow.stack(start), np.linspace(0.0, 40.0, 5))
    assert (t, flow.gradients) == (40.0, 160)
    assert flow.by_name(end[None])["theta"][0] == pytest.approx(trained.weights["theta"][-1], abs=1e-12)
    few = {"seed": 1, "scale": 0.1, "method": "sgd", "learning_rate": 0.01, "steps": 1, "snapshots": 2}
    long, flown = (
        [regime.name for regime in predict(run, until=40.0).regimes]
        for run in (simulate(NETWORK, **few), simulate(NETWORK, seed=1, scale=0.1, t_end=1.0, snapshots=2))
    )
    assert long == flown == ["order 3", "whole softmax"]


def test_the_cost_is_told_beside_the_training(curve: LearningCurve) -> None:
    assert curve.cost.steps == 160
    assert 0 < curve.cost.band_gradients < curve.cost.gradients < orbit.MOST_GRADIENTS
    full = LossGradient(NETWORK).operations
    assert curve.cost.operations == pytest.approx(curve.cost.gradients * full)
    assert curve.cost.share * 160 == pytest.approx(curve.cost.gradients + curve.cost.band_gradients)
    assert f"{1 / curve.cost.share:.2g} times the operations" in curve.told()
    assert f"training takes {curve.cost.steps} steps" in curve.told()
    assert "order 3 from t = 0" in curve.told()


def test_to_the_end_the_loss_falls_by_nine_tenths() -> None:
    run = simulate(NETWORK, seed=1, scale=0.1, t_end=0.1, snapshots=2)
    curve = predict(run, until="end")
    assert "has fallen by 0.9" in curve.ended
    assert 0.9 * np.log(5) <= curve.fall[-1] < 0.93 * np.log(5)
    assert curve.accuracy[-1] == 1
    again = simulate(NETWORK, seed=1, scale=0.1, t_end=float(curve.t[-1]), snapshots=2)
    assert curve.loss[-1] == pytest.approx(again.records["loss"][-1], abs=curve.loss_band[-1] + 1e-6)


@pytest.mark.slow
def test_a_loss_that_settles_above_ends_there() -> None:
    task = Network("Z5", neurons=32, task="x-y")
    run = simulate(task, seed=1, scale=0.1, t_end=0.1, snapshots=2)
    curve = predict(run, until="end")
    assert curve.ended == "the loss falls no more"
    assert curve.accuracy[-1] < 0.7


def test_weights_at_rest_end_at_once() -> None:
    zero = {name: np.zeros((1, 3, 5)) for name in ("theta", "xi")}
    curve = predict(Run(np.zeros(1), zero, Network("Z5", 3), meta={"learning_rate": 0.1}), until="end")
    assert curve.ended.startswith("the loss neither falls nor settles")
    assert curve.loss == pytest.approx(np.log(5))


def test_gradients_have_an_end(trained: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orbit, "MOST_GRADIENTS", 200)
    curve = predict(trained, until="end")
    assert curve.ended.startswith("after 2")
    assert curve.cost.gradients < 300


def test_the_points_are_thinned_and_the_curve_stays(
    trained: Run, curve: LearningCurve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orbit, "KEPT", 12)
    few = predict(trained, until=float(trained.t[-1]))
    assert 12 <= len(few.t) <= 25 < len(curve.t)
    assert few.t[-1] == curve.t[-1]
    assert np.abs(few.loss_at(trained.t) - curve.loss_at(trained.t)).max() < 0.01 * np.log(5)


def test_a_step_beyond_two_over_the_sharpness_ends_the_prediction() -> None:
    network = Network("Z7", neurons=32)
    how = {"seed": 0, "scale": 0.02, "method": "sgd", "steps": 1, "snapshots": 2}
    long, short = (predict(simulate(network, learning_rate=rate, **how), until=300.0) for rate in (5.0, 0.25))
    assert "2/sharpness" in long.ended
    assert long.t[-1] < 300
    assert short.ended == "the time asked for"
    with pytest.raises(InputError, match="descent has diverged"):
        simulate(network, learning_rate=5.0, **{**how, "steps": 60})


def test_the_time_of_a_fall_lies_on_the_curve(curve: LearningCurve) -> None:
    t = curve.time_of(0.5)
    assert np.log(5) - curve.loss_at(t) == pytest.approx(0.5)
    assert np.isnan(curve.time_of(1.6))
    assert np.isnan(curve.loss_at([curve.t[-1] + 1])).all()
    started = replace(curve, t=curve.t[-2:], loss=curve.loss[-2:])
    assert started.time_of(0.1) == started.t[0]
    with pytest.raises(InputError, match="the fall of the loss"):
        curve.time_of(-1)


def test_json_and_labelled_arrays_hold_the_curves(curve: LearningCurve) -> None:
    told = json.loads(json.dumps(curve.to_json(), allow_nan=False))
    assert told["loss"] == curve.loss.tolist()
    assert [regime["field"] for regime in told["regimes"]] == ["order 3", "whole softmax", "steps of descent"]
    assert {regime["modes"] for regime in told["regimes"]} == {None}
    assert told["symmetries"] == 1
    assert told["cost"]["share"] == curve.cost.share
    assert len(told["modes"]) == 32
    neuron, place = told["modes"][3], curve.modes.dominant[-1, 3]
    assert neuron["mode"] == curve.modes.basis.labels[place]
    assert neuron["alpha"][-1] == curve.modes.alpha[-1, 3, place]
    assert len(neuron["alpha"]) == len(told["modes_t"]) <= 25
    xarray = pytest.importorskip("xarray")
    labelled = curve.to_xarray()
    assert isinstance(labelled, xarray.Dataset)
    assert labelled["theta_magnitude"].dims == ("time", "neuron", "mode")
    assert np.array_equal(labelled["theta_phase"], curve.modes.phi)
    assert "<table>" in curve._repr_html_()


def test_another_group_is_told_by_its_weights(tmp_path: Path) -> None:
    network = Network("S3", neurons=6, embedding="unshared")
    run = simulate(network, scale=0.2, method="sgd", learning_rate=0.1, steps=20, snapshots=3)
    curve = predict(run, until=2.0)
    gap = np.abs(curve.loss_at(run.t) - run.records["loss"])
    assert (gap <= np.interp(run.t, curve.t, curve.loss_band) + 1e-6).all()
    assert "modes" not in curve.to_json()
    with pytest.raises(ReductionError):
        assert curve.modes
    pytest.importorskip("xarray")
    assert curve.to_xarray()["theta1"].dims == ("time", "neuron", "element")


def test_a_flow_on_spheres_is_followed_and_descent_there_refused() -> None:
    network = Network("S3", neurons=4, embedding="unshared", constraint="sphere", loss="sum")
    flow = simulate(network, t_end=0.2, snapshots=2)
    curve = predict(flow, until=0.2)
    assert curve.loss[-1] == pytest.approx(flow.records["loss"][-1], abs=1e-4)
    descent = simulate(network, method="sgd", learning_rate=0.001, steps=2, snapshots=2)
    with pytest.raises(ReductionError, match="descent on spheres"):
        predict(descent, until=1.0)


def test_an_unknown_step_is_told(trained: Run) -> None:
    bare = Run(trained.t[:1], {name: w[:1] for name, w in trained.weights.items()}, NETWORK)
    flown = predict(bare, until=1.0)
    (note,) = flown.notes
    assert "doesn't tell its steps" in note
    assert "training takes" not in flown.told()


def test_steps_that_vary_are_told(trained: Run) -> None:
    assert trained.steps is not None
    until = float(trained.t[1])
    assert not predict(trained, until=until).notes
    (note,) = predict(replace(trained, steps=trained.steps**2), until=until).notes
    assert "steps vary" in note


def test_a_descent_that_is_unstable_at_once_is_refused(trained: Run) -> None:
    far = replace(trained, meta={**trained.meta, "learning_rate": 1e6}, steps=None)
    with pytest.raises(ReductionError, match="nothing can be predicted"):
        predict(far, until=1e8)


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_weights_whose_loss_overflows_are_refused(rate: float) -> None:
    huge = {name: np.full((1, 3, 5), 1e150) for name in ("theta", "xi")}
    run = Run(np.zeros(1), huge, Network("Z5", 3), meta={"learning_rate": rate} if rate else {})
    with pytest.raises(ReductionError, match="smaller weights"):
        predict(run, until="end")


@pytest.mark.parametrize("until", ["later", 0.0, -1.0, float("nan"), float("inf"), True])
def test_no_end_is_refused(trained: Run, until: Any) -> None:
    with pytest.raises(InputError):
        predict(trained, until=until)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"optimiser": "AdamW"}, "not the time of a gradient flow"),
        ({"weight_decay": 0.1}, "not a gradient flow"),
        ({"softmax": "uniform"}, "uniform softmax"),
    ],
)
def test_another_training_is_refused(trained: Run, change: dict[str, Any], told: str) -> None:
    with pytest.raises(ReductionError, match=told):
        predict(replace(trained, meta={**trained.meta, **change}), until=1.0)


def test_a_kink_is_refused() -> None:
    relu = odekit.simulate(Network("Z5", 4, activation="relu"), t_end=0.1, snapshots=2)
    with pytest.raises(ReductionError, match="kinks"):
        predict(relu, until=1.0)
