"""Planted systems: what SymPy derives of random fields agrees, and each with one number changed differs."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from odekit import check, system

X, Y, A = sp.symbols("x y a", real=True)
SEEDS = [*range(5), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(5, 25))]
MONOMIALS = [X, Y, X * Y, X**2, Y**2, A * X, A * Y, X**2 * Y, sp.Integer(1)]
FUNCTIONS = [lambda u: u, sp.sin, sp.exp, lambda u: 1 / (1 + u**2), lambda u: sp.sqrt(2 + u**2)]


def drawn(rng: np.random.Generator, terms: int) -> sp.Expr:
    chosen = rng.choice(len(MONOMIALS), terms, replace=False)
    return sp.Add(*(int(rng.choice([-3, -2, -1, 1, 2, 3])) * MONOMIALS[i] for i in chosen))


@pytest.mark.parametrize("seed", SEEDS)
def test_derivatives_along_random_fields_agree_and_changed_ones_differ(seed: int) -> None:
    rng = np.random.default_rng(seed)
    field = {"x": drawn(rng, 3), "y": drawn(rng, 2)}
    quantity = FUNCTIONS[seed % len(FUNCTIONS)](drawn(rng, 2))
    derivative = quantity.diff(X) * field["x"] + quantity.diff(Y) * field["y"]
    wrong = derivative + sp.Rational(1, 1000) * MONOMIALS[int(rng.integers(len(MONOMIALS)))]
    definitions = {"q": str(quantity)}
    flow = system({name: str(velocity) for name, velocity in field.items()}, "a")
    # Denominators stay as they are: written out, they would make the text too long.
    is_quotient = seed % len(FUNCTIONS) == 3
    other = sp.together(derivative) if is_quotient else sp.expand(derivative)
    for formula, agrees in ((derivative, True), (other, True), (wrong, False)):
        (finding,) = check({"definitions": definitions, "equations": {"q": str(formula)}}, flow)
        assert finding.agrees is agrees, finding


@pytest.mark.parametrize("seed", SEEDS)
def test_planted_integrals_agree_and_changed_ones_differ(seed: int) -> None:
    """Fields ``c (H_y, -H_x)`` conserve H, whatever c is."""
    rng = np.random.default_rng(seed)
    energy = drawn(rng, 3) + X**4 / 4 + Y**2 / 2
    factor = FUNCTIONS[seed % len(FUNCTIONS)](drawn(rng, 1)) + 5
    flow = system({"x": str(factor * energy.diff(Y)), "y": str(-factor * energy.diff(X))}, "a")
    right = [energy, sp.exp(energy / 10), (energy - A) ** 2]
    wrong = [energy + X / 1000, energy * (1 + Y / 1000), energy.subs(X, sp.Rational(1001, 1000) * X)]
    lines = {f"I{place}": str(each) for place, each in enumerate((*right, *wrong))}
    findings = check({"first_integrals": lines}, flow)
    assert [finding.agrees for finding in findings] == [True] * len(right) + [False] * len(wrong), findings
