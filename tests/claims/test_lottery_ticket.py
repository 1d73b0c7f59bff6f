"""lottery-ticket: the smallest blow-up time wins, exactly at uniform softmax and mostly in training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from odekit.claims import Verdict, verify
from odekit.claims.modular_addition import lottery_ticket
from odekit.comparison import predict, project
from odekit.groups import FiniteGroup
from odekit.solvers import blow_up_time

ID = "lottery-ticket"
Verify = Callable[..., Verdict]


@pytest.mark.parametrize("seed", [0, pytest.param(85, marks=pytest.mark.long)])
def test_the_claim_is_confirmed_and_its_control_refuted(
    verdict: Verify, is_sound: Callable[[Verdict], bool], seed: int
) -> None:
    assert is_sound(verdict(ID, seed))


@pytest.mark.slow
def test_the_interval_and_the_near_ties_are_shown(verdict: Verify) -> None:
    found = verdict(ID, 0)
    low, high = found.interval
    assert 0.85 < low <= found.measured["agreement in training, clear winners, no near-ties"] <= high <= 1
    described = found.evidence["training from random weights"]
    assert described["near-ties among misses"] > described["near-ties among hits"]
    assert described["power of the test if the smallest |D| decided"] > 0.99


@pytest.mark.slow
@pytest.mark.parametrize("group", ["Z5", "Z3xZ5"])
def test_it_holds_on_other_groups(verdict: Verify, is_sound: Callable[[Verdict], bool], group: str) -> None:
    assert is_sound(verdict(ID, 1, group))


def _with_winner(choose):
    def mutated(start):
        prediction = predict(start)
        times = choose(start, prediction)
        order = np.argsort(times, axis=1, kind="stable")
        return replace(prediction, winner=order[:, 0], runner_up=order[:, 1])

    return mutated


def _phases(start):
    modes = project(start).at(0)
    return 1 - np.cos(2 * modes.phi - modes.psi)


def _without_the_way_to_the_turning_point(start, prediction):
    modes = project(start).at(0)
    D = np.arccos(np.abs(np.cos(2 * modes.phi - modes.psi)))
    return blow_up_time(modes.alpha, modes.beta, D, 1.0)


@pytest.mark.slow
@pytest.mark.parametrize(
    "wrong",
    [
        lambda start, prediction: _phases(start),
        lambda start, prediction: -project(start).at(0).alpha,
        _without_the_way_to_the_turning_point,
    ],
    ids=["smallest phase", "largest amplitude", "no turning point"],
)
def test_another_formula_for_the_winner_is_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch, wrong: Callable[..., Any]
) -> None:
    monkeypatch.setattr(lottery_ticket, "predict", _with_winner(wrong))
    assert anew(ID).outcome == "refuted"


@pytest.mark.slow
def test_where_the_phase_does_decide_the_claim_is_inconclusive(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lottery_ticket, "STARTS", ("equal_magnitude", "equal_magnitude"))
    found = anew(ID)
    assert found.control.outcome == "confirmed"
    assert found.outcome == "inconclusive"


@pytest.mark.parametrize("group", ["Z12", "Z16"])
def test_an_even_order_is_not_applicable(group: str) -> None:
    assert verify(ID, group=group).verdicts[0].outcome == "not_applicable"


def test_other_groups_are_not_applicable(foreign_group: str | FiniteGroup) -> None:
    assert verify(ID, group=foreign_group).verdicts[0].outcome == "not_applicable"
