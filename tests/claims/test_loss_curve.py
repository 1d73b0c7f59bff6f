"""loss-curve: trained networks against the falls of their losses, predicted from their first weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from odekit.claims import Verdict
from odekit.claims.beyond_uniform import loss_curve
from odekit.claims.beyond_uniform.loss_curve import CLAIM
from odekit.comparison import LearningCurve, predict
from odekit.groups import group
from odekit.simulation import Run

Verify = Callable[..., Verdict]
Sound = Callable[[Verdict], bool]


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 20))])
def test_the_claim_is_confirmed_and_its_control_refuted(verdict: Verify, is_sound: Sound, seed: int) -> None:
    assert is_sound(verdict("loss-curve", seed))


@pytest.mark.long
@pytest.mark.parametrize("name", ["Z7", "Z9"])
def test_it_holds_on_other_cyclic_groups(verdict: Verify, is_sound: Sound, name: str) -> None:
    assert is_sound(verdict("loss-curve", 3, name))


@pytest.mark.slow
def test_the_times_are_told_to_a_thousandth_and_uniform_softmax_errs_by_percents(verdict: Verify) -> None:
    found = verdict("loss-curve")
    assert max(map(abs, found.measured.values())) < 1e-3
    assert found.interval is not None
    assert all(abs(end) < 1e-3 for end in found.interval)
    uniform = found.evidence["relative errors at uniform softmax"]
    assert (abs(uniform[:, 0]) > 0.01).all()


def _late(run: Run, until: float) -> LearningCurve:
    curve = predict(run, until=until)
    return replace(curve, t=1.002 * curve.t)


@pytest.mark.slow
def test_times_that_are_two_thousandths_late_are_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loss_curve, "predict", _late)
    assert anew("loss-curve").outcome == "refuted"


def _of_the_flow(run: Run, until: float) -> LearningCurve:
    flow = Run(run.t, run.weights, run.network, meta={"optimiser": "gradient flow"})
    return predict(flow, until=until)


@pytest.mark.slow
def test_the_flow_without_the_finite_step_is_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loss_curve, "predict", _of_the_flow)
    assert anew("loss-curve").outcome == "refuted"


@pytest.mark.slow
def test_networks_that_do_not_learn_leave_it_open(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loss_curve, "STEPS", 0.5)
    assert anew("loss-curve").outcome == "inconclusive"


@pytest.mark.parametrize("name", ["Z8", "Z3", "S3"])
def test_it_is_about_cyclic_groups_of_odd_order(name: str) -> None:
    assert not CLAIM.applies(group(name))
