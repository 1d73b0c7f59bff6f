"""A verdict rests on bounds, on nothing that comes later, and on a control that it has to refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from odekit.comparison import Comparison, compare, irrep_shares, predict
from odekit.networks import Network
from odekit.simulation import Run, simulate
from odekit.simulation.training.flow import time_scale
from odekit.simulation.weights import stack_mapping

Changed = Callable[..., Run]

LATE: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"group": "S3", "neurons": 12, "embedding": "unshared"}, {"t_end": 500.0, "snapshots": 41}),
    ({"group": "Z5", "neurons": 8}, {"t_end": 900.0, "snapshots": 31}),
    ({"group": "Z4", "neurons": 6, "embedding": "unshared"}, {"scale": 0.05, "snapshots": 21}),
    ({"group": "Z6", "neurons": 5, "constraint": "sphere", "logit_scale": 0.01}, {"snapshots": 31}),
    (
        {
            "group": "S3",
            "neurons": 5,
            "embedding": "unshared",
            "constraint": "joint_sphere",
            "logit_scale": 0.01,
        },
        {"snapshots": 31},
    ),
]


def shortened(run: Run, count: int, changed: Changed) -> Run:
    weights = {name: w[:count] for name, w in run.weights.items()}
    records = {name: values[:count] for name, values in run.records.items()}
    return changed(run, t=run.t[:count], weights=weights, records=records)


def numbers(comparison: Comparison, count: int) -> dict[str, Any]:
    """All that a comparison says of the first snapshots."""
    curves = {
        f"{name} {kind}": getattr(curve, kind)[:count]
        for name, curve in comparison.errors.items()
        for kind in ("median", "max")
    }
    parts = {name: part[:count] for name, part in comparison.budget.parts().items()}
    return {"gap": comparison.gap[:count], **curves, **parts}


@pytest.mark.long
@pytest.mark.parametrize(("network", "options"), LATE, ids=str)
def test_later_snapshots_change_no_number_of_an_earlier_one(
    network: dict[str, Any], options: dict[str, Any], changed: Changed
) -> None:
    run = simulate(Network(**network), seed=1, **options)
    whole = compare(run, order=1)
    before = int(np.searchsorted(run.t, whole.horizon))
    assert 1 < before < len(run)
    part = compare(shortened(run, before + 1, changed), order=1)
    assert (part.outcome, part.reason, part.horizon) == (whole.outcome, whole.reason, whole.horizon)
    assert part.control == whole.control
    for name, values in numbers(part, before + 1).items():
        assert np.array_equal(values, numbers(whole, before + 1)[name], equal_nan=True), name


@pytest.mark.parametrize(("network", "options"), LATE, ids=str)
@pytest.mark.long
def test_the_order_of_neurons_and_of_bytes_changes_no_number(
    network: dict[str, Any], options: dict[str, Any], changed: Changed
) -> None:
    run = simulate(Network(**network), seed=1, **{**options, "snapshots": 9})
    order = np.random.default_rng(0).permutation(run.network.neurons)
    plain = compare(run, order=1)
    turned = compare(changed(run, weights={name: w[:, order] for name, w in run.weights.items()}), order=1)
    fortran = {name: np.asfortranarray(w) for name, w in run.weights.items()}
    stored = compare(changed(run, weights=fortran), order=1)
    assert stored.reason == plain.reason
    assert turned.outcome == plain.outcome
    finite = np.isfinite(plain.gap) & np.isfinite(plain.budget.total) & (plain.budget.total < 1)
    for found, wanted in (
        (turned.gap, plain.gap[:, order]),
        (turned.budget.total, plain.budget.total[:, order]),
    ):
        assert found[finite[:, order]] == pytest.approx(wanted[finite[:, order]], rel=1e-6, abs=1e-11)


@pytest.mark.slow
def test_a_run_past_its_blow_up_has_the_horizon_and_the_winners_of_its_beginning() -> None:
    run = simulate(Network("S3", neurons=24, embedding="unshared"), t_end=600.0, snapshots=61)
    comparison = compare(run)
    assert comparison.outcome == "confirmed", comparison.reason
    assert 100 < comparison.horizon < 400
    assert np.isinf(comparison.gap[-1]).any()
    shares = irrep_shares(run.weights["theta1"][-1], run.network.finite_group)
    agrees = predict(run).winner + 1 == shares.argmax(axis=1)
    assert comparison.winners.agreement == agrees.mean() > 0.7


@pytest.mark.long
@pytest.mark.parametrize(
    ("network", "options"),
    [
        ({"group": "Z5", "neurons": 1}, {"seed": 22, "scale": 1e-3}),
        ({"group": "Z9", "neurons": 3}, {"seed": 5, "scale": 0.0126, "snapshots": 11}),
        ({"group": "Z7", "neurons": 6}, {"seed": 3, "scale": 0.092}),
        ({"group": "Z2", "neurons": 6}, {"seed": 8, "scale": 4e-4}),
        ({"group": "Z4", "neurons": 1}, {"seed": 2, "scale": 0.015, "rtol": 1e-6}),
        (
            {"group": "Z8", "neurons": 3, "embedding": "unshared", "rates": {"theta": 0.5, "xi": 1.0}},
            {"seed": 839684, "scale": 0.002884, "rtol": 1e-6},
        ),
        ({"group": "S3", "neurons": 2, "constraint": "sphere", "logit_scale": 0.1}, {"seed": 1}),
    ],
    ids=str,
)
def test_the_recorded_integration_error_bounds_the_true_one(
    network: dict[str, Any], options: dict[str, Any]
) -> None:
    made = Network(**network)
    begun = simulate(made, **{**options, "t_end": 1e-3, "snapshots": 2}, estimate_error=False)
    start = {name: w[0] for name, w in begun.weights.items()}
    end = time_scale(made, stack_mapping(made, start))
    run = simulate(made, **options, t_end=3 * end if made.constraint != "none" else end)
    exact = simulate(made, weights=start, times=run.t, rtol=1e-13, estimate_error=False)
    squares = sum(((run.weights[name] - exact.weights[name]) ** 2).sum(axis=-1) for name in run.weights)
    size = np.sqrt(sum((w**2).sum(axis=-1) for w in exact.weights.values()))
    assert ((np.sqrt(squares) / size).max(axis=1) <= run.integrator_error + 1e-12).all()
    assert compare(run).outcome != "refuted"


@pytest.mark.parametrize("snapshots", [3, 11, 26, 51])
@pytest.mark.parametrize(
    ("group", "neurons", "options"),
    [
        ("Z8", 40, {"seed": 3, "scale": 0.2, "init": "single_frequency"}),
        ("Z2", 10, {"seed": 0, "scale": 0.2}),
        ("Z6", 40, {"seed": 1, "scale": 0.3, "init": "single_frequency"}),
        ("Z2xZ2", 30, {"seed": 4, "scale": 0.25}),
        ("Z5", 60, {"seed": 0, "scale": 0.3, "t_end": 5.0}),
    ],
    ids=str,
)
def test_no_true_run_leaves_its_budget_where_its_modes_are_of_order_two_or_large(
    group: str, neurons: int, options: dict[str, Any], snapshots: int
) -> None:
    run = simulate(Network(group, neurons=neurons), **options, rtol=1e-11, snapshots=snapshots)
    comparison = compare(run)
    assert comparison.outcome != "refuted"
    before = int(np.searchsorted(run.t, comparison.horizon))
    assert (comparison.gap[:before] <= comparison.budget.total[:before]).all()


@pytest.mark.slow
@pytest.mark.parametrize("factor", [0.95, 1.05])
@pytest.mark.parametrize("seed", [46411, 1, 2, 3])
def test_where_another_speed_would_pass_nothing_is_confirmed(
    seed: int, factor: float, changed: Changed
) -> None:
    run = simulate(Network("Z8", neurons=1), seed=seed, scale=0.2)
    assert compare(changed(run, t=factor * run.t)).outcome != "confirmed"


def test_the_control_tells_the_smallest_change_of_speed_that_is_refuted(small_run: Run) -> None:
    control = compare(small_run, order=1).control
    assert control.outcome == "refuted"
    assert control.smallest < 0.05
    for factor in (1 + 1.3 * control.smallest, 1 - 1.3 * control.smallest):
        assert compare(small_run, scale_field=factor, order=1).outcome == "refuted"
    nearer = (1 + sign * control.smallest / 1.6 for sign in (1, -1))
    passed = {compare(small_run, scale_field=factor, order=1).outcome for factor in nearer}
    assert passed != {"refuted"}
    assert compare(small_run, order=1).to_json()["control"]["smallest"] == pytest.approx(control.smallest)


def test_a_run_without_power_says_from_which_change_on_one_would_be_refuted() -> None:
    run = simulate(
        Network("Z7", neurons=12, activation="z**2+z"), seed=4, scale=0.06, t_end=79.63, snapshots=25
    )
    comparison = compare(run, order=1)
    assert comparison.outcome == "inconclusive"
    assert comparison.control.outcome == "not refuted"
    assert comparison.control.smallest >= 0.1
    assert "5 % faster or slower" in comparison.reason


@pytest.mark.slow
def test_one_near_miss_of_a_few_neurons_is_no_verdict(small_run: Run, changed: Changed) -> None:
    """One of sixteen neurons by half of its budget is inconclusive, by five times it is refuted."""
    allowed = compare(small_run)
    before = int(np.searchsorted(small_run.t, allowed.horizon))
    for excess, outcome in ((0.5, "inconclusive"), (6.0, "refuted")):
        weights = {name: w.copy() for name, w in small_run.weights.items()}
        toward = allowed.budget.total[before - 1, 3] * excess
        for w in weights.values():
            w[before - 1, 3] *= 1 + toward
        assert compare(changed(small_run, weights=weights)).outcome == outcome


@pytest.mark.parametrize(
    ("stated", "clock", "told"),
    [
        ({"loss": "sum"}, 1.0, 'confirmed with loss = "mean"'),
        ({"logit_scale": 0.1}, 1.0, "logit_scale = 1"),
        ({}, 2.0, "its t times 0.5"),
        ({}, 1.0 / 49, "its t read as that of the reduced ODE"),
        ({}, 1.37, "its t"),
    ],
    ids=str,
)
def test_a_wrong_clock_is_told_with_what_declares_it(
    stated: dict[str, Any], clock: float, told: str, small_run: Run, changed: Changed
) -> None:
    network = Network("Z7", neurons=16, **stated)
    comparison = compare(changed(small_run, network=network, t=clock * small_run.t))
    assert comparison.outcome == "refuted"
    assert told in comparison.reason


@pytest.mark.slow
def test_steps_for_a_clock_are_told() -> None:
    network = Network("Z7", neurons=16)
    run = simulate(network, seed=3, scale=0.05, method="sgd", learning_rate=0.25, steps=100, snapshots=26)
    counted = Run(run.steps.astype(float), run.weights, network, run.steps, run.meta)
    assert compare(run).outcome == "confirmed"
    assert "counts steps" in compare(counted).reason


@pytest.mark.slow
def test_a_wrong_group_is_not_told_as_a_clock(changed: Changed) -> None:
    run = simulate(Network("Z8", neurons=24), seed=2, scale=0.05, snapshots=21)
    reason = compare(changed(run, network=Network("Z2xZ4", neurons=24))).reason
    assert "times multiplied" not in reason


def test_a_clock_slightly_off_that_only_an_untold_step_allows_is_said_to_be(
    small_run: Run, changed: Changed
) -> None:
    comparison = compare(changed(small_run, t=1.01 * small_run.t, meta={}, records={}))
    assert comparison.outcome != "refuted"
    assert "neither learning_rate nor steps" in comparison.reason
    assert "neither" not in compare(small_run).reason


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"scale": 0.05, "snapshots": 2}, "keep earlier ones"),
        ({"scale": 1.5, "t_end": 0.5, "snapshots": 5}, "the softmax is not uniform at the start"),
        (
            {"scale": 0.05, "method": "sgd", "learning_rate": 64.0, "steps": 4, "snapshots": 3},
            "smaller learning rate",
        ),
    ],
    ids=str,
)
def test_why_there_is_no_verdict_is_the_cause(options: dict[str, Any], told: str) -> None:
    comparison = compare(simulate(Network("Z7", neurons=16), seed=1, **options), order=1)
    assert comparison.outcome == "inconclusive"
    assert told in comparison.reason


@pytest.mark.parametrize("order", [2, 3])
@pytest.mark.parametrize("options", [{"scale": 0.05, "snapshots": 2}, {"scale": 1.5, "t_end": 0.5}], ids=str)
def test_no_verdict_beyond_order_1_is_not_for_want_of_uniform_softmax(
    options: dict[str, Any], order: int
) -> None:
    comparison = compare(simulate(Network("Z7", neurons=16), seed=1, **options), order=order)
    assert comparison.outcome == "inconclusive"
    assert f"the logits are too large for order {order}" in comparison.reason


def test_an_integration_known_too_badly_is_named(small_run: Run, changed: Changed) -> None:
    records = {"integrator_error": np.full(len(small_run), 0.5)}
    reason = compare(changed(small_run, records=records)).reason
    assert "an integration error of" in reason
    assert "smaller rtol" in reason


@pytest.mark.slow
@pytest.mark.parametrize(
    ("group", "options"),
    [
        ("Z7", {"constraint": "sphere"}),
        pytest.param("S3", {"constraint": "sphere"}, marks=pytest.mark.long),
        pytest.param("Z6", {"constraint": "joint_sphere", "embedding": "unshared"}, marks=pytest.mark.long),
    ],
)
def test_a_clock_slightly_off_is_named_on_spheres(group: str, options: dict[str, Any]) -> None:
    run = simulate(Network(group, neurons=32, logit_scale=0.01, **options))
    assert compare(run).outcome == "confirmed"
    slow = compare(replace(run, t=1.02 * run.t))
    assert slow.outcome == "refuted"
    told = re.search(r"confirmed with its t times ([\d.]+)", slow.reason)
    assert told is not None
    assert float(told[1]) == pytest.approx(1 / 1.02, rel=1e-3)
    bare = compare(Run(1.02 * run.t, run.weights, run.network))
    assert bare.outcome == "refuted"
    assert "it is confirmed with" in bare.reason
