"""drop-time-law: the first drop over seeds comes as the smallest of M independent blow-up times."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from odekit.claims import Verdict, verify
from odekit.claims.beyond_uniform import drop_time_law
from odekit.claims.experiments.modes import first_blow_ups
from odekit.claims.statistics import SmallestOf
from odekit.groups import FiniteGroup
from odekit.solvers import blow_up_time

ID = "drop-time-law"
Verify = Callable[..., Verdict]


@pytest.fixture
def raced_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The simulated networks of one seed, raced once for all false laws of their times."""
    monkeypatch.setattr(drop_time_law, "first_blow_ups", lambda group, weights, rtol: _race(rtol))


@cache
def _race(rtol: float) -> Any:
    found = []

    def recorded(*given: Any) -> Any:
        found.append(first_blow_ups(*given))
        return found[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drop_time_law, "first_blow_ups", recorded)
        verify(ID)
    return found[0 if rtol == drop_time_law.RTOL else 1]


@pytest.mark.slow
def test_the_claim_is_confirmed_and_its_control_refuted(
    verdict: Verify, is_sound: Callable[[Verdict], bool]
) -> None:
    found = verdict(ID)
    assert is_sound(found)
    assert found.evidence["networks"] == 200
    assert found.evidence["power against times off by 10 %"] >= 0.99
    assert found.evidence["distance from the mean-field law"] > 0.9


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 61))
def test_it_is_confirmed_for_every_seed(is_sound: Callable[[Verdict], bool], seed: int) -> None:
    assert is_sound(verify(ID, seed=seed).verdicts[0])


@pytest.mark.long
@pytest.mark.parametrize("group", ["Z5", pytest.param("Z3xZ5", marks=pytest.mark.slow)])
def test_it_holds_on_other_groups(verdict: Verify, is_sound: Callable[[Verdict], bool], group: str) -> None:
    assert is_sound(verdict(ID, 85, group))


@pytest.mark.long
def test_it_holds_with_more_networks_and_neurons() -> None:
    full = verify(ID, full=True).verdicts[0]
    assert full.outcome == "confirmed"
    assert full.evidence["networks"] == 800
    assert sum(full.budget.values()) < 0.11


@pytest.mark.long
def test_all_times_are_inverse_to_the_scale(verdict: Verify) -> None:
    other = verify(ID, values={"scale": 0.1}).verdicts[0]
    assert list(other.measured.values()) == pytest.approx(list(verdict(ID).measured.values()), rel=1e-5)
    assert list(other.predicted.values()) == pytest.approx(list(verdict(ID).predicted.values()), rel=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize(
    "wrong",
    [
        lambda alpha, beta, D, rate: 1.1 * blow_up_time(alpha, beta, D, rate),
        lambda alpha, beta, D, rate: blow_up_time(alpha, beta, D, rate) / 1.1,
        lambda alpha, beta, D, rate: blow_up_time(alpha, beta, 0 * D, rate),
        lambda alpha, beta, D, rate: blow_up_time(alpha, alpha, D, rate),
    ],
    ids=["10 % late", "10 % early", "no phases", "balanced magnitudes"],
)
@pytest.mark.usefixtures("raced_once")
def test_another_law_of_one_neuron_is_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch, wrong: Callable[..., Any]
) -> None:
    monkeypatch.setattr(drop_time_law, "blow_up_time", wrong)
    assert anew(ID).outcome == "refuted"


@pytest.mark.long
@pytest.mark.parametrize("factor", [4, pytest.param(0.25, marks=pytest.mark.slow)])
@pytest.mark.usefixtures("raced_once")
def test_the_law_for_another_number_of_neurons_is_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch, factor: float
) -> None:
    monkeypatch.setattr(
        drop_time_law, "SmallestOf", lambda singles, count: SmallestOf(singles, int(factor * count))
    )
    assert anew(ID).outcome == "refuted"


@pytest.mark.slow
def test_networks_whose_neurons_are_not_independent_are_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    def alike(group, weights, rtol):
        fours = {name: np.repeat(values[:, ::4], 4, axis=1) for name, values in weights.items()}
        return first_blow_ups(group, fours, rtol)

    monkeypatch.setattr(drop_time_law, "first_blow_ups", alike)
    assert anew(ID).outcome == "refuted"


@pytest.mark.slow
@pytest.mark.usefixtures("raced_once")
def test_a_control_that_survives_leaves_the_claim_open(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drop_time_law._Networks, "acting_together", lambda found, t: found.law(t))
    found = anew(ID)
    assert found.control.outcome == "confirmed"
    assert found.outcome == "inconclusive"


@pytest.mark.slow
@pytest.mark.usefixtures("raced_once")
def test_a_law_from_too_few_neurons_leaves_the_claim_open(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drop_time_law, "SINGLES", 10_000)
    assert anew(ID).outcome == "inconclusive"


@pytest.mark.parametrize("group", ["Z12", "Z16"])
def test_an_even_order_is_not_applicable(group: str) -> None:
    assert verify(ID, group=group).verdicts[0].outcome == "not_applicable"


def test_other_groups_are_not_applicable(foreign_group: str | FiniteGroup) -> None:
    assert verify(ID, group=foreign_group).verdicts[0].outcome == "not_applicable"
