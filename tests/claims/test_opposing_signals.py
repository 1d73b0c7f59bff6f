"""opposing-signals: the step at which outliers turn unstable, by descent and by the modified equation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import sympy as sp

from odekit.claims import Verdict
from odekit.claims.experiments import draw_outliers
from odekit.claims.opposing_signals import opposing_signals
from odekit.groups import group

Verify = Callable[..., Verdict]
Sound = Callable[[Verdict], bool]


@pytest.mark.slow
def test_the_claim_is_confirmed_and_its_control_refuted(verdict: Verify, is_sound: Sound) -> None:
    assert is_sound(verdict("opposing-signals"))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_the_claim_is_confirmed_over_seeds(verdict: Verify, is_sound: Sound, seed: int) -> None:
    assert is_sound(verdict("opposing-signals", seed))


def test_the_flow_is_that_of_a_signal_and_a_feature_without_mean() -> None:
    toy = opposing_signals._toy()
    b, c, d, beta, k = (toy[name] for name in ("b", "c", "d", "beta", "k"))
    loss = (beta - b * c) ** 2 / 2 + k * c**2 * d**2 / 2
    for state, velocity in zip(toy.states, toy.vector_field, strict=True):
        assert sp.expand(velocity + loss.diff(state)) == 0


@pytest.mark.slow
def test_the_critical_step_is_that_of_a_scalar_descent(verdict: Verify) -> None:
    settings = opposing_signals.Settings(seed=0)
    generator = settings.generator("opposing-signals")
    ranges = (opposing_signals.LABEL, opposing_signals.FIRST, opposing_signals.SECOND)
    label, b, c = (generator.uniform(*ends) for ends in ranges)
    evidence = verdict("opposing-signals").evidence
    eta, k = evidence["critical steps"][0], evidence["curvatures of the feature"][0]
    for _ in range(2000):
        missing = label - b * c
        b, c = b + eta * c * missing, c + eta * b * missing
    assert np.isclose(eta * k * c**2, 2.0, rtol=1e-8)


def test_outliers_share_the_feature_and_have_both_labels() -> None:
    data = draw_outliers(np.random.default_rng(2), np.array([9.0]), 1.0, 0.2, 0.7, (4, 3))
    along = data.inputs[0] @ data.feature
    assert np.isclose((along**2).mean(), 9.0)
    assert np.isclose(along @ data.targets[0], 0.0)
    assert set(np.sign(data.targets[0][along > 1])) == {1.0, -1.0}
    assert np.isclose(((data.inputs[0] @ data.signal) ** 2).mean(), 1.0)


@pytest.mark.slow
def test_a_flow_with_a_wrong_factor_is_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    right = opposing_signals._curvatures
    monkeypatch.setattr(opposing_signals, "_curvatures", lambda c: 1.001 * right(c))
    assert anew("opposing-signals").outcome == "refuted"


@pytest.mark.slow
def test_a_descent_that_starts_elsewhere_is_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = opposing_signals.draw_outliers

    def shifted(generator: object, curvatures: object, label: float, first: float, *rest: object) -> object:
        return draw(generator, curvatures, label, 1.01 * first, *rest)

    monkeypatch.setattr(opposing_signals, "draw_outliers", shifted)
    assert anew("opposing-signals").outcome == "refuted"


def test_it_is_about_no_group() -> None:
    assert not opposing_signals.CLAIM.applies(group("Z23"))
