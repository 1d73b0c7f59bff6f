"""decoupling: a third-order distance between the full flow and that of independent neurons."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from odekit.claims import Verdict, verify
from odekit.claims.modular_addition import decoupling
from odekit.comparison import ReducedFlow
from odekit.groups import FiniteGroup

ID = "decoupling"
Verify = Callable[..., Verdict]


@pytest.mark.parametrize("seed", [0, pytest.param(21, marks=pytest.mark.long)])
def test_the_claim_is_confirmed_and_its_control_refuted(
    verdict: Verify, is_sound: Callable[[Verdict], bool], seed: int
) -> None:
    assert is_sound(verdict(ID, seed))


@pytest.mark.slow
def test_the_last_slopes_are_three_within_a_hundredth(verdict: Verify) -> None:
    # The claim's own acceptance; the correction falls by 8 with each halving of the scale.
    slopes = verdict(ID, 0).evidence["slopes"]
    assert np.abs(slopes[:, -2:] - 3).max() < 0.01
    ratios = (3 - slopes[:, 0]) / (3 - slopes[:, 1])
    assert np.allclose(ratios, 8, rtol=0.2)


@pytest.mark.slow
@pytest.mark.parametrize("group", ["Z12", "Z3xZ5"])
def test_it_holds_at_even_order_and_in_another_numbering(
    verdict: Verify, is_sound: Callable[[Verdict], bool], group: str
) -> None:
    assert is_sound(verdict(ID, 1, group))


class FasterFlow(ReducedFlow):
    """A derivation that is wrong by 1 % in the rate."""

    def __init__(self, network):
        super().__init__(network)
        self.rate *= 1.01


def test_a_rate_off_by_one_percent_is_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoupling, "ReducedFlow", FasterFlow)
    assert anew(ID).outcome == "refuted"


@pytest.mark.slow
def test_a_control_that_is_true_makes_the_claim_inconclusive(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoupling, "WRONG_SPEED", 1.0)
    found = anew(ID)
    assert found.control.outcome == "confirmed"
    assert found.outcome == "inconclusive"


def test_other_groups_are_not_applicable(foreign_group: str | FiniteGroup) -> None:
    assert verify(ID, group=foreign_group).verdicts[0].outcome == "not_applicable"
