"""Predicted winners on spheres and on non-Abelian groups, against simulations and the reference runs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from odekit.comparison import Prediction, predict
from odekit.comparison.measures.shares import dominant_irreps
from odekit.networks import Network
from odekit.simulation import Run, load_run, simulate

RUNS = (
    "S3_sphere_unshared",
    "A4_sphere_unshared",
    "F21_sphere_unshared",
    "Z12_sphere_shared",
    "Z3xZ5_sphere_shared",
)


def agreement(run: Run, prediction: Prediction) -> float:
    last = {name: values[-1] for name, values in run.weights.items()}
    return float((prediction.winner + 1 == dominant_irreps(last, run.network.finite_group)).mean())


def trained(name: str, **options: object) -> Run:
    network = Network(name, neurons=40, loss="sum", **options)
    return simulate(network, softmax="uniform", until=1e-6, estimate_error=False)


@pytest.mark.slow
@pytest.mark.parametrize("name", RUNS)
def test_the_reference_runs_are_predicted(name: str, reference: Path) -> None:
    run = load_run(reference / f"{name}.npz")
    prediction = predict(reference / f"{name}.npz")
    assert agreement(run, prediction) >= 0.98
    times = [neuron["blow_up_time"] for neuron in prediction.to_json()["neurons"]]
    # Only three spheres, or a shared embedding at half rate, have tau*.
    assert all(time is None for time in times) == name.endswith("unshared")
    assert all(neuron["winner"] is not None for neuron in prediction.to_json()["neurons"])


@pytest.mark.parametrize("name", ["S3", "Q8", "Z12"])
def test_on_three_spheres_the_first_blow_up_wins_every_neuron(name: str) -> None:
    run = trained(name, embedding="unshared", constraint="sphere")
    prediction = predict(run)
    assert agreement(run, prediction) == 1.0
    assert (prediction.blow_up_time < prediction.runner_up_time).all()


def test_unequal_rates_are_predicted_without_a_time() -> None:
    run = trained("S3", embedding="unshared", constraint="sphere", rates={"theta2": 3.0})
    prediction = predict(run)
    assert agreement(run, prediction) == 1.0
    neuron = prediction.to_json()["neurons"][0]
    assert (neuron["blow_up_time"], neuron["runner_up_time"]) == (None, None)


@pytest.mark.slow
def test_winners_are_names_of_real_irreps_and_frequencies_on_cyclic_groups() -> None:
    on_s3 = predict(trained("S3", embedding="unshared", constraint="sphere")).to_json()
    assert {neuron["winner"] for neuron in on_s3["neurons"]} == {"1a", "2"}
    on_z7 = predict(trained("Z7", rates={"theta": 0.5}, constraint="sphere")).to_json()
    assert {neuron["winner"] for neuron in on_z7["neurons"]} <= {1, 2, 3}
    assert json.loads(json.dumps(on_s3, allow_nan=False)) == on_s3


def test_without_spheres_a_non_abelian_network_blows_up_in_its_own_time() -> None:
    network = Network("S3", neurons=20, embedding="unshared", logit_scale=1e-12)
    start = {name: np.random.default_rng(2).standard_normal((20, 6)) for name in ("theta1", "theta2", "xi")}
    prediction = predict(Run(np.array([3.0]), {name: w[None] for name, w in start.items()}, network))
    m = int(prediction.blow_up_time.argmin())
    first = float(prediction.blow_up_time[m]) - 3.0
    run = simulate(network, weights=start, times=np.array([0.0, 0.9999 * first]))
    lengths = [np.linalg.norm(run.weights["xi"][index, m]) for index in (0, -1)]
    # |xi| grows like 1/(tau* - t), of which a ten-thousandth is left.
    assert lengths[1] / lengths[0] > 1e3
    assert agreement(run, prediction) > 0.5
