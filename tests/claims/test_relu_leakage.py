"""relu-leakage: harmonics of the gradient and of the settled shape; the printed 1/9 and 1/25 are refuted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from odekit.claims import Verdict, verify
from odekit.claims.modular_addition import relu_leakage
from odekit.derivation.harmonics.kinked_response import degree_one_leakage

ID = "relu-leakage"
Verify = Callable[..., Verdict]


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 5))])
def test_the_claim_is_confirmed_and_its_control_refuted(
    verdict: Verify, is_sound: Callable[[Verdict], bool], seed: int
) -> None:
    assert is_sound(verdict(ID, seed))


@pytest.mark.slow
def test_the_printed_sizes_are_judged_by_every_reading(verdict: Verify) -> None:
    found = verdict(ID, 0)
    assert "1/9 and 1/25" in found.control.statement
    assert found.control.outcome == "refuted"
    assert found.evidence["its distance"] > 0.02
    assert set(found.evidence["harmonics 3 and 5 by reading"]) >= {"xi", "theta at D = 0", "the settled xi"}


@pytest.mark.slow
def test_the_settled_shape_has_its_known_sizes(verdict: Verify) -> None:
    found = verdict(ID, 0).measured
    assert found["3k of the settled theta"] == pytest.approx(0.270, abs=5e-3)
    assert found["2k of the settled xi"] == pytest.approx(0.048, abs=2e-3)
    assert found["3k of the settled xi"] == pytest.approx(0.081, abs=2e-3)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["xi", "aligned", "quarter"])
def test_a_formula_off_by_five_percent_is_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    right = degree_one_leakage()
    wrong = replace(right, **{kind: getattr(right, kind) * 1.05})
    monkeypatch.setattr(relu_leakage, "degree_one_leakage", lambda: wrong)
    assert anew(ID).outcome == "refuted"


@pytest.mark.slow
def test_it_holds_on_another_group_in_any_numbering(
    verdict: Verify, is_sound: Callable[[Verdict], bool]
) -> None:
    assert is_sound(verdict(ID, 1, "Z3xZ5"))


@pytest.mark.parametrize("group", ["Z12", "Z9", "Z2xZ2"])
def test_other_groups_are_not_applicable(group: str) -> None:
    assert verify(ID, group=group).verdicts[0].outcome == "not_applicable"
