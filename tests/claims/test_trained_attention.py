"""trained-attention: stochastic descent of all weights against the averaged flow of the heads."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from odekit.claims import Verdict
from odekit.claims.in_context_attention import trained_attention
from odekit.derivation import AveragedLoss
from odekit.groups import group
from odekit.systems import System, gradient_flow

Verify = Callable[..., Verdict]
Sound = Callable[[Verdict], bool]
ID = "trained-attention"


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(0, marks=pytest.mark.slow),
        *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 10)),
    ],
)
def test_the_claim_is_confirmed_and_its_control_refuted(verdict: Verify, is_sound: Sound, seed: int) -> None:
    assert is_sound(verdict(ID, seed))


@pytest.mark.slow
def test_a_flow_without_the_labels_noise_is_outside_the_budget(verdict: Verify) -> None:
    found = verdict(ID)
    assert found.evidence["distance from the flow without the labels' noise"] > sum(found.budget.values())


@pytest.mark.slow
def test_a_descent_that_steps_too_far_is_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    descend = trained_attention.descend_attention

    def longer(*weights: object, learning_rate: float, **rest: object) -> object:
        return descend(*weights, learning_rate=1.5 * learning_rate, **rest)

    monkeypatch.setattr(trained_attention, "descend_attention", longer)
    assert anew(ID).outcome == "refuted"


@pytest.mark.slow
def test_weights_that_leave_the_pattern_are_not_confirmed(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    descend = trained_attention.descend_attention

    def off(*weights: object, **rest: object) -> object:
        found = descend(*weights, **rest)
        found.output[-1, 0, 0] += 0.1
        return found

    monkeypatch.setattr(trained_attention, "descend_attention", off)
    verdict = anew(ID)
    assert verdict.outcome != "confirmed"
    assert not all(verdict.evidence["checks"].values())


@pytest.mark.slow
def test_a_flow_of_key_query_weights_twice_as_fast_is_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faster(averaged: AveragedLoss, matrices: bool) -> System:
        metric = {"omega": "d/2"} if matrices else None
        weights = [averaged.mu, averaged.omega]
        return gradient_flow(averaged.loss, weights, metric, parameters=[*averaged.parameters])

    monkeypatch.setattr(trained_attention, "_flow", faster)
    assert anew(ID).outcome == "refuted"


@pytest.mark.long
def test_the_deviation_by_sampling_is_that_of_repeated_runs() -> None:
    """16 runs of few prompts know a standard deviation to some 18 %."""
    start = np.array([trained_attention.VALUES, trained_attention.KEYS])
    runs = [trained_attention._trained(start, np.random.default_rng(seed), 2) for seed in range(16)]
    flow = trained_attention._flow(trained_attention.averaged_loss(2), True)
    covariance = np.mean([run.covariance for run in runs], axis=0)
    _, expected = trained_attention._stepped(flow, start, covariance)
    found = np.std([run.heads[32] for run in runs], axis=0, ddof=1)
    np.testing.assert_allclose(found, expected[32], rtol=0.6)


def test_it_is_about_no_group() -> None:
    assert not trained_attention.CLAIM.applies(group("Z23"))
