"""First integrals are conserved, along orbits and as identities, and no independent one is missing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp
from scipy.integrate import solve_ivp

from odekit.derivation import derive
from odekit.networks import Network
from odekit.systems import System

CASES: list[tuple[dict[str, Any], str | None, int]] = [
    ({}, None, 2),
    ({"task": "x-y"}, None, 3),
    ({"embedding": "unshared"}, None, 3),
    ({"activation": "z**3"}, None, 3),
    ({"activation": "z**4"}, None, 1),
    ({"activation": "z**2+z**3"}, None, 3),
    ({"task": "x+y+z", "activation": "z**3"}, None, 2),
    ({"task": "x+y+z", "activation": "z**3", "embedding": "unshared"}, None, 4),
    ({"task": "2*x+3*y"}, None, 3),
    ({"task": "2*x+2*y"}, "k", 4),
    ({}, "k,l", 4),
    ({"activation": "z**2+z**3"}, "k,2k", 0),
    ({"rates": {"theta": 0.3}}, None, 2),
]


def numbers(system: System, seed: int) -> dict[sp.Symbol, float]:
    rng = np.random.default_rng(seed)
    return {s: float(rng.uniform(0.5, 1.0)) for s in system.states}


def in_states(system: System, expression: sp.Expr) -> sp.Expr:
    return expression.subs(dict(system.definitions))


@pytest.mark.parametrize(("options", "modes", "count"), CASES)
def test_as_many_independent_ones_are_found_as_there_are(
    options: dict[str, Any], modes: str | None, count: int
) -> None:
    system = derive(Network("Zp", **options), modes)
    found = [in_states(system, integral) for integral in system.first_integrals()]
    assert len(found) == count
    point = numbers(system, 1)
    jacobian = np.array([[float(f.diff(s).subs(point)) for s in system.states] for f in found])
    assert count == 0 or np.linalg.matrix_rank(jacobian) == count


@pytest.mark.parametrize(("options", "modes", "count"), CASES)
def test_their_derivative_along_the_field_is_identically_zero(
    options: dict[str, Any], modes: str | None, count: int
) -> None:
    system = derive(Network("Zp", **options), modes)
    for integral in system.first_integrals():
        whole = in_states(system, integral)
        rate = sum(
            whole.diff(s) * in_states(system, velocity)
            for s, velocity in zip(system.states, system.vector_field, strict=True)
        )
        assert sp.simplify(sp.expand(rate)) == 0


@pytest.mark.parametrize(("options", "modes", "count"), CASES)
def test_they_are_conserved_along_an_orbit(options: dict[str, Any], modes: str | None, count: int) -> None:
    system = (
        derive(Network("Z11", **options), modes) if modes is None else derive(Network("Zp", **options), modes)
    )
    p = dict.fromkeys(system.parameters, 11)
    field = [sp.lambdify(system.states, in_states(system, v).subs(p)) for v in system.vector_field]
    start = list(numbers(system, 2).values())
    orbit = solve_ivp(
        lambda t, y: [f(*y) for f in field], (0, 2e-3), start, method="DOP853", rtol=1e-12, atol=1e-14
    )
    assert np.abs(orbit.y[:, -1] - orbit.y[:, 0]).max() > 1e-3 or modes == "k"
    for integral in system.first_integrals():
        value = sp.lambdify(system.states, in_states(system, integral))
        values = [value(*y) for y in orbit.y.T]
        assert np.ptp(values) < 1e-11 * (1 + abs(values[0]))  # the integrator's tolerance, a few steps


def test_a_function_that_is_not_conserved_is_not_found() -> None:
    system = derive(Network("Zp"))
    alpha, beta = system["alpha"], system["beta"]
    wrong = alpha**2 - 3 * beta**2
    rate = wrong.diff(alpha) * system.equations[alpha] + wrong.diff(beta) * system.equations[beta]
    assert sp.simplify(rate) != 0
    assert wrong not in system.first_integrals()


@pytest.mark.slow
def test_modes_that_are_not_coupled_are_searched_apart() -> None:
    system = derive(Network("Z13"), "all")
    found = system.first_integrals()
    assert len(found) == 12
    assert all(len({s.name[-1] for s in f.free_symbols}) == 1 for f in found)


def test_they_have_no_common_factor_and_a_definite_sign() -> None:
    assert [str(i) for i in derive(Network("Zp", activation="z**2/7")).first_integrals()] == [
        "alpha**2 - 2*beta**2",
        "alpha**2*beta*sin(D)",
    ]
