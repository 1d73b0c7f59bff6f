"""The rule of the stages, and the order of events, on the published grokking curves."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from odekit.claims.modular_addition.grokking_stages import HALF, IN_ORDER
from odekit.comparison import covered, find_stages, measure_progress
from odekit.networks import Network
from odekit.simulation import simulate

pytestmark = pytest.mark.reference


def published(reference: Path, name: str) -> dict[str, Any]:
    path = reference / "published_Z23" / name
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return dict(json.loads(text))


def test_the_rule_puts_the_stages_near_the_published_ones(reference: Path) -> None:
    curves = published(reference, "p023_grokk_acc.json")
    found = find_stages(curves["epochs"], curves["train_accs"], curves["test_accs"])
    # Accuracies are known every 200 steps; the published rule isn't, and 133 test pairs move in steps of 1 %.
    assert found.memorised == pytest.approx(curves["stage1_end"], rel=0.02)
    assert found.generalised == pytest.approx(curves["stage2_end"], rel=0.1)


def test_published_events_come_in_the_claims_order(reference: Path) -> None:
    curves = published(reference, "p023_grokk_acc.json")
    losses = published(reference, "p023_grokk_loss.json.gz")
    overview = published(reference, "p023_overview.json")
    stages = find_stages(curves["epochs"], curves["train_accs"], curves["test_accs"])
    at = {
        "test loss at its peak": float(np.argmax(losses["test_losses"])),
        "training pairs right": stages.memorised,
        "spectra sparse": covered(overview["grokk_epochs"], overview["grokk_ipr"], HALF),
        "test pairs right": stages.generalised,
    }
    lags = [at[late] - at[early] for early, late in IN_ORDER if {early, late} <= set(at)]
    assert len(lags) == 3
    assert min(lags) > 200


def test_a_start_of_ours_has_the_published_losses_and_participation_ratio(reference: Path) -> None:
    overview = published(reference, "p023_overview.json")
    run = simulate(
        Network("Z23", activation="relu"),
        scale=0.1,
        method="adamw",
        learning_rate=1e-4,
        weight_decay=2.0,
        frac_train=0.75,
        steps=1,
    )
    found = measure_progress(run)
    # 512 neurons: the ratio's deviation over neurons is 0.05, of its mean 0.002.
    assert found.ipr[0] == pytest.approx(overview["grokk_ipr"][0], abs=0.01)
    assert run.records["train_mask"].sum() == 396
    assert overview["grokk_ipr"][-1] > HALF
