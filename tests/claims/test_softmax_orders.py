"""Each cumulant of the logits takes three powers of the scale, and half of the variance is what counts."""

from __future__ import annotations

import numpy as np
import pytest

from odekit.claims import verify

CUMULANTS = (1, 2, 3)


@pytest.mark.slow
def test_the_orders_are_3_6_and_9() -> None:
    verdict = verify("softmax-orders", group="S3").verdicts[0]
    assert verdict.outcome == "confirmed"
    assert list(verdict.measured.values()) == pytest.approx([3.0, 6.0, 9.0], abs=0.05)
    assert verdict.control is not None
    assert verdict.control.outcome == "refuted"
    wrong = verdict.evidence["slopes without the factor 1/2"]
    assert np.asarray(wrong)[:, -1] == pytest.approx(3.0, abs=0.1)  # not yet the limit of small scales


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 11))])
def test_they_are_on_cyclic_and_other_groups(seed: int) -> None:
    verdict = verify("softmax-orders", seed=seed).verdicts[0]
    assert verdict.evidence["groups"] == ["Z11", "Z12", "S3"]
    assert verdict.outcome == "confirmed"
    for order in CUMULANTS:
        slopes = np.asarray(verdict.evidence[f"slopes at order {order}"])
        assert slopes[:, -1] == pytest.approx(3.0 * order, abs=0.3)
