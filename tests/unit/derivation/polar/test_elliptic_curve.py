"""The eliminated curve is the velocity of s along orbits, and its periods are the blow-up times."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp
from scipy.integrate import solve_ivp
from scipy.special import elliprf

from odekit.derivation import derive, elliptic_curve
from odekit.derivation.polar.elliptic_curve import EllipticCurve, eliminate
from odekit.networks import Network

CASES: list[tuple[str, dict[str, Any]]] = [
    ("Z7", {}),
    ("Z7", {"rates": {"theta": 0.5}}),
    ("Z7", {"rates": {"theta": 2.0, "xi": 3.0}}),
    ("Z7", {"activation": "-z**2/3"}),
    ("Z2", {}),
]


def curve_of(name: str, options: dict[str, Any]) -> EllipticCurve:
    curve = elliptic_curve(derive(Network(name, **options)))
    assert curve is not None
    return curve


def concrete(name: str, options: dict[str, Any], start: list[float]) -> tuple[Any, sp.Poly, Any]:
    """The cartesian field, the curve at the start's integrals, and s as a function of the state."""
    system = derive(Network(name, **options))
    curve = curve_of(name, options)
    whole = {s: e.subs(dict(system.definitions)) for s, e in curve.integrals.items()}
    values = {s: float(e.subs(dict(zip(system.states, start, strict=True)))) for s, e in whole.items()}
    cubic = sp.Poly(curve.squared_velocity.subs(values), curve.variable)
    field = sp.lambdify(system.states, [e.subs(dict(system.definitions)) for e in system.vector_field])
    return field, cubic, sp.lambdify(system.states, curve.meaning)


def start_of(name: str, seed: int) -> list[float]:
    rng = np.random.default_rng(seed)
    return list(rng.uniform(0.6, 1.2, 2) if name == "Z2" else rng.uniform(0.6, 1.2, 4))


@pytest.mark.parametrize(("name", "options"), CASES)
def test_the_squared_velocity_of_s_is_the_curve(name: str, options: dict[str, Any]) -> None:
    start = start_of(name, 3)
    field, cubic, s = concrete(name, options, start)
    orbit = solve_ivp(lambda t, y: field(*y), (0, 0.02), start, rtol=1e-12, atol=1e-14, dense_output=True)
    for t in np.linspace(0.001, 0.019, 7):
        h = 1e-5
        speed = (s(*orbit.sol(t + h)) - s(*orbit.sol(t - h))) / (2 * h)
        assert float(cubic.eval(s(*orbit.sol(t)))) == pytest.approx(speed**2, rel=1e-6)


@pytest.mark.parametrize(("name", "options"), CASES)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_time_scale_gives_the_blow_up_time(name: str, options: dict[str, Any], seed: int) -> None:
    start = start_of(name, seed)
    field, cubic, s = concrete(name, options, start)
    roots = np.roots([float(c) for c in cubic.all_coeffs()])
    e1 = max(r.real for r in roots if abs(r.imag) < 1e-6)
    others = sorted(roots, key=lambda r: abs(r - e1))[1:]
    first = elliprf(s(*start) - e1, s(*start) - others[0], s(*start) - others[1]).real
    period = elliprf(0, e1 - others[0], e1 - others[1]).real
    step = 1e-7
    later = np.array(start) + step * np.array(field(*start))
    grows = s(*later) >= s(*start)
    scale = float(curve_of(name, options).time_scale)
    expected = scale * (first if grows else 2 * period - first)
    large = 1e6

    def far(t: float, y: Any) -> float:
        return float(s(*y) - large)

    far.terminal = True  # type: ignore[attr-defined]
    orbit = solve_ivp(
        lambda t, y: field(*y), (0, 100), start, method="DOP853", events=far, rtol=1e-11, atol=1e-13
    )
    remaining = scale / np.sqrt(large)  # near the blow-up sqrt(s) is scale / (T* - t)
    assert orbit.t[-1] + remaining == pytest.approx(expected, rel=1e-6)


def test_the_curve_of_the_quadratic_network_is_the_cubic_in_s() -> None:
    curve = curve_of("Zp", {})
    s, c, K, p = sp.symbols("s c K p")
    given = curve.squared_velocity.subs({x: sp.Symbol(x.name) for x in curve.squared_velocity.free_symbols})
    assert sp.expand(given - 4 * p**2 * (s * (2 * s + c) ** 2 - K**2)) == 0
    assert str(curve) == "(s')**2 = 4*p**2*(-K**2 + s*(c + 2*s)**2)"
    assert str(curve.time_scale) == "1/(2*p)"


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("Zp", {"activation": "z**3"}),
        ("Zp", {"task": "x-y"}),
        ("Zp", {"embedding": "unshared"}),
        ("Z5", {"activation": "z"}),
    ],
)
def test_other_systems_have_no_curve(name: str, options: dict[str, Any]) -> None:
    assert elliptic_curve(derive(Network(name, **options))) is None
    assert derive(Network(name, **options)).closed_form is None


def test_without_the_integrals_nothing_is_eliminated() -> None:
    system = derive(Network("Zp"))
    alpha, beta, D = (system[name] for name in ("alpha", "beta", "D"))
    c, K = system.first_integrals()
    assert eliminate(system.equations, (alpha, beta), D, [c]) is None
    assert eliminate(system.equations, (alpha, beta), D, [K]) is None
    assert eliminate(system.equations, (alpha, beta), D, [c, K]) is not None


def test_a_wrong_integral_does_not_end_in_the_same_curve() -> None:
    system = derive(Network("Zp"))
    alpha, beta, D = (system[name] for name in ("alpha", "beta", "D"))
    _, K = system.first_integrals()
    right = curve_of("Zp", {}).squared_velocity
    wrong = eliminate(system.equations, (alpha, beta), D, [alpha**2 - beta**2, K])
    assert wrong is not None
    assert sp.expand(wrong.squared_velocity - right) != 0
    degree_4 = eliminate(system.equations, (alpha, beta), D, [alpha**2 - beta**4, K])
    assert degree_4 is None
