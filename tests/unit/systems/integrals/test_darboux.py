"""Integrals of Darboux polynomials: each is conserved identically, and textbook ones are found."""

from __future__ import annotations

import pytest
import sympy as sp

from odekit.systems import system
from odekit.systems.integrals.darboux import darboux_integrals


def derivative(flow, function):
    rate = sum(function.diff(state) * v for state, v in zip(flow.states, flow.vector_field, strict=True))
    return sp.simplify(rate)


@pytest.mark.parametrize(
    ("equations", "parameters", "count"),
    [
        ("x' = x*(a - b*y); y' = y*(c*x - d)", "a b c d", 1),  # Lotka and Volterra
        ("x' = a*x; y' = b*y", "a b", 1),  # a node with any rates
        ("x' = x; y' = 2*y", "", 1),
        ("x' = x*(y - z); y' = y*(z - x); z' = z*(x - y)", "", 1),  # May and Leonard without loss: x*y*z
        ("S' = -b*S*J; J' = b*S*J - g*J; R' = g*J", "b g", 2),  # Kermack and McKendrick
        ("x' = 1; y' = y/x", "", 1),
        ("x' = y*z; y' = -2*x*z; z' = x*y", "", 2),  # Euler's top
    ],
)
def test_textbook_integrals_are_found_and_conserved(equations: str, parameters: str, count: int) -> None:
    flow = system(equations, parameters)
    found = darboux_integrals(flow, (), len(flow.states) - 1)
    assert found is not None
    assert len(found) == count
    for integral in found:
        assert derivative(flow, integral) == 0
        assert integral.free_symbols & set(flow.states)


@pytest.mark.parametrize(
    ("equations", "parameters"),
    [
        ("x' = -y + x*(1 - x**2 - y**2); y' = x + y*(1 - x**2 - y**2)", ""),  # a limit cycle
        ("x' = s*(y - x); y' = x*(r - z) - y; z' = x*y - b*z", "s r b"),  # Lorenz
        ("x' = x*(1 - x - a*y); y' = y*(1 - a*x - y)", "a"),  # competition, all of it transcendental
        ("x' = y; y' = m*(1 - x**2)*y - x", "m"),  # van der Pol
    ],
)
def test_none_is_invented(equations: str, parameters: str) -> None:
    assert darboux_integrals(system(equations, parameters), (), 1) == []


def test_what_is_known_is_not_found_again() -> None:
    flow = system("x' = x*(y - z); y' = y*(z - x); z' = z*(x - y)")
    x, y, z = flow.states
    (found,) = darboux_integrals(flow, (x + y + z,), 1)
    assert found == x * y * z
    assert darboux_integrals(flow, (x + y + z, x * y * z), 1) == []


@pytest.mark.parametrize("equations", ["x' = sin(y); y' = x", "x' = t*x; y' = y", "x' = sqrt(x); y' = y"])
def test_in_other_fields_none_are_looked_for(equations: str) -> None:
    assert darboux_integrals(system(equations), (), 1) is None
    assert (
        "but no quotients and logarithms" in system("x' = y; y' = -y*sin(x)**2 - x").first_integrals().reason
    )


def test_where_the_field_depends_on_the_time_the_integrals_that_hold_it_are_left_open() -> None:
    turning, decaying = system("x' = t*y; y' = -t*x"), system("x' = -x*cos(t)")
    assert [str(integral) for integral in turning.first_integrals()] == ["x**2 + y**2"]
    for found in (turning.first_integrals(), decaying.first_integrals()):
        assert found.reason.endswith("functions of the states alone, without the time")
