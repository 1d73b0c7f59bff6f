"""Quadratic integrals from the linear symmetries of a loss of a product of matrices, whatever the loss is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import sympy as sp
from scipy.integrate import solve_ivp

from odekit.systems import System, gradient_flow, system, variable
from odekit.systems.integrals.opaque_field import opaque_field


def _factorisation(size: int, loss: Callable[[sp.Expr], sp.Expr], decay: int = 0) -> tuple[System, sp.Matrix]:
    left, right = variable("A", size, size), variable("B", size, size)
    product = left.value * right.value.T
    energy = sum(loss(entry - sp.Rational(3 * i % 7, 2)) for i, entry in enumerate(product))
    energy += decay * sum(entry**2 for entry in left.value)
    return gradient_flow(energy, [left, right]), left.value.T * left.value - right.value.T * right.value


def _rank(functions: list[sp.Expr], flow: System) -> int:
    place = {s: sp.Rational(3 * i + 7, 2 * i + 5) for i, s in enumerate(flow.states)}
    rows = [[float(f.diff(s).subs(place)) for s in flow.states] for f in functions]
    return int(np.linalg.matrix_rank(np.array(rows)))


@pytest.mark.long
@pytest.mark.parametrize(
    ("size", "loss"),
    [
        (2, lambda u: u**2),
        (2, lambda u: u**4 - u),
        (2, sp.exp),
        (2, lambda u: sp.Max(0, u) ** 2),
        (3, lambda u: u**2),
        pytest.param(2, lambda u: sp.log(1 + sp.exp(u)), marks=pytest.mark.long),
        pytest.param(3, sp.tanh, marks=pytest.mark.long),
        pytest.param(3, sp.exp, marks=pytest.mark.slow),
        pytest.param(5, lambda u: u**2, marks=pytest.mark.slow),
    ],
)
def test_the_balance_of_a_factorisation_is_kept(size: int, loss: Callable[[sp.Expr], sp.Expr]) -> None:
    flow, balance = _factorisation(size, loss)
    found = list(flow.first_integrals())
    entries = [balance[i, j] for i in range(size) for j in range(i + 1)]
    assert len(found) == len(entries)
    assert _rank([*found, *entries], flow) == _rank(found, flow) == len(entries)


@pytest.mark.slow
def test_they_are_constant_along_a_trajectory() -> None:
    flow, _ = _factorisation(2, lambda u: u**4 - u)
    values = sp.lambdify(flow.states, list(flow.first_integrals()))
    run = solve_ivp(flow.function(), (0, 3), np.linspace(-1, 1, 8), rtol=1e-10, atol=1e-12)
    for row in values(*run.y):
        np.testing.assert_allclose(row, row[0], atol=1e-8)


def test_none_are_kept_where_one_factor_decays() -> None:
    flow, _ = _factorisation(2, lambda u: u**2, decay=1)
    assert list(flow.first_integrals()) == []


def test_a_metric_counts() -> None:
    flow = gradient_flow("tanh(x*y)**2", "x y", metric={"x": 2, "y": 3})
    (kept,) = flow.first_integrals()
    assert _rank([kept, sp.sympify("2*x**2 - 3*y**2", {s.name: s for s in flow.states})], flow) == 1


def test_functions_are_letters_whose_arguments_stay_as_they_are() -> None:
    field = opaque_field(system("x' = y*atan(x*y)/(1 + x**2); y' = -x*atan(x*y)"))
    assert field is not None
    assert {str(symbol) for symbol in field.symbols} == {"x", "y", "1/(x**2 + 1)", "atan(x*y)"}
    assert opaque_field(system("x' = t*x")) is None


def test_what_was_looked_for_among_functions_is_said() -> None:
    found = system(
        {"x": "atan(y)*y", "y": "-atan(y)*x + log(2 + x**2)*y - log(2 + x**2)*y"}
    ).first_integrals()
    assert [str(integral) for integral in found] == ["x**2 + y**2"]
    unknown = system("x' = tanh((3 + x)**8)*y; y' = x*tanh((3 + x)**8) - y").first_integrals()
    assert "whatever its functions are" in unknown.reason
