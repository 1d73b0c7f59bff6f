"""modified-equation: descent of a whole network against the derived modified equation."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from odekit.claims import Verdict
from odekit.claims.beyond_uniform import modified_equation
from odekit.claims.beyond_uniform.modified_equation import CLAIM
from odekit.derivation import derive
from odekit.groups import group
from odekit.networks import Network
from odekit.systems import System

Verify = Callable[..., Verdict]
Sound = Callable[[Verdict], bool]


@pytest.mark.parametrize("seed", [0, pytest.param(7, marks=pytest.mark.long)])
def test_the_claim_is_confirmed_and_its_control_refuted(verdict: Verify, is_sound: Sound, seed: int) -> None:
    assert is_sound(verdict("modified-equation", seed))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(30))
def test_it_is_so_for_thirty_seeds(verdict: Verify, is_sound: Sound, seed: int) -> None:
    assert is_sound(verdict("modified-equation", seed))


@pytest.mark.long
@pytest.mark.parametrize(
    "name", ["Z3xZ5", *(pytest.param(name, marks=pytest.mark.slow) for name in ("Z5", "Z9", "Z23"))]
)
def test_it_holds_on_other_cyclic_groups_of_odd_order(verdict: Verify, is_sound: Sound, name: str) -> None:
    assert is_sound(verdict("modified-equation", 3, name))


@pytest.mark.slow
def test_the_flow_is_an_order_behind(verdict: Verify) -> None:
    measured = list(verdict("modified-equation").measured.values())
    np.testing.assert_allclose(measured, [1, 2, 3], atol=0.02)


@pytest.mark.slow
def test_a_correction_that_is_one_percent_off_is_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = derive(Network("Zp")).form("cartesian")

    @cache
    def off(order: int) -> System:
        right = flow.modified("eta", order)
        field = {
            state: velocity + 0.01 * (velocity - flow.velocities[state])
            for state, velocity in right.velocities.items()
        }
        return System(field, right.answers, right.parameters)

    monkeypatch.setattr(modified_equation, "_modified", off)
    assert anew("modified-equation").outcome == "refuted"


@pytest.mark.slow
def test_a_descent_with_another_learning_rate_is_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulate = modified_equation.simulate

    def faster(network: Network, *, learning_rate: float, **how: object) -> object:
        return simulate(network, learning_rate=1.001 * learning_rate, **how)

    monkeypatch.setattr(modified_equation, "simulate", faster)
    assert anew("modified-equation").outcome == "refuted"


@pytest.mark.parametrize("name", ["Z8", "Z3", "S3"])
def test_it_is_about_cyclic_groups_of_odd_order(name: str) -> None:
    assert not CLAIM.applies(group(name))
