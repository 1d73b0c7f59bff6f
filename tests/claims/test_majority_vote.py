"""majority-vote: a peak and two half-sized ghosts, exactly, for 3 or at least 5 phases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from odekit.claims import Verdict, verify
from odekit.claims.modular_addition import majority_vote
from odekit.derivation.population import population_logits
from odekit.groups import FiniteGroup

ID = "majority-vote"
Verify = Callable[..., Verdict]


@pytest.mark.parametrize("seed", [0, pytest.param(5, marks=pytest.mark.long)])
def test_the_claim_is_confirmed_and_its_control_refuted(
    verdict: Verify, is_sound: Callable[[Verdict], bool], seed: int
) -> None:
    assert is_sound(verdict(ID, seed))


@pytest.mark.slow
def test_the_ghosts_are_half_the_right_peak(verdict: Verify) -> None:
    assert verdict(ID, 0).measured["ghost peak / right peak"] == pytest.approx(0.5, abs=1e-12)


@pytest.mark.slow
def test_one_two_and_four_phases_fail_by_far(verdict: Verify) -> None:
    errors = verdict(ID, 0).evidence["relative error by number of phases"]
    assert {count for count, error in errors.items() if error > 0.5} == {"1", "2", "4"}
    assert {count for count, error in errors.items() if error < 1e-12} == {"3", "5", "7"}


@pytest.mark.slow
def test_the_softmax_bound_says_something(verdict: Verify) -> None:
    evidence = verdict(ID, 0).evidence
    for count, bound in evidence["its bound"].items():
        assert 0 < bound < evidence["smallest softmax at the right answer"][count] < 1


@pytest.mark.slow
def test_training_leaves_the_form_before_the_blow_up(verdict: Verify) -> None:
    assert 0.5 < verdict(ID, 0).evidence["training leaves the form (1 %) at time / blow-up time"] < 1


@pytest.mark.slow
def test_the_verdict_says_that_subtraction_cannot_be_learned(verdict: Verify) -> None:
    found = verdict(ID, 0)
    assert "Subtraction with a shared embedding can't be learned" in found.text
    assert found.evidence["largest possible accuracy of x-y on Z7, shared embedding"] == 4 / 7


@pytest.mark.slow
@pytest.mark.parametrize("group", ["Z5", "Z9", "Z3xZ5"])
def test_it_holds_on_other_groups_in_any_numbering(
    verdict: Verify, is_sound: Callable[[Verdict], bool], group: str
) -> None:
    assert is_sound(verdict(ID, 1, group))


@pytest.mark.parametrize("which", [0, 1])
def test_a_wave_off_by_one_percent_is_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch, which: int
) -> None:
    def taller(network):
        waves = list(population_logits(network))
        waves[which] = replace(waves[which], height=waves[which].height * 1.01)
        return tuple(waves)

    monkeypatch.setattr(majority_vote, "population_logits", taller)
    assert anew(ID).outcome == "refuted"


def test_too_few_phases_are_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(majority_vote, "ENOUGH", (4, 5, 7))
    assert anew(ID).outcome == "refuted"


def test_magnitudes_at_which_the_printed_scale_is_right_leave_it_inconclusive(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(majority_vote, "_magnitudes", lambda group, count, generator: (0.8, 0.8))
    found = anew(ID)
    assert found.control.outcome == "confirmed"
    assert found.outcome == "inconclusive"


@pytest.mark.parametrize("group", ["Z12", "Z16"])
def test_an_even_order_is_not_applicable(group: str) -> None:
    assert verify(ID, group=group).verdicts[0].outcome == "not_applicable"


def test_other_groups_are_not_applicable(foreign_group: str | FiniteGroup) -> None:
    assert verify(ID, group=foreign_group).verdicts[0].outcome == "not_applicable"
