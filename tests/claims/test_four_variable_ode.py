"""four-variable-ode: every single-frequency neuron follows the derived ODE, and D not the printed one."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from odekit.claims import Verdict, verify
from odekit.claims.experiments.modes import phase_equation
from odekit.comparison import ReducedFlow
from odekit.groups import FiniteGroup
from odekit.text import unmarked

ID = "four-variable-ode"
Verify = Callable[..., Verdict]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 4])
def test_the_claim_is_confirmed_and_its_control_refuted(
    verdict: Verify, is_sound: Callable[[Verdict], bool], seed: int
) -> None:
    assert is_sound(verdict(ID, seed))


@pytest.mark.slow
def test_the_printed_equation_is_refuted_and_the_right_one_shown(verdict: Verify) -> None:
    control = verdict(ID, 0).control
    assert "4*beta^2 - alpha^2/beta" in control.statement
    assert unmarked(control.correction) == "D' = -p*(alpha^2 + 4*beta^2)*sin(D)/beta"


@pytest.mark.slow
def test_an_even_order_with_its_signed_mode_is_part_of_the_experiment(verdict: Verify) -> None:
    evidence = verdict(ID, 0).evidence
    assert evidence["groups"] == ["Z23", "Z12"]
    assert evidence["neurons at the signed mode n/2"] == {"Z23": 0, "Z12": 8}


@pytest.mark.slow
def test_the_experiment_notices_an_ode_that_is_one_percent_faster(verdict: Verify) -> None:
    assert verdict(ID, 0).evidence["the same ODE 1 % faster"] == "refuted"


@pytest.mark.long
@pytest.mark.parametrize("group", ["Z9", "Z3xZ5", "Z16"])
def test_it_holds_on_other_groups(verdict: Verify, is_sound: Callable[[Verdict], bool], group: str) -> None:
    assert is_sound(verdict(ID, 1, group))


class FasterFlow(ReducedFlow):
    """A derivation that is wrong by 1 % in the rate."""

    def __init__(self, network):
        super().__init__(network)
        self.rate *= 1.01


@pytest.mark.long
def test_a_rate_off_by_one_percent_is_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["odekit.comparison.compare_modes"], "ReducedFlow", FasterFlow)
    assert anew(ID).outcome == "refuted"


@pytest.mark.slow
def test_a_derived_equation_of_the_wrong_sign_is_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = phase_equation._derived

    def flipped(group):
        equation = right(group)
        return lambda alpha, beta, D: -equation(alpha, beta, D)

    monkeypatch.setattr(phase_equation, "_derived", flipped)
    found = anew(ID)
    assert found.outcome == "refuted"
    assert "D follows the derived D'" in found.text


@pytest.mark.slow
def test_a_printed_equation_that_is_right_makes_the_claim_inconclusive(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phase_equation, "PRINTED", "-p*(4*beta + alpha**2/beta)*sin(D)")
    found = anew(ID)
    assert found.control.outcome == "confirmed"
    assert found.outcome == "inconclusive"


def test_other_groups_are_not_applicable(foreign_group: str | FiniteGroup) -> None:
    assert verify(ID, group=foreign_group).verdicts[0].outcome == "not_applicable"
