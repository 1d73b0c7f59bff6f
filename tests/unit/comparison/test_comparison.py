"""A comparison becomes JSON that every parser takes, and labelled arrays."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from odekit.comparison import Comparison, compare
from odekit.errors import InputError
from odekit.networks import Network
from odekit.simulation import Run, simulate

KEYS = {"file", "group", "neurons", "horizon", "tolerance", "times", "errors", "winners", "outcome"}


def strict(comparison: Comparison) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(comparison.to_json(), allow_nan=False))
    return document


def test_the_json_has_the_stable_keys_and_one_number_a_time(small_run: Run) -> None:
    document = strict(compare(small_run))
    assert set(document) >= KEYS
    assert list(document["errors"]) == ["alpha", "beta", "phi", "psi"]
    assert {len(row) for curve in document["errors"].values() for row in curve.values()} == {31}
    assert set(document["winners"]) >= {"agreement", "clear_agreement", "count"}
    assert document["times"] == small_run.t.tolist()
    assert document["outcome"] == "confirmed"


def test_a_run_past_its_blow_up_has_nulls_and_no_infinities(
    small_run: Run, changed: Callable[..., Run]
) -> None:
    document = strict(compare(changed(small_run, t=5 * small_run.t)))
    assert document["errors"]["alpha"]["max"][-1] is None
    assert document["gap"]["max"][-1] is None


def test_a_comparison_that_does_not_apply_has_empty_parts(
    small_run: Run, changed: Callable[..., Run]
) -> None:
    document = strict(compare(changed(small_run, meta={"optimiser": "AdamW"})))
    assert set(document) >= KEYS
    assert document["horizon"] is None
    assert document["winners"] is None
    assert document["errors"] == document["budget"] == {}


def test_a_share_of_no_clear_winners_is_null(small_run: Run, changed: Callable[..., Run]) -> None:
    still = {name: np.repeat(w[:1] * 0.0, 2, axis=0) for name, w in small_run.weights.items()}
    document = strict(compare(changed(small_run, t=[0.0, 1.0], weights=still, records={})))
    assert document["winners"]["clear_agreement"] is None
    assert document["winners"]["agreement"] == 0.0


def test_an_unshared_embedding_has_a_curve_for_each_of_its_parts() -> None:
    run = simulate(Network("Z5", neurons=3, embedding="unshared"), t_end=1.0, snapshots=3)
    document = strict(compare(run))
    assert list(document["errors"]) == ["alpha1", "alpha2", "beta", "phi1", "phi2", "psi"]
    assert document["winners"] is None


def test_the_step_of_the_horizon_is_that_of_its_time(small_run: Run, changed: Callable[..., Run]) -> None:
    counted = compare(changed(small_run, steps=10 * np.arange(31)), horizon_level=1e-3)
    place = counted.horizon_step // 10
    assert small_run.t[place] == counted.horizon
    assert compare(small_run, horizon_level=1e-3).horizon_step is None


def test_labelled_arrays_carry_gap_and_budget(small_run: Run) -> None:
    pytest.importorskip("xarray")
    comparison = compare(small_run, order=1)
    arrays = comparison.to_xarray()
    assert arrays["gap"].dims == ("time", "neuron")
    assert np.array_equal(arrays["budget"], comparison.budget.total)
    assert np.array_equal(arrays["alpha_median"], comparison.errors["alpha"].median)
    assert arrays.attrs["outcome"] == "confirmed"


def test_without_xarray_the_error_says_what_to_install(
    small_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "xarray", None)
    with pytest.raises(InputError, match=r"odekit\[labels\]"):
        compare(small_run).to_xarray()
