"""True runs are confirmed, however they are stored; false statements about them are refuted."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from odekit.comparison import Trajectory, compare, predict
from odekit.errors import FileError, InputError
from odekit.networks import Network
from odekit.simulation import Run, simulate
from odekit.systems import system

NETWORKS: list[dict[str, Any]] = [
    {"group": "Z7"},
    {"group": "Z8", "loss": "sum", "logit_scale": 0.3},
    {"group": "Z2"},
    {"group": "Z2xZ4"},
    *(
        pytest.param(network, marks=pytest.mark.slow)
        for network in (
            {"group": "Z3"},
            {"group": "Z7", "embedding": "unshared", "rates": {"theta1": 0.5, "theta2": 3.0}},
            {"group": "Z6", "task": "x-y"},
            {"group": "Z7", "activation": "z**2+z"},
            {"group": "Z5", "task": "x+y+z", "activation": "z**3"},
        )
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_a_true_run_is_confirmed_and_a_wrong_ode_is_refuted_on_it(network: dict[str, Any]) -> None:
    scale = 0.02 if network.get("activation") == "z**2+z" else 0.06
    run = simulate(Network(neurons=12, **network), seed=4, scale=scale, snapshots=25)
    comparison = compare(run)
    assert comparison.outcome == "confirmed", comparison.reason
    for factor in (1.02, 0.98, -1.0):
        assert compare(run, scale_field=factor).outcome == "refuted", factor


@pytest.mark.slow
@pytest.mark.parametrize(
    "statement",
    [
        {"loss": "sum"},
        {"logit_scale": 1.05},
        {"logit_scale": 30.0},
        {"logit_scale": 0.1},
        {"rates": {"theta": 1.1}},
        {"task": "x-y"},
        {"activation": "1.03*z**2"},
    ],
    ids=str,
)
def test_a_run_that_states_another_network_is_refuted(
    statement: dict[str, Any], small_run: Run, changed: Callable[..., Run]
) -> None:
    stated = Network(**{"group": "Z7", "neurons": 16, **statement})
    assert compare(changed(small_run, network=stated)).outcome == "refuted"


@pytest.mark.slow
@pytest.mark.parametrize(("true", "stated"), [("Z8", "Z2xZ4"), ("Z12", "Z2xZ6")])
def test_a_run_that_states_another_group_is_refuted(
    true: str, stated: str, changed: Callable[..., Run]
) -> None:
    run = simulate(Network(true, neurons=24), seed=2, scale=0.05, snapshots=21)
    assert compare(run).outcome == "confirmed"
    assert compare(changed(run, network=Network(stated, neurons=24))).outcome == "refuted"


@pytest.mark.parametrize("factor", [1e-3, 0.1, 1.03, 10.0, 100.0])
def test_a_run_with_another_clock_is_refuted(
    factor: float, small_run: Run, changed: Callable[..., Run]
) -> None:
    assert compare(changed(small_run, t=factor * small_run.t)).outcome == "refuted"


def test_one_rounding_error_of_a_thousandth_is_noticed(small_run: Run, changed: Callable[..., Run]) -> None:
    weights = {name: w.copy() for name, w in small_run.weights.items()}
    weights["xi"][3:] *= 1.001
    assert compare(changed(small_run, weights=weights)).outcome == "refuted"


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 4))])
@pytest.mark.parametrize("snapshots", [2, 3, 6])
def test_too_few_snapshots_never_refute_a_true_run(seed: int, snapshots: int) -> None:
    run = simulate(Network("Z6", neurons=8), seed=seed, scale=0.05, snapshots=snapshots)
    assert compare(run).outcome in ("confirmed", "inconclusive")


@pytest.mark.slow
@pytest.mark.parametrize("steps", [12, 60, 300])
def test_descent_is_confirmed_at_any_step_size_and_refuted_as_a_flow(
    steps: int, changed: Callable[..., Run]
) -> None:
    network = Network("Z7", neurons=16)
    end = float(simulate(network, seed=3, scale=0.02, snapshots=2).t[-1])
    run = simulate(
        network, seed=3, scale=0.02, method="sgd", learning_rate=0.8 * end / steps, steps=steps, snapshots=13
    )
    assert compare(run).outcome == "confirmed"
    flow = {**run.meta, "optimiser": "gradient flow"}
    assert compare(changed(run, meta=flow)).outcome == "refuted"


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_a_run_stored_in_few_digits_is_confirmed_whatever_its_file_says(
    dtype: Any, small_run: Run, changed: Callable[..., Run]
) -> None:
    weights = {name: w.astype(dtype) for name, w in small_run.weights.items()}
    meta = {**small_run.meta, "dtype": "float64"}
    assert compare(changed(small_run, weights=weights, meta=meta)).outcome == "confirmed"


@pytest.mark.slow
def test_a_run_that_starts_later_is_compared_from_its_own_start(
    small_run: Run, changed: Callable[..., Run]
) -> None:
    later = compare(changed(small_run, t=small_run.t + 8.0))
    comparison = compare(small_run)
    assert later.gap == pytest.approx(comparison.gap, rel=1e-6, abs=1e-12)
    assert later.horizon == pytest.approx(comparison.horizon + 8.0)


def test_neurons_without_weights_stand_still_and_spoil_nothing(changed: Callable[..., Run]) -> None:
    network = Network("Z6", neurons=9)
    run = simulate(Network("Z6", neurons=8), seed=0, scale=0.05, snapshots=11)
    weights = {n: np.concatenate([w, np.zeros((11, 1, 6))], axis=1) for n, w in run.weights.items()}
    comparison = compare(changed(run, network=network, weights=weights), order=1)
    assert comparison.outcome == "confirmed"
    assert comparison.gap[:, 8].tolist() == [0.0] * 11
    assert np.isfinite(comparison.errors["alpha"].max[1])
    weights["theta"][5:, 8] = 1e-3
    moved = compare(changed(run, network=network, weights=weights))
    assert moved.gap[5, 8] > moved.budget.total[5, 8]


def test_a_single_snapshot_is_inconclusive(small_run: Run, changed: Callable[..., Run]) -> None:
    first = {name: w[:1] for name, w in small_run.weights.items()}
    comparison = compare(changed(small_run, t=[0.0], weights=first, records={}))
    assert comparison.outcome == "inconclusive"
    assert comparison.horizon == np.inf


def test_a_run_too_short_to_move_is_inconclusive() -> None:
    network = Network("Z7", neurons=8, activation="z")
    run = simulate(network, seed=0, scale=0.05, t_end=1.0, snapshots=5)
    comparison = compare(run, order=1)
    assert comparison.outcome == "inconclusive"
    assert "move no further than the budget" in comparison.reason


def test_a_gap_above_the_tolerance_is_inconclusive_and_not_confirmed(small_run: Run) -> None:
    assert compare(small_run, tolerance=1e-12).outcome == "inconclusive"


@pytest.mark.slow
def test_the_horizon_is_where_the_median_budget_passes_the_level(small_run: Run) -> None:
    comparison = compare(small_run, horizon_level=1e-3)
    median = np.median(comparison.budget.total, axis=1)
    count = int(np.searchsorted(small_run.t, comparison.horizon))
    assert (median[:count] <= 1e-3).all()
    assert median[count] > 1e-3
    assert comparison.horizon < compare(small_run).horizon


@pytest.mark.slow
def test_the_horizon_falls_as_the_weights_grow() -> None:
    network = Network("Z7", neurons=12)
    horizons = []
    for scale in (0.05, 0.1, 0.2):
        run = simulate(network, seed=0, scale=scale, snapshots=41)
        horizons.append(compare(run).horizon / run.t[-1])
    assert horizons == sorted(horizons, reverse=True)
    assert horizons[-1] < horizons[0]


@pytest.mark.slow
def test_weights_so_large_that_everything_overflows_are_inconclusive(
    small_run: Run, changed: Callable[..., Run]
) -> None:
    huge = changed(small_run, weights={name: 1e160 * w for name, w in small_run.weights.items()})
    assert compare(huge).outcome == "inconclusive"


@pytest.mark.parametrize(
    ("meta", "network", "match"),
    [
        ({"optimiser": "Adam"}, {}, "gradient flow"),
        ({"weight_decay": 0.1}, {}, "weight_decay"),
        ({}, {"activation": "relu"}, "relu"),
        ({}, {"activation": "z**4"}, "do not decouple"),
        ({}, {"constraint": "sphere", "activation": "relu"}, "relu"),
    ],
    ids=str,
)
def test_what_no_reduction_speaks_of_is_not_applicable_with_the_reason(
    meta: dict[str, Any], network: dict[str, Any], match: str, small_run: Run, changed: Callable[..., Run]
) -> None:
    comparison = compare(changed(small_run, meta=meta, network=Network("Z7", 16, **network)))
    assert comparison.outcome == "not_applicable"
    assert match in comparison.reason
    assert comparison.gap is None


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"tolerance": 0.0}, "tolerance must be positive"),
        ({"tolerance": np.nan}, "tolerance must be positive"),
        ({"horizon_level": -1.0}, "horizon_level must be positive"),
        ({"scale_field": 0.0}, "can't have this speed"),
        ({"scale_field": np.inf}, "scale_field must"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, float], match: str, small_run: Run) -> None:
    with pytest.raises(InputError, match=match):
        compare(small_run, **options)


@pytest.mark.slow
def test_a_file_is_compared_like_the_run_it_holds(small_run: Run, tmp_path: Path) -> None:
    path = small_run.save(tmp_path / "run.npz")
    comparison = compare(path)
    assert comparison.name == str(path)
    assert comparison.outcome == "confirmed"
    assert np.array_equal(comparison.gap, compare(small_run).gap)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="absent"):
        compare(tmp_path / "absent.npz")


def test_the_predicted_winners_are_counted(small_run: Run) -> None:
    winners = compare(small_run).winners
    assert winners.count == 16
    assert winners.agreement > 0.8
    assert winners.clear_agreement >= winners.agreement


def test_a_prediction_that_is_given_is_taken_as_it_is(small_run: Run) -> None:
    asked = predict(small_run)
    assert compare(small_run, prediction=asked).winners == compare(small_run).winners
    losers = replace(asked, winner=asked.runner_up)
    assert compare(small_run, prediction=losers).winners.agreement < 0.5


def test_what_cannot_be_the_prediction_of_a_run_is_refused(small_run: Run) -> None:
    with pytest.raises(InputError, match="this is no prediction"):
        compare(small_run, prediction=0.5)  # type: ignore[call-overload]
    asked = predict(small_run)
    four = simulate(Network("Z4", neurons=4), seed=1, scale=0.05, snapshots=3)
    product = replace(four, network=Network("Z2xZ2", neurons=4))
    with pytest.raises(InputError, match="the prediction is of another start"):
        compare(product, prediction=predict(four))
    for changed in (
        replace(small_run, weights={**small_run.weights, "xi": small_run.weights["xi"] * (1 + 1e-15)}),
        replace(small_run, network=Network(small_run.network.finite_group, neurons=16, loss="sum")),
    ):
        with pytest.raises(InputError, match="the prediction is of another start"):
            compare(small_run, prediction=predict(changed))
    times = np.array([0.0, 1.0, 2.0])
    with pytest.raises(InputError, match="a prediction is of the winners in a run"):
        compare(Trajectory(times, {"x": times}), system("x' = 1"), prediction=asked)  # type: ignore[call-overload]


def test_a_derivation_with_a_wrong_sign_is_refuted(small_run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    flows = sys.modules["odekit.comparison.flows.reduced_flow"]
    solved = flows.solve

    def mirrored(system: Any, states: Any, *args: Any, **options: Any) -> Any:
        flipped = np.array(states)
        flipped[-1] *= -1.0
        return solved(system, flipped, *args, **options)

    monkeypatch.setattr(flows, "solve", mirrored)
    assert compare(small_run).outcome == "refuted"


@pytest.mark.slow
@pytest.mark.parametrize("rate", [1e9, 1e3])
def test_a_learning_rate_of_which_t_is_no_multiple_is_told_as_that(rate: float) -> None:
    network = Network("Z5", neurons=8)
    run = simulate(network, seed=3, method="sgd", learning_rate=0.1, steps=100, snapshots=21)
    assert compare(run).outcome == "confirmed"
    comparison = compare(replace(run, meta={**run.meta, "learning_rate": rate}))
    assert comparison.outcome == "inconclusive"
    assert f"no multiple of the recorded learning_rate {rate:.4g}" in comparison.reason
