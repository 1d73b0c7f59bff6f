"""What a run's meta and numbers say of its training, also where the meta is silent or wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from odekit.comparison.accuracy.provenance import (
    check_flow_time,
    exceeding_rate,
    integrator_error,
    learning_rate,
    stored_roundoff,
    trained_roundoff,
)
from odekit.errors import InputError, ReductionError
from odekit.simulation import Run


@pytest.mark.parametrize(("dtype", "roundoff"), [(np.float64, 53), (np.float32, 24), (np.float16, 11)])
def test_the_stored_precision_is_read_from_the_numbers(
    small_run: Run, changed: Callable[..., Run], dtype: Any, roundoff: int
) -> None:
    run = changed(small_run, weights={name: w.astype(dtype) for name, w in small_run.weights.items()})
    assert stored_roundoff(run) == trained_roundoff(run) == 2.0**-roundoff
    assert stored_roundoff(run) == np.finfo(dtype).eps / 2


def test_bfloat16_is_told_from_float16_and_from_numbers_that_only_one_weight_has_short(
    small_run: Run, changed: Callable[..., Run]
) -> None:
    short = {
        name: (w.astype(np.float32).view(np.uint32) & 0xFFFF0000).view(np.float32)
        for name, w in small_run.weights.items()
    }
    assert stored_roundoff(changed(small_run, weights=short)) == 2.0**-8
    assert stored_roundoff(changed(small_run, weights={**short, "xi": small_run.weights["xi"]})) == 2.0**-53


@pytest.mark.parametrize(
    ("name", "roundoff"),
    [("float32", 24), ("torch.float32", 24), ("bfloat16", 8), ("double", 53), ("something", 53), (None, 53)],
)
def test_the_precision_of_training_is_the_stated_one_where_it_is_known(
    small_run: Run, changed: Callable[..., Run], name: str | None, roundoff: int
) -> None:
    assert trained_roundoff(changed(small_run, meta={"dtype": name})) == 2.0**-roundoff


@pytest.mark.parametrize(
    ("meta", "steps", "expected"),
    [
        ({"optimiser": "gradient flow", "learning_rate": 0.5}, True, 0.0),
        ({"optimiser": "SGD", "learning_rate": 0.5}, False, 0.5),
        ({"learning_rate": 0.5}, False, 0.5),
        ({"optimiser": "SGD"}, True, 2.0),
        ({"optimiser": "SGD", "learning_rate": 3}, True, 3.0),
        ({"learning_rate": None}, False, 2.0),
    ],
)
def test_the_step_is_the_recorded_or_the_counted_one(
    small_run: Run, changed: Callable[..., Run], meta: dict[str, Any], steps: bool, expected: float
) -> None:
    counted = np.arange(len(small_run)) if steps else None
    run = changed(small_run, t=2.0 * np.arange(len(small_run)), steps=counted, meta=meta)
    assert learning_rate(run) == expected


@pytest.mark.parametrize(
    "meta",
    [
        {},
        {"optimiser": None},
        {"optimiser": "Gradient Flow"},
        {"optimiser": "sgd", "momentum": 0, "weight_decay": 0.0, "frac_train": 1},
    ],
)
def test_flows_and_plain_descent_have_a_flow_time(
    small_run: Run, changed: Callable[..., Run], meta: dict[str, Any]
) -> None:
    check_flow_time(changed(small_run, meta=meta))


@pytest.mark.parametrize(
    ("meta", "match"),
    [
        ({"optimiser": "AdamW"}, "not the time of a gradient flow.*AdamW"),
        ({"optimiser": "SGD", "momentum": 0.9}, "Expected: momentum 0. Received: momentum 0.9"),
        ({"optimiser": "SGD", "weight_decay": 1e-4}, "weight_decay"),
        ({"frac_train": 0.75}, "frac_train 1"),
    ],
)
def test_other_training_has_none(
    small_run: Run, changed: Callable[..., Run], meta: dict[str, Any], match: str
) -> None:
    with pytest.raises(ReductionError, match=match):
        check_flow_time(changed(small_run, meta=meta))


@pytest.mark.parametrize("value", ["0.1", [0.1], float("nan"), float("inf"), True, 0, 0.0, -0.1])
def test_a_learning_rate_that_is_no_positive_number_is_refused(
    small_run: Run, changed: Callable[..., Run], value: object
) -> None:
    with pytest.raises(InputError, match="learning_rate must be positive and finite"):
        learning_rate(changed(small_run, meta={"learning_rate": value}))


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        ({"optimiser": "SGD", "learning_rate": 3}, 3.0),
        ({"learning_rate": 1e9}, 1e9),
        ({"optimiser": "SGD", "learning_rate": 2}, None),
        ({"optimiser": "SGD", "learning_rate": float(np.float32(2)) * (1 + 1e-7)}, None),
        ({"optimiser": "SGD"}, None),
        ({"optimiser": "gradient flow", "learning_rate": 1e9}, None),
    ],
)
def test_a_learning_rate_beyond_the_first_interval_is_no_step_of_it(
    small_run: Run, changed: Callable[..., Run], meta: dict[str, Any], expected: float | None
) -> None:
    assert exceeding_rate(changed(small_run, t=2.0 * np.arange(len(small_run)), meta=meta)) == expected


def test_a_run_without_an_error_record_has_none(small_run: Run, changed: Callable[..., Run]) -> None:
    assert integrator_error(small_run).shape == (31,)
    assert integrator_error(changed(small_run, records={})).tolist() == [0.0] * 31


@pytest.mark.parametrize("record", [np.ones(3), -np.ones(31), np.full(31, np.nan), np.array(["a"] * 31)])
def test_an_error_record_that_does_not_fit_is_refused(
    small_run: Run, changed: Callable[..., Run], record: np.ndarray
) -> None:
    with pytest.raises(InputError, match="integrator_error doesn't fit"):
        integrator_error(changed(small_run, records={"integrator_error": record}))
