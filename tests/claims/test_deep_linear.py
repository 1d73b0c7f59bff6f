"""deep-linear: singular modes of linear networks against their reduced equations."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from odekit.claims import Verdict
from odekit.claims.experiments.singular_modes import decoupled_start, draw_problem
from odekit.claims.linear_networks import deep_linear
from odekit.groups import group
from odekit.simulation import end_to_end, train_linear
from odekit.systems import gradient_flow

Verify = Callable[..., Verdict]
Sound = Callable[[Verdict], bool]


@pytest.mark.parametrize("seed", [0, pytest.param(7, marks=pytest.mark.long)])
def test_the_claim_is_confirmed_and_its_control_refuted(verdict: Verify, is_sound: Sound, seed: int) -> None:
    assert is_sound(verdict("deep-linear", seed))


@pytest.mark.slow
def test_random_starts_come_closer_to_the_predicted_times(verdict: Verify) -> None:
    by_scale = verdict("deep-linear").evidence[
        "rise times of random starts, largest relative difference by scale"
    ]
    assert list(by_scale.values()) == sorted(by_scale.values(), reverse=True)


@pytest.mark.slow
def test_a_reduced_equation_with_a_wrong_factor_is_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(count: int) -> object:
        names = "abc"[:count]
        return gradient_flow(f"1.01*(s - {'*'.join(names)})**2/2", " ".join(names), parameters="s")

    monkeypatch.setattr(deep_linear, "_layers", wrong)
    assert anew("deep-linear").outcome == "refuted"


def test_the_sigmoid_is_the_flow_of_equal_factors_and_no_other_is() -> None:
    assert deep_linear._is_of_equal_factors(deep_linear._sigmoid())
    other = gradient_flow("(s - u)**2/2", "u", metric={"u": "1/(2.02*abs(u))"}, parameters="s")
    assert not deep_linear._is_of_equal_factors(other)


@pytest.mark.slow
def test_a_training_that_decays_is_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    trained = deep_linear.trained

    def shrunk(problem: object, start: list[np.ndarray], *rest: object) -> object:
        return trained(problem, [1.001 * start[0], *start[1:]], *rest)

    monkeypatch.setattr(deep_linear, "trained", shrunk)
    assert anew("deep-linear").outcome == "refuted"


def test_it_is_about_no_group() -> None:
    assert not deep_linear.CLAIM.applies(group("Z23"))


def test_the_trainer_descends_its_loss_to_the_target() -> None:
    generator = np.random.default_rng(1)
    problem = draw_problem(generator, 4, 3, np.array([2.0, 1.0]))
    start = decoupled_start(problem, generator, np.full((3, 2), 0.6), 5)
    weights = train_linear(start, problem.target, np.array([0.0, 30.0]))
    np.testing.assert_allclose(end_to_end(weights)[-1], problem.target, atol=1e-8)
