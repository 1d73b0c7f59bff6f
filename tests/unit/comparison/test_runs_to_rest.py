"""Runs on spheres that go on until every neuron rests: verdicts, none where neurons were left one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from odekit import compare, simulate
from odekit.comparison.accuracy import integrator_error
from odekit.errors import InputError
from odekit.networks import Network
from odekit.simulation import Run


def relaxed(group: str, embedding: str, neurons: int = 12, **options: float) -> Run:
    network = Network(group, neurons=neurons, embedding=embedding, constraint="sphere")
    return simulate(network, softmax="uniform", until=1e-8, seed=5, **options)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("group", "embedding"),
    [
        ("S3", "unshared"),
        ("Z6", "shared"),
        pytest.param("S3", "shared", marks=pytest.mark.slow),
        pytest.param("Z6", "unshared", marks=pytest.mark.slow),
        pytest.param("Z2xZ2", "shared", marks=pytest.mark.slow),
        pytest.param("Z2xZ2", "unshared", marks=pytest.mark.slow),
    ],
)
def test_a_run_to_rest_is_confirmed(group: str, embedding: str) -> None:
    run = relaxed(group, embedding)
    comparison = compare(run)
    assert comparison.outcome == "confirmed", comparison.reason
    assert run.meta["unconverged"] == 0
    # Nothing is judged where neurons were left one by one.
    assert run.t[-2] < run.meta["first_arrival"] < run.t[-1]
    assert comparison.horizon == run.t[-1]


@pytest.mark.slow
@pytest.mark.parametrize("group", ["Z6", pytest.param("S3", marks=pytest.mark.long)])
def test_a_wrong_clock_of_a_run_to_rest_is_refuted_and_told(group: str) -> None:
    run = relaxed(group, "unshared")
    meta = {**run.meta, "first_arrival": 2 * run.meta["first_arrival"]}
    comparison = compare(replace(run, t=2 * run.t, meta=meta))
    assert comparison.outcome == "refuted"
    assert "its t times 0.5" in comparison.reason


@pytest.mark.slow
def test_a_single_neuron_is_judged_to_its_end() -> None:
    run = relaxed("Z6", "unshared", neurons=1)
    assert run.meta["first_arrival"] == run.t[-1]
    assert np.isfinite(integrator_error(run)).all()
    assert compare(run).outcome == "confirmed"


@pytest.mark.slow
def test_after_the_first_arrival_nothing_bounds_the_error() -> None:
    run = relaxed("Z5", "shared", snapshots=6)
    times = [0.1, 0.5 * run.meta["first_arrival"], 0.5 * (run.meta["first_arrival"] + run.t[-1])]
    network = Network("Z5", neurons=12, constraint="sphere")
    kept = simulate(network, softmax="uniform", until=1e-8, seed=5, times=times)
    assert np.isfinite(integrator_error(kept)).tolist() == [True, True, True, False, False]
    assert compare(kept).outcome == "confirmed"
    records = {name: values for name, values in kept.records.items() if name != "integrator_error"}
    unknown = replace(kept, records=records)
    assert np.isfinite(integrator_error(unknown)).tolist() == [True, True, True, False, False]
    with pytest.raises(InputError, match="first_arrival"):
        integrator_error(replace(kept, meta={**kept.meta, "first_arrival": "late"}))


@pytest.mark.slow
@pytest.mark.parametrize("group", ["S3", "Z7"])
def test_the_default_times_on_spheres_are_dense_enough_at_the_start(group: str) -> None:
    network = Network(group, neurons=12, embedding="unshared", constraint="sphere", logit_scale=0.01)
    run = simulate(network, seed=1)
    assert compare(run).outcome == "confirmed"
    np.testing.assert_allclose(np.sqrt(run.t), np.linspace(0, np.sqrt(run.t[-1]), 51))
