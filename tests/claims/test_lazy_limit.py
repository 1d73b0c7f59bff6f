"""lazy-limit: the linear ODE of large outputs, and how training leaves it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import sympy as sp

from odekit.claims import Verdict
from odekit.claims.experiments import quadratic_features
from odekit.claims.lazy_to_rich import lazy_limit
from odekit.groups import group

Verify = Callable[..., Verdict]
Sound = Callable[[Verdict], bool]


@pytest.mark.slow
def test_the_claim_is_confirmed_and_its_control_refuted(verdict: Verify, is_sound: Sound) -> None:
    assert is_sound(verdict("lazy-limit", 0))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_it_is_confirmed_over_ten_seeds(verdict: Verify, is_sound: Sound, seed: int) -> None:
    assert is_sound(verdict("lazy-limit", seed))


def test_the_limit_is_the_kernels_linear_flow_by_hand() -> None:
    names = "x1 x2 y eps u10 u20 M110 M120 M220 U1 U2 V11 V12 V22"
    x1, x2, y, eps, u1, u2, m11, m12, m22, U1, U2, V11, V12, V22 = sp.symbols(names, real=True)
    x, u, U = sp.Matrix([x1, x2]), sp.Matrix([u1, u2]), sp.Matrix([U1, U2])
    M, V = sp.Matrix([[m11, m12], [m12, m22]]), sp.Matrix([[V11, V12], [V12, V22]])
    missing = y - (U.T * x)[0] - eps / 2 * (x.T * V * x)[0]
    mean = missing * (x + eps * x * (x.T * u)[0])
    second = missing * (x * u.T + u * x.T + eps * (x * x.T * M + M * x * x.T))
    expected = {"U1": mean[0], "U2": mean[1], "V11": second[0, 0], "V12": second[0, 1], "V22": second[1, 1]}
    for name, rate in lazy_limit._limit().items():
        assert sp.expand(rate - expected[name]) == 0


@pytest.mark.slow
def test_outputs_of_the_limit_of_linear_features_stay_apart(verdict: Verify) -> None:
    for slopes in verdict("lazy-limit").evidence["slopes from linear features"]:
        assert abs(slopes[-1]) < 0.1


def test_a_limit_at_another_start_is_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lazy_limit, "SETS", 1)
    found = lazy_limit.moments
    monkeypatch.setattr(
        lazy_limit, "moments", lambda weights: {k: 1.01 * v for k, v in found(weights).items()}
    )
    assert anew("lazy-limit").outcome == "refuted"


def test_a_training_that_is_too_fast_is_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    train = quadratic_features.train_quadratic

    def wrong(start: np.ndarray, inputs: np.ndarray, labels: np.ndarray, t: np.ndarray, **others: object):
        return train(start, inputs, labels, 1.01 * t, **others)

    monkeypatch.setattr(quadratic_features, "train_quadratic", wrong)
    monkeypatch.setattr(lazy_limit, "SETS", 1)
    assert anew("lazy-limit").outcome == "refuted"


def test_it_is_about_no_group() -> None:
    assert not lazy_limit.CLAIM.applies(group("Z23"))
