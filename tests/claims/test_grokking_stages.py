"""grokking-stages: its verdict on made-up curves, and a training cut short. The claim takes minutes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from odekit.claims import Verdict, verify
from odekit.claims.modular_addition import grokking_stages
from odekit.comparison import Progress
from odekit.groups import cyclic, group

FloatArray = NDArray[np.float64]

STEPS = np.arange(0, 20_001, 100, dtype=float)


def rise(middle: float, width: float, low: float = 0.0, high: float = 1.0) -> FloatArray:
    return np.asarray(low + (high - low) / (1 + np.exp(-(STEPS - middle) / width)))


def curves() -> Progress:
    """A training as the claim tells it."""
    loss = 3.1 + rise(300, 100, 0, 0.4) - rise(4000, 1500, 0, 3.0)
    accuracy = {"seen": rise(500, 200), "mirror seen": rise(1200, 80), "unseen": rise(8000, 600, 0.0, 0.8)}
    return Progress(
        t=1e-4 * STEPS,
        steps=STEPS,
        train_loss=rise(1000, 300, 3.1, 0.0),
        test_loss=loss,
        train_acc=accuracy["seen"],
        test_acc=0.7 * accuracy["mirror seen"] + 0.3 * accuracy["unseen"],
        accuracy=accuracy,
        sin_D=rise(500, 150, 0.65, 0.06),
        ipr=rise(3000, 700, 0.17, 0.77),
        norm=15 * np.exp(1.5e-5 * STEPS),
    )


def without_decay() -> Progress:
    told = curves()
    return replace(told, accuracy={**told.accuracy, "unseen": np.zeros_like(STEPS)})


def judged(progress: Progress, monkeypatch: pytest.MonkeyPatch, without: Progress | None = None) -> Verdict:
    without = without or without_decay()

    def trained(group: object, seed: int, weight_decay: float = 2.0, steps: int = 20_000) -> Progress:
        return progress if weight_decay else without

    monkeypatch.setattr(grokking_stages, "_trained", trained)
    return verify("grokking-stages", full=True).verdicts[0]


def test_a_training_as_told_is_confirmed_and_the_shrinking_norm_refuted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = judged(curves(), monkeypatch)
    assert found.outcome == "confirmed", found.text
    assert found.control is not None
    assert found.control.outcome == "refuted"
    assert found.evidence["change of log norm a step"]["mean"] == pytest.approx(1.5e-5)
    assert found.to_json()["evidence"]["final values"]["acc_unseen"] == pytest.approx(0.8, abs=1e-3)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"sin_D": rise(5000, 150, 0.65, 0.06)}, "every lag exceeds the spacing"),
        ({"ipr": rise(500, 100, 0.17, 0.77)}, "every lag exceeds the spacing"),
        ({"ipr": rise(3000, 700, 0.17, 0.4)}, "the spectra end sparse"),
        ({"test_loss": rise(4000, 1500, 3.4, 2.0)}, "the test loss falls below half its peak"),
        ({"test_acc": rise(1200, 80, 0.0, 0.7)}, "both stages end"),
    ],
)
def test_a_training_that_goes_otherwise_is_refuted(
    wrong: dict[str, FloatArray], complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = judged(replace(curves(), **wrong), monkeypatch)
    assert found.outcome == "refuted"
    assert complaint in found.text


def test_unseen_pairs_that_come_with_their_mirror_images_refute_it(monkeypatch: pytest.MonkeyPatch) -> None:
    told = curves()
    accuracy = {**told.accuracy, "unseen": told.accuracy["seen"]}
    found = judged(replace(told, accuracy=accuracy), monkeypatch)
    assert found.outcome == "refuted"
    assert "hardly an unseen pair" in found.text


def test_a_norm_that_does_shrink_as_printed_leaves_the_claim_open(monkeypatch: pytest.MonkeyPatch) -> None:
    found = judged(replace(curves(), norm=15 * np.exp(-2e-4 * STEPS)), monkeypatch)
    assert found.outcome == "inconclusive"
    assert found.control is not None
    assert found.control.outcome == "confirmed"


def test_unseen_pairs_that_come_right_without_decay_refute_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found = judged(curves(), monkeypatch, without=curves())
    assert found.outcome == "refuted"
    assert "without decay" in found.text


def test_a_training_cut_short_is_not_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    trained = grokking_stages._trained
    monkeypatch.setattr(
        grokking_stages, "_trained", lambda group, seed, decay=2.0, steps=0: trained(group, seed, decay, 300)
    )
    monkeypatch.setattr(grokking_stages, "NEURONS", 32)
    found = verify("grokking-stages", full=True).verdicts[0]
    assert found.outcome == "refuted"
    assert "both stages end" in found.text


def test_it_is_about_the_protocols_own_order() -> None:
    assert grokking_stages.CLAIM.applies(cyclic(23))
    assert not any(grokking_stages.CLAIM.applies(group(name)) for name in ("Z22", "Z31", "S3"))
