"""First integrals of flows with kinks: the balance of weights before and after a homogeneous function."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from scipy.integrate import solve_ivp

from odekit.systems import System, gradient_flow, system

TWO = "(a*relu(2*v) + b*relu(2*w) - 3)**2/2 + (a*relu(-v) + b*relu(-w) - 1)**2/2"


@pytest.mark.parametrize(
    ("energy", "variables", "parameters", "expected"),
    [
        ("(a*relu(w*x) - y)**2/2", "a w", "x y", ["a**2 - w**2"]),
        ("(a*abs(w*x) - y)**2/2", "a w", "x y", ["a**2 - w**2"]),
        ("(a*relu(w*x)**2 - y)**2/2", "a w", "x y", ["2*a**2 - w**2"]),
        ("(a*relu(v*x + w*u) - y)**2/2", "a v w", "x u y", ["a**2 - v**2 - w**2"]),
        (TWO, "a b v w", "", ["a**2 - v**2", "b**2 - w**2"]),
        ("(b*relu(a*relu(w*x)) - y)**2/2", "a b w", "x y", ["a**2 - b**2", "a**2 - w**2"]),
    ],
)
def test_the_balance_of_homogeneous_units_is_kept(
    energy: str, variables: str, parameters: str, expected: list[str]
) -> None:
    flow = gradient_flow(energy, variables, parameters=parameters)
    found = list(flow.first_integrals())
    known = {symbol.name: symbol for symbol in flow.states}
    assert _rank(found, flow) == len(found) >= len(expected)
    assert _rank([*found, *(sp.sympify(text, known) for text in expected)], flow) == len(found)


def _rank(functions: list[sp.Expr], flow: System) -> int:
    place = {s: sp.Rational(i + 7, 5 + 2 * i) for i, s in enumerate((*flow.states, *flow.parameters))}
    return int(sp.Matrix([[f.diff(s).subs(place) for s in flow.states] for f in functions]).rank())


def test_they_are_kept_along_a_trajectory_that_meets_the_kink() -> None:
    # A turning wheel that slows down and speeds up where y changes its sign.
    flow = system("x' = abs(y); y' = -x*sign(y)")
    (kept,) = flow.first_integrals()
    values = sp.lambdify(flow.states, kept)
    run = solve_ivp(flow.function(), (0, 1.2), [-1.0, 0.5], rtol=1e-10, atol=1e-12, max_step=0.01)
    np.testing.assert_allclose(values(*run.y), values(*run.y[:, 0]), rtol=1e-8)


@pytest.mark.slow
@pytest.mark.parametrize("energy", ["(a*relu(w*x + 1) - y)**2/2", "(a*tanh(w*x) - y)**2/2"])
def test_none_is_invented_where_nothing_is_homogeneous(energy: str) -> None:
    flow = gradient_flow(energy, "a w", parameters="x y")
    for integral in flow.first_integrals():
        assert _rate(flow, integral) == pytest.approx(0, abs=1e-12)
    assert "a**2 - w**2" not in map(str, flow.first_integrals())


def _rate(flow: System, integral: sp.Expr) -> float:
    rate = sum(integral.diff(s) * f for s, f in zip(flow.states, flow.vector_field, strict=True))
    return float(
        rate.subs({symbol: 0.7 + 0.2 * i for i, symbol in enumerate(sorted(rate.free_symbols, key=str))})
    )
