"""First integrals of systems that nobody derived: textbook ones are found, and each that is found holds."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from odekit.limits import limit
from odekit.systems import System, gradient_flow, system

# Textbook systems with their parameters and the number of independent integrals that they have.
TEXTBOOK: dict[str, tuple[dict[str, str], str, int]] = {
    "pendulum": ({"x": "v", "v": "-w**2*sin(x)"}, "w", 1),
    "Toda lattice of three": (
        {
            "q1": "p1",
            "q2": "p2",
            "q3": "p3",
            "p1": "exp(q3 - q1) - exp(q1 - q2)",
            "p2": "exp(q1 - q2) - exp(q2 - q3)",
            "p3": "exp(q2 - q3) - exp(q3 - q1)",
        },
        "",
        3,
    ),
    "Euler top": ({"x": "(b - c)*y*z/(b*c)", "y": "(c - a)*z*x/(a*c)", "z": "(a - b)*x*y/(a*b)"}, "a b c", 2),
    "Kuramoto": (
        {"a": "sin(b - a) + sin(c - a)", "b": "sin(a - b) + sin(c - b)", "c": "sin(a - c) + sin(b - c)"},
        "",
        1,
    ),
    "Henon-Heiles": ({"x": "u", "y": "v", "u": "-x - 2*x*y", "v": "-y - x**2 + y**2"}, "", 1),
    "rational": ({"x": "1/(1 + y**2)", "y": "x/(1 + y**2)**2"}, "", 1),
    "one frequency": ({"r": "2*p*r*s*cos(D)", "s": "p*r**2*cos(D)", "D": "-p*(4*s + r**2/s)*sin(D)"}, "p", 2),
    "hyperbolic potential": ({"x": "v", "v": "sinh(x) + 2*cosh(x)"}, "", 1),
    "van der Pol": ({"x": "v", "v": "(1 - x**2)*v - x"}, "", 0),
    "Lorenz": ({"x": "s*(y - x)", "y": "x*(r - z) - y", "z": "x*y - b*z"}, "s r b", 0),
}


def build(name: str) -> tuple[System, int]:
    equations, parameters, count = TEXTBOOK[name]
    return system(equations, parameters=parameters), count


def gradient_along(flow: System, integral: sp.Expr, point: dict[sp.Symbol, sp.Expr]) -> float:
    rate = sum(integral.diff(s) * f for s, f in zip(flow.states, flow.vector_field, strict=True))
    size = sum(abs(integral.diff(s) * f) for s, f in zip(flow.states, flow.vector_field, strict=True))
    return float(abs(sp.N(rate.subs(point), 30)) / sp.N(size.subs(point), 30))


@pytest.mark.parametrize("name", TEXTBOOK)
def test_as_many_are_found_as_the_textbook_has(name: str) -> None:
    flow, count = build(name)
    assert len(flow.first_integrals()) == count


@pytest.mark.parametrize("name", [name for name, (*_, count) in TEXTBOOK.items() if count])
def test_each_is_conserved_and_independent_of_the_others(name: str) -> None:
    flow, count = build(name)
    generator = np.random.default_rng(7)
    symbols = (*flow.states, *flow.parameters)
    point = {symbol: sp.Rational(int(generator.integers(20, 90)), 100) for symbol in symbols}
    found = flow.first_integrals()
    # Thirty digits, of which the terms of one derivative cancel.
    assert max(gradient_along(flow, integral, point) for integral in found) < 1e-25
    jacobian = [[float(integral.diff(s).subs(point)) for s in flow.states] for integral in found]
    assert np.linalg.matrix_rank(np.array(jacobian)) == count


def test_what_is_almost_conserved_is_not_listed() -> None:
    assert system({"x": "v", "v": "-sin(x) - v/1000000"}).first_integrals().items == ()


def test_a_restricted_network_keeps_what_holds_in_its_states() -> None:
    from_letters = system({"r": "r*cos(D)", "D": "-2*sin(D)"}).first_integrals()
    assert [str(integral) for integral in from_letters] == ["r**2*sin(D)"]


def test_a_constraint_s_own_function_is_not_told_again() -> None:
    flow = gradient_flow("x*y*z", "x y z", constraint="x**2 + y**2")
    assert [str(integral) for integral in flow.first_integrals()] == []


@pytest.mark.slow
@pytest.mark.parametrize("energy", ["tanh((3 + x)**8)", "exp((2 + x)**9)", "cosh((x - 4)**7)/2"])
def test_powers_of_sums_inside_of_exponentials_are_left_alone(energy: str) -> None:
    with limit(seconds=3):
        assert gradient_flow(energy, ["x"]).first_integrals().items == ()


def test_multiples_of_sums_inside_of_exponentials_are_multiplied_out() -> None:
    x, y = sp.symbols("x y", real=True)
    (kept,) = system({x: sp.exp(2 * (x + y)), y: -sp.exp(2 * x)}).first_integrals()
    assert kept == 2 * x + sp.exp(2 * y)
