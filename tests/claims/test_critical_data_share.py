"""critical-data-share: how many neurons end at irreps on a share of the pairs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from odekit.claims import Verdict
from odekit.claims.feature_emergence import critical_data_share
from odekit.groups import group

Verify = Callable[..., Verdict]
Sound = Callable[[Verdict], bool]


@pytest.mark.slow
def test_the_claim_is_confirmed_and_its_control_refuted(verdict: Verify, is_sound: Sound) -> None:
    found = verdict("critical-data-share")
    assert is_sound(found)
    low, high = found.interval
    assert 0.4 < low < high < 0.8


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_the_claim_is_confirmed_over_seeds(verdict: Verify, is_sound: Sound, seed: int) -> None:
    assert is_sound(verdict("critical-data-share", seed))


def test_the_critical_share_lies_where_the_proportion_passes_a_half() -> None:
    counts = critical_data_share._Counts(13, 120, (0, 2, 20, 60, 90, 110, 120), (0,) * 7)
    assert counts.critical == (0.55, 0.65)
    none = critical_data_share._Counts(13, 120, (0,) * 7, (0,) * 7)
    assert none.critical == (0.9, 1.0)


@pytest.mark.slow
def test_neurons_that_never_generalise_are_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(critical_data_share, "AT_IRREP", 1.0)
    monkeypatch.setattr(critical_data_share, "STEPS", 2)
    monkeypatch.setattr(critical_data_share, "MOVING", np.inf)
    assert anew("critical-data-share").outcome == "refuted"


@pytest.mark.slow
def test_neurons_that_have_not_come_to_rest_leave_it_open(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(critical_data_share, "MOVING", 0.0)
    monkeypatch.setattr(critical_data_share, "STEPS", 60)
    assert anew("critical-data-share").outcome != "confirmed"


def test_it_is_about_its_own_groups() -> None:
    assert not critical_data_share.CLAIM.applies(group("Z23"))
