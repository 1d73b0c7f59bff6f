from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from odekit.networks import Network
from odekit.simulation import simulate
from odekit.simulation.runs.meta import unused_keys


@pytest.mark.parametrize(
    ("key", "known"),
    [
        ("learningrate", "learning_rate"),
        ("Learning_Rate", "learning_rate"),
        ("logit_scal", "logit_scale"),
        ("optimizer", "optimiser"),
        ("weightdecay", "weight_decay"),
        ("frac-train", "frac_train"),
        ("embeding", "embedding"),
    ],
)
def test_a_misspelt_key_is_told_with_the_right_one(key: str, known: str) -> None:
    assert unused_keys({"group": "Z5", key: 1, "colour": "blue"}) == {key: known}


@pytest.mark.parametrize("key", ["colour", "batch_size", "lab", "device", "epochs", "comment", "git"])
def test_a_key_of_the_users_own_is_no_misspelt_one(key: str) -> None:
    assert unused_keys({key: 1}) == {}


@pytest.mark.parametrize(
    "how",
    [
        {"t_end": 0.1},
        {"method": "adamw", "learning_rate": 0.1, "steps": 2, "frac_train": 0.5},
        {"softmax": "uniform", "t_end": 0.1},
    ],
)
def test_our_own_runs_have_no_unused_key(how: dict[str, object]) -> None:
    run = simulate(Network("Z5", neurons=2), snapshots=2, **how)  # type: ignore[arg-type]
    assert unused_keys(run.file_meta()) == {}


@pytest.mark.reference
def test_no_run_of_the_reference_has_one(reference: Path) -> None:
    for path in reference.glob("*.npz"):
        with np.load(path, allow_pickle=False) as archive:
            meta = json.loads(str(archive["meta"])) if "meta" in archive.files else {}
        assert unused_keys(meta) == {}, path.name
