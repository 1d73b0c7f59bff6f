"""single-frequency: what leaks falls with the cube of the scale, and z^4 leaks where it is derived to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from odekit.claims import Verdict, verify
from odekit.claims.experiments.modes import quartic_gradient as leaks
from odekit.claims.modular_addition import single_frequency
from odekit.groups import FiniteGroup
from odekit.networks import Network
from odekit.simulation import simulate

ID = "single-frequency"
Verify = Callable[..., Verdict]


@pytest.mark.parametrize("seed", [0, pytest.param(88, marks=pytest.mark.long)])
def test_the_claim_is_confirmed_and_its_control_refuted(
    verdict: Verify, is_sound: Callable[[Verdict], bool], seed: int
) -> None:
    assert is_sound(verdict(ID, seed))


@pytest.mark.slow
def test_the_quartic_leaks_are_measured_where_they_are_derived(verdict: Verify) -> None:
    evidence = verdict(ID, 0).evidence
    measured = evidence["leaks of z^4, measured"]
    assert measured == evidence["leaks of z^4, derived"]
    assert measured["1"] == {"theta": ("2", "3"), "xi": ("2",)}
    # On Z11, 2k and 3k of k = 4 are 8 = -3 and 12 = 1.
    assert measured["4"] == {"theta": ("1", "3"), "xi": ("3",)}


@pytest.mark.long
@pytest.mark.parametrize("group", ["Z5", "Z9", "Z12", "Z3xZ5"])
def test_it_holds_on_other_groups(verdict: Verify, is_sound: Callable[[Verdict], bool], group: str) -> None:
    assert is_sound(verdict(ID, 1, group))


@pytest.mark.slow
def test_a_network_that_leaks_is_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    def leaking(network, **options):
        activation = "z**2 + z**4/100" if network.activation_name == "quadratic" else network.activation_name
        changed = Network(
            network.group, neurons=network.neurons, activation=activation, logit_scale=network.logit_scale
        )
        return simulate(changed, **options)

    monkeypatch.setattr(single_frequency, "simulate", leaking)
    found = anew(ID)
    assert found.outcome == "refuted"
    assert "nothing leaks at uniform softmax" in found.text


@pytest.mark.slow
def test_leaks_derived_at_the_wrong_multiple_are_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = leaks._multiples
    monkeypatch.setattr(leaks, "_multiples", lambda group, place, found: right(group, place, found[:1]))
    assert anew(ID).outcome == "refuted"


def test_other_groups_are_not_applicable(foreign_group: str | FiniteGroup) -> None:
    assert verify(ID, group=foreign_group).verdicts[0].outcome == "not_applicable"
