"""moment-closure: quadratic features by the moments of their weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import sympy as sp

from odekit.claims import Verdict
from odekit.claims.experiments import quadratic_features
from odekit.claims.experiments.quadratic_features import moment_observables, sample_flow, sample_moments
from odekit.claims.lazy_to_rich import moment_closure
from odekit.groups import group
from odekit.systems import reduce

Verify = Callable[..., Verdict]
Sound = Callable[[Verdict], bool]


@pytest.mark.slow
def test_the_claim_is_confirmed_and_its_control_refuted(verdict: Verify, is_sound: Sound) -> None:
    assert is_sound(verdict("moment-closure", 0))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_it_is_confirmed_over_ten_seeds(verdict: Verify, is_sound: Sound, seed: int) -> None:
    assert is_sound(verdict("moment-closure", seed))


def test_the_derivation_gives_the_flow_of_the_moments_by_hand() -> None:
    flow = sample_moments()
    x1, x2, y, alpha, eps = flow.parameters
    u = sp.Matrix([flow["u1"], flow["u2"]])
    M = sp.Matrix([[flow["M11"], flow["M12"]], [flow["M12"], flow["M22"]]])
    x = sp.Matrix([x1, x2])
    missing = y - alpha * ((u.T * x)[0] + eps / 2 * (x.T * M * x)[0])
    q, R = alpha * missing * x, alpha * missing * x * x.T
    means, seconds = q + eps * R * u, q * u.T + u * q.T + eps * (R * M + M * R)
    expected = [means[0], means[1], seconds[0, 0], seconds[0, 1], seconds[1, 1]]
    for state, rate in zip(flow.states, expected, strict=True):
        assert sp.expand(flow.rhs[state] - rate) == 0


@pytest.mark.long
def test_the_moments_close_at_every_number_of_neurons() -> None:
    found = reduce(
        lambda N: sample_flow(N, dimension=1),
        observables=lambda N: moment_observables(N, dimension=1),
        sizes={"N": 2},
    )
    assert found.closed
    assert not any(rate.has(found.parameters[-1]) for rate in found.velocities.values())


@pytest.mark.slow
def test_a_flow_that_is_a_thousandth_faster_is_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    flow = sample_moments()
    rates = {state: sp.Rational(1001, 1000) * rate for state, rate in flow.velocities.items()}
    monkeypatch.setattr(moment_closure, "sample_moments", lambda: replace(flow, velocities=rates))
    monkeypatch.setattr(moment_closure, "SETS", 1)
    assert anew("moment-closure").outcome == "refuted"


def test_a_training_with_another_eps_is_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    train = quadratic_features.train_quadratic

    def wrong(*given: np.ndarray, eps: float, **others: object) -> np.ndarray:
        return train(*given, eps=1.001 * eps, **others)

    monkeypatch.setattr(quadratic_features, "train_quadratic", wrong)
    monkeypatch.setattr(moment_closure, "SETS", 1)
    assert anew("moment-closure").outcome == "refuted"


def test_it_is_about_no_group() -> None:
    assert not moment_closure.CLAIM.applies(group("Z23"))
