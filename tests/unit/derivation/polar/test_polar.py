"""All forms of a system are one flow, and it is the gradient of the energy in Plancherel's metric."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp

from odekit.derivation import complex_equations, derive
from odekit.errors import ReductionError, UnknownNameError
from odekit.networks import Network
from odekit.systems import System

CASES: list[tuple[str, dict[str, Any], str | None]] = [
    ("Zp", {}, None),
    ("Zp", {"task": "x-y"}, None),
    ("Zp", {"activation": "z**3"}, None),
    ("Zp", {"activation": "z**4"}, None),
    ("Zp", {"embedding": "unshared"}, None),
    ("Zp", {"task": "x+y+z", "activation": "z**3"}, None),
    ("Zp", {"task": "2*x+3*y"}, None),
    ("Zp", {"rates": {"theta": 0.5}}, None),
    ("Zp", {}, "k,l"),
    ("Zp", {"activation": "z**2+z**3"}, "k,2k"),
    ("Z2", {}, None),
    ("Z6", {"activation": "z**3"}, None),
    ("Z2xZ4", {"task": "2*x+y"}, None),
]


def point(system: System, seed: int = 0) -> dict[str, float]:
    rng = np.random.default_rng(seed)
    values = {s.name: float(rng.uniform(0.5, 1.5)) for s in system.states}
    return {**values, "p": 7.0}


def velocity(system: System, at: dict[str, float]) -> dict[str, float]:
    scope = {sp.Symbol(s.name, **s.assumptions0): at[s.name] for s in (*system.states, *system.parameters)}
    for symbol, meaning in system.definitions.items():
        scope[symbol] = meaning.subs(scope)
    return {s.name: float(system.equations[s].subs(scope)) for s in system.equations}


def pairs(system: System) -> list[tuple[str, str, str]]:
    """Magnitude, phase and complex name of every pair."""
    magnitudes = [s.name for s in system.states if s.name.startswith(("alpha", "beta"))]
    return [
        (m, m.replace("alpha", "phi").replace("beta", "psi"), m.replace("alpha", "u").replace("beta", "v"))
        for m in magnitudes
    ]


@pytest.mark.parametrize(("group", "options", "modes"), CASES)
def test_the_metric_times_the_field_is_the_gradient_of_the_energy(
    group: str, options: dict[str, Any], modes: str | None
) -> None:
    system = derive(Network(group, **options), modes)
    energy = system.energy.subs(dict(system.definitions))
    for state, length, speed in zip(system.states, system.metric, system.vector_field, strict=True):
        force = length * speed.subs(dict(system.definitions))
        assert sp.expand(force - energy.diff(state)) == 0


@pytest.mark.parametrize(("group", "options", "modes"), CASES)
def test_polar_and_cartesian_forms_are_one_flow(
    group: str, options: dict[str, Any], modes: str | None
) -> None:
    polar = derive(Network(group, **options), modes)
    cartesian = polar.form("cartesian")
    at = point(polar)
    speed = velocity(polar, at)
    values, expected = dict(at), {s.name: speed[s.name] for s in polar.states}
    for magnitude, phase, name in pairs(polar):
        turn = np.exp(1j * at[phase])
        value = at[magnitude] * turn
        rate = (speed[magnitude] + 1j * at[magnitude] * speed[phase]) * turn
        values |= {f"{name}_re": value.real, f"{name}_im": value.imag}
        expected |= {f"{name}_re": rate.real, f"{name}_im": rate.imag}
    for name, rate in velocity(cartesian, values).items():
        assert rate == pytest.approx(expected[name], rel=1e-12, abs=1e-10)


@pytest.mark.parametrize(("group", "options", "modes"), CASES)
def test_complex_equations_are_the_same_flow(group: str, options: dict[str, Any], modes: str | None) -> None:
    polar = derive(Network(group, **options), modes)
    at = point(polar, seed=4)
    speed = velocity(polar, at)
    equations = complex_equations(polar)
    values: dict[str, complex] = dict(at)
    for magnitude, phase, name in pairs(polar):
        values[name] = at[magnitude] * np.exp(1j * at[phase])
    numbers = {s: values[s.name] for e in (*equations.values(), *equations) for s in e.free_symbols}
    rates = {s.name: complex(e.subs(numbers)) for s, e in equations.items()}
    for magnitude, phase, name in pairs(polar):
        turned = rates[name] * np.exp(-1j * at[phase])
        assert turned.real == pytest.approx(speed[magnitude], rel=1e-12, abs=1e-10)
        assert turned.imag / at[magnitude] == pytest.approx(speed[phase], rel=1e-12, abs=1e-10)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"task": "x-y"},
        {"activation": "z**3"},
        {"activation": "z**4"},
        {"activation": "z**6"},
        {"rates": {"xi": 3.0}},
        {"task": "x+y+z", "activation": "z**3"},
    ],
)
def test_the_polynomial_form_is_the_same_flow_and_polynomial(options: dict[str, Any]) -> None:
    polar = derive(Network("Zp", **options))
    reduced = polar.form("polynomial")
    at = point(polar, seed=2)
    (D,) = (
        float(meaning.subs({s: at[s.name] for s in polar.states})) for meaning in polar.definitions.values()
    )
    speed = velocity(polar, at)
    alpha, beta = at["alpha"], at["beta"]
    values = {**at, "x": alpha**2, "X": beta * np.cos(D), "Y": beta * np.sin(D)}
    expected = {
        **speed,
        "x": 2 * alpha * speed["alpha"],
        "X": speed["beta"] * np.cos(D) - beta * np.sin(D) * speed["D"],
        "Y": speed["beta"] * np.sin(D) + beta * np.cos(D) * speed["D"],
    }
    for name, rate in velocity(reduced, values).items():
        assert rate == pytest.approx(expected[name], rel=1e-12, abs=1e-10)
    assert all(e.is_polynomial(*reduced.states) for e in reduced.vector_field)


def test_the_quadratic_network_has_the_equations_of_the_paper() -> None:
    system = derive(Network("Zp"))
    alpha, phi, beta, psi = system.states
    (p,), (D,) = system.parameters, system.definitions
    cos, sin = sp.cos(D), sp.sin(D)
    expected = {
        alpha: 2 * p * alpha * beta * cos,
        phi: -2 * p * beta * sin,
        beta: p * alpha**2 * cos,
        psi: p * alpha**2 / beta * sin,
        D: -p * (4 * beta + alpha**2 / beta) * sin,
    }
    assert all(sp.expand(system.equations[s] - e) == 0 for s, e in expected.items())
    assert system.definitions[D] == 2 * phi - psi
    assert sp.expand(system.energy - p**2 / 2 * alpha**2 * beta * cos) == 0
    assert system.first_integrals().items == (alpha**2 - 2 * beta**2, alpha**2 * beta * sin)


def test_the_printed_misalignment_equation_of_the_blog_is_not_the_derived_one() -> None:
    system = derive(Network("Zp"))
    alpha, beta, D = (system[name] for name in ("alpha", "beta", "D"))
    printed = -system.parameters[0] * (4 * beta**2 - alpha**2 / beta) * sp.sin(D)
    assert sp.simplify(system.equations[D] - printed) != 0


def test_the_character_of_order_two_has_signed_states() -> None:
    system = derive(Network("Z12")).templates[1].system
    u, v = system.states
    assert (u.name, v.name) == ("u", "v")
    assert system.vector_field == (48 * u * v, 24 * u**2)
    assert system.energy == 2 * 12**2 * u**2 * v
    assert system.metric == (12, 12)
    assert system.first_integrals().items == (u**2 - 2 * v**2,)


def test_the_polynomial_form_of_the_quadratic_network_is_quadratic() -> None:
    reduced = derive(Network("Zp")).form("polynomial")
    x, X, Y = reduced.states
    (p,) = reduced.parameters
    assert [sp.expand(e) for e in reduced.vector_field] == [
        4 * p * x * X,
        sp.expand(p * (x + 4 * Y**2)),
        -4 * p * X * Y,
    ]


def test_a_form_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown form 'polr'.*'polar'"):
        derive(Network("Zp")).form("polr")
    with pytest.raises(ReductionError, match=r"no symmetry-reduced polynomial form.*cartesian"):
        derive(Network("Zp", embedding="unshared")).form("polynomial")
