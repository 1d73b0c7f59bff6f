from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from odekit.errors import InputError
from odekit.networks import Network
from odekit.simulation import LossGradient, Run, load_run, simulate

NETWORK = Network("Z7", neurons=8, activation="relu")
TRAINING: dict[str, Any] = {
    "method": "adamw",
    "learning_rate": 0.01,
    "steps": 30,
    "snapshots": 4,
    "scale": 0.3,
}


@pytest.fixture(scope="module")
def run() -> Run:
    return simulate(NETWORK, seed=2, weight_decay=0.5, frac_train=0.6, **TRAINING)


def test_losses_and_accuracies_of_both_parts_are_recorded(run: Run) -> None:
    train = run.records["train_mask"]
    assert train.sum() == 29
    for name, mask in (("train", train), ("test", ~train)):
        gradient = LossGradient(NETWORK, chosen=mask)
        for index in range(len(run)):
            loss = gradient(*run.snapshot(index))[0]
            # The same sums, over transposed copies of the weights.
            assert run.records[f"{name}_loss"][index] == pytest.approx(loss, rel=1e-13)
            assert run.records[f"{name}_acc"][index] == gradient.accuracy(*run.snapshot(index))
    np.testing.assert_array_equal(run.records["loss"], run.records["train_loss"])
    np.testing.assert_array_equal(run.records["acc"], run.records["train_acc"])


def test_meta_says_how_it_was_trained(run: Run) -> None:
    wanted = {"optimiser": "AdamW", "learning_rate": 0.01, "weight_decay": 0.5, "frac_train": 0.6, "seed": 2}
    assert wanted.items() <= run.meta.items()
    np.testing.assert_allclose(run.t, [0, 0.1, 0.2, 0.3])


def test_the_run_is_reproducible_and_survives_its_file(run: Run, tmp_path: Path) -> None:
    again = simulate(NETWORK, seed=2, weight_decay=0.5, frac_train=0.6, **TRAINING)
    loaded = load_run(run.save(tmp_path / "run.npz"))
    for other in (again, loaded):
        np.testing.assert_array_equal(other.weights["theta"], run.weights["theta"])
        np.testing.assert_array_equal(other.records["train_mask"], run.records["train_mask"])


def test_the_start_does_not_depend_on_the_share(run: Run) -> None:
    whole = simulate(NETWORK, seed=2, **TRAINING)
    np.testing.assert_array_equal(whole.weights["xi"][0], run.weights["xi"][0])
    assert set(whole.records) == {"loss", "acc"}


def test_only_what_is_trained_on_is_learnt_by_heart(run: Run) -> None:
    longer = {**TRAINING, "steps": 400}
    found = simulate(NETWORK, seed=2, frac_train=0.5, **longer)
    assert found.records["train_loss"][-1] < 0.7 * found.records["train_loss"][0]
    assert found.records["test_loss"][-1] > found.records["test_loss"][0]


def test_given_weights_are_split_by_the_seed(run: Run) -> None:
    start = {name: array[0] for name, array in run.weights.items()}
    found = simulate(NETWORK, weights=start, seed=2, frac_train=0.6, weight_decay=0.5, **TRAINING)
    assert (found.meta["seed"], found.meta["split_seed"]) == (None, 2)
    np.testing.assert_array_equal(found.weights["xi"], run.weights["xi"])


@pytest.mark.parametrize(
    ("network", "options", "complaint"),
    [
        (NETWORK, {"method": "flow", "frac_train": 0.5}, "frac_train is not an option of method 'flow'"),
        (NETWORK, {"method": "flow", "weight_decay": 1.0}, "weight_decay is not an option"),
        (NETWORK, {**TRAINING, "t_end": 1.0}, "t_end is not an option of method 'adamw'"),
        (NETWORK, {**TRAINING, "frac_train": 0.0}, "frac_train must be positive and finite, at most 1"),
        (NETWORK, {**TRAINING, "frac_train": 1.5}, "frac_train must be positive and finite, at most 1"),
        (NETWORK, {**TRAINING, "frac_train": True}, "frac_train must be positive and finite, at most 1"),
        (NETWORK, {**TRAINING, "weight_decay": -1.0}, "weight_decay must be a finite number from 0"),
        (NETWORK, {**TRAINING, "weight_decay": np.nan}, "weight_decay must be a finite number from 0"),
        (NETWORK, {**TRAINING, "learning_rate": None}, "needs a learning rate"),
        (NETWORK, {**TRAINING, "softmax": "uniform"}, "not for adamw"),
        (
            NETWORK,
            {**TRAINING, "method": "sgd", "softmax": "uniform", "frac_train": 0.5},
            "a part of the data",
        ),
        (Network("Z7", neurons=8, constraint="sphere"), TRAINING, "adamw leaves the spheres"),
        (
            Network("Z7", neurons=8, constraint="sphere"),
            {**TRAINING, "method": "sgd", "weight_decay": 1.0},
            "weight decay leaves the spheres",
        ),
    ],
)
def test_what_does_not_fit_is_refused(network: Network, options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        simulate(network, **options)
