"""lambda-balanced: two linear layers between rich and lazy against reduced equations and a closed form."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import sympy as sp

import odekit
from odekit.claims import Verdict
from odekit.claims.experiments import balanced_solution, balanced_start, layer_statistics
from odekit.claims.linear_networks import lambda_balanced
from odekit.groups import group

Verify = Callable[..., Verdict]
Sound = Callable[[Verdict], bool]


@pytest.mark.slow
def test_the_claim_is_confirmed_and_its_control_refuted(verdict: Verify, is_sound: Sound) -> None:
    assert is_sound(verdict("lambda-balanced"))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_the_claim_is_confirmed_over_seeds(verdict: Verify, is_sound: Sound, seed: int) -> None:
    assert is_sound(verdict("lambda-balanced", seed))


def test_the_reduced_equations_are_those_of_a_mode_on_its_hyperbola() -> None:
    u, q, s = sp.symbols("u q s", real=True)
    equations = {str(name): velocity for name, velocity in lambda_balanced._mode().equations.items()}
    for name, wanted in (("u", q * (s - u)), ("q", 4 * u * (s - u))):
        assert sp.expand(sp.sympify(str(equations[name])) - sp.sympify(str(wanted))) == 0
    (kept,) = lambda_balanced._mode().first_integrals()
    ratio = sp.sympify(str(kept)) / (sp.Symbol("q") ** 2 - 4 * sp.Symbol("u") ** 2)
    assert sp.simplify(ratio).is_number


@pytest.mark.slow
def test_a_reduced_equation_with_a_wrong_factor_is_refuted(
    anew: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong() -> object:
        flow = odekit.gradient_flow("1.001*(s - a*b)**2/2", "a b", parameters="s")
        return odekit.reduce(flow, observables={"u": "a*b", "q": "a**2 + b**2"})

    monkeypatch.setattr(lambda_balanced, "_mode", wrong)
    assert anew("lambda-balanced").outcome == "refuted"


@pytest.mark.slow
def test_a_closed_form_of_another_balance_is_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(target: np.ndarray, balance: float, *rest: object) -> np.ndarray:
        return balanced_solution(target, 1.001 * balance, *rest)

    monkeypatch.setattr(lambda_balanced, "balanced_solution", wrong)
    assert anew("lambda-balanced").outcome == "refuted"


@pytest.mark.slow
def test_a_training_from_another_start_is_refuted(anew: Verify, monkeypatch: pytest.MonkeyPatch) -> None:
    trained = lambda_balanced.trained

    def shrunk(problem: object, start: list[np.ndarray], *rest: object) -> object:
        return trained(problem, [1.001 * start[0], *start[1:]], *rest)

    monkeypatch.setattr(lambda_balanced, "trained", shrunk)
    assert anew("lambda-balanced").outcome == "refuted"


@pytest.mark.parametrize("balance", [0.0, 2.0, -3.0])
def test_starts_have_their_balance_and_the_closed_form_solves_its_equation(balance: float) -> None:
    generator = np.random.default_rng(3)
    first, second = balanced_start(generator, 3, balance)
    np.testing.assert_allclose(second.T @ second - first @ first.T, balance * np.eye(3), atol=1e-12)
    target = generator.standard_normal((3, 3))
    start = layer_statistics([first[None], second[None]])[0]
    step = 1e-5
    before, here, after = balanced_solution(target, balance, start, step * np.arange(3))
    half = balance / 2 * np.eye(3)
    field = np.block([[-half, target.T], [target, half]])
    slope = field @ here + here @ field - here @ here
    np.testing.assert_allclose((after - before) / (2 * step), slope, rtol=0, atol=1e-6)  # order step^2


def test_it_is_about_no_group() -> None:
    assert not lambda_balanced.CLAIM.applies(group("Z23"))
