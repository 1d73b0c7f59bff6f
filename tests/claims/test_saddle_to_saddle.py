"""saddle-to-saddle: how long deep linear networks wait at each rank, against quadratures."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import elliprf

import odekit
from odekit.claims import Verdict
from odekit.claims.linear_networks import saddle_to_saddle
from odekit.groups import group
from odekit.simulation import train_linear

Verify = Callable[..., Verdict]
Sound = Callable[[Verdict], bool]


@pytest.mark.slow
def test_the_claim_is_confirmed_and_its_control_refuted(verdict: Verify, is_sound: Sound) -> None:
    assert is_sound(verdict("saddle-to-saddle"))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_the_claim_is_confirmed_over_seeds(verdict: Verify, is_sound: Sound, seed: int) -> None:
    assert is_sound(verdict("saddle-to-saddle", seed))


def test_the_escape_of_three_layers_is_carlsons_integral() -> None:
    factors = np.array([0.02, 0.03, 0.05])
    mode = saddle_to_saddle._Mode(1.3, factors)
    assert np.isclose(mode.escape, elliprf(*factors**2), rtol=1e-10)


def test_two_equal_layers_take_the_sigmoids_time() -> None:
    s, a = 1.3, 0.05
    mode = saddle_to_saddle._Mode(s, np.array([a, a]))
    assert np.isclose(mode.time(0.5), np.log((s - a**2) / a**2) / (2 * s), rtol=1e-10)


def test_the_lead_of_equal_layers_is_the_limit_of_their_times() -> None:
    a = 1e-3
    lead = 1 / a - saddle_to_saddle._Mode(1.0, np.full(3, a)).time(0.5)  # R_F(a^2, a^2, a^2) = 1/a
    assert np.isclose(lead, saddle_to_saddle._lead(3), atol=1e-5)  # corrections of order a^2


@pytest.mark.parametrize(("stronger", "rate"), [(1.3, 0.3), (0.8, -0.2)])
def test_a_learnt_mode_turns_towards_one_that_is_stronger(stronger: float, rate: float) -> None:
    """At the saddle where a mode of strength 1 is learnt, its rotations move at ``s - 1``, of any depth."""
    layers = [np.diag([0.0, 1.0]) for _ in range(4)]
    layers[-1][0, 1] = layers[0][1, 0] = 1e-8
    path = train_linear(layers, np.diag([stronger, 1.0]), np.array([0.0, 10.0]), rtol=1e-12)
    assert np.log(path[-1][-1][0, 1] / 1e-8) / 10 == pytest.approx(rate, rel=1e-6)


@pytest.mark.slow
def test_stronger_modes_are_learnt_first(verdict: Verify) -> None:
    """Where weaker ones came first a run would end the rest by rounding, as this seed's once did."""
    assert verdict("saddle-to-saddle", 3085558435842942).outcome == "confirmed"


@pytest.mark.slow
def test_a_reduced_equation_with_a_wrong_factor_is_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = saddle_to_saddle._velocity
    monkeypatch.setattr(
        saddle_to_saddle, "_velocity", lambda depth: lambda *given: 1.001 * right(depth)(*given)
    )
    assert anew("saddle-to-saddle").outcome == "refuted"


@pytest.mark.slow
def test_a_training_from_another_start_is_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    trained = saddle_to_saddle.trained

    def shrunk(problem: object, start: list[np.ndarray], *rest: object) -> object:
        return trained(problem, [1.001 * start[0], *start[1:]], *rest)

    monkeypatch.setattr(saddle_to_saddle, "trained", shrunk)
    assert anew("saddle-to-saddle").outcome == "refuted"


def test_the_flow_of_equal_layers_is_the_known_one() -> None:
    flow = odekit.gradient_flow("(s - a*b*c)**2/2", "a b c", parameters="s")
    equal = odekit.reduce(flow, dict.fromkeys("abc", "y")).function()
    y, s = np.array([0.3, 0.7]), 1.3
    sheet = saddle_to_saddle._velocity(3)(0.0, [y**2], [s, 0.0, 0.0])[0]
    np.testing.assert_allclose(sheet, 2 * y * equal(0.0, [y], [s])[0], rtol=1e-12)
    np.testing.assert_allclose(equal(0.0, [y], [s])[0], y**2 * (s - y**3), rtol=1e-12)


def test_it_is_about_no_group() -> None:
    assert not saddle_to_saddle.CLAIM.applies(group("Z23"))
