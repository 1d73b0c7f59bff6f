"""dominance-time: inverse to the scale, and below the winner's blow-up time at every order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from odekit.claims import Verdict, verify
from odekit.claims.experiments.modes import dominance_by_order
from odekit.claims.modular_addition import dominance_time
from odekit.comparison import predict
from odekit.groups import FiniteGroup
from odekit.simulation import Run, simulate

ID = "dominance-time"
Verify = Callable[..., Verdict]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 77])
def test_the_claim_is_confirmed_and_its_control_refuted(
    verdict: Verify, is_sound: Callable[[Verdict], bool], seed: int
) -> None:
    assert is_sound(verdict(ID, seed))


@pytest.mark.slow
def test_the_time_lies_below_the_blow_up_time_without_a_logarithm(verdict: Verify) -> None:
    evidence = verdict(ID, 0).evidence
    lead = evidence["median of p * scale * time of dominance"]
    blow_up = evidence["median of p * scale * winner's blow-up time"]
    assert list(lead) == ["5", "11", "23", "101", "401"]
    assert all(lead[p] < blow_up[p] for p in lead)
    # The aligned blow-up time from equal magnitudes is R_F of its cubic's roots: .6232.
    assert blow_up["401"] == pytest.approx(0.6232, rel=1e-3)


@pytest.mark.long
@pytest.mark.parametrize("group", ["Z7", pytest.param("Z3xZ5", marks=pytest.mark.long)])
def test_it_holds_on_other_groups(verdict: Verify, is_sound: Callable[[Verdict], bool], group: str) -> None:
    assert is_sound(verdict(ID, 1, group))


def _late(start):
    prediction = predict(start)
    return replace(prediction, times=1.01 * prediction.times)


@pytest.mark.slow
def test_a_blow_up_time_off_by_one_percent_is_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    from odekit.claims.experiments.modes import networks as experiments

    monkeypatch.setattr(dominance_by_order, "predict", _late)
    monkeypatch.setattr(experiments, "predict", _late)
    found = anew(ID)
    assert found.outcome == "refuted"
    assert "trained networks" in found.text


@pytest.mark.long
def test_a_rate_off_by_one_percent_is_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    right = dominance_by_order.elliptic_rate
    monkeypatch.setattr(dominance_by_order, "elliptic_rate", lambda network: 1.01 * right(network))
    assert anew(ID).outcome == "refuted"


@pytest.mark.slow
def test_times_that_do_not_fall_with_the_scale_are_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slower(network, **options):
        run = simulate(network, **options)
        size = np.abs(run.weights["theta"][0]).mean()
        return Run(run.t * size**0.05, run.weights, network, records=run.records)

    monkeypatch.setattr(dominance_time, "simulate", slower)
    assert anew(ID).outcome == "refuted"


@pytest.mark.parametrize("group", ["Z12", "Z16"])
def test_an_even_order_is_not_applicable(group: str) -> None:
    assert verify(ID, group=group).verdicts[0].outcome == "not_applicable"


def test_other_groups_are_not_applicable(foreign_group: str | FiniteGroup) -> None:
    assert verify(ID, group=foreign_group).verdicts[0].outcome == "not_applicable"
