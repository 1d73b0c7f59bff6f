"""JavaScript that is printed computes in a browser what NumPy computes of the same formulas."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
import sympy as sp
from playwright.sync_api import Page

import odekit
from odekit.expressions.meanings import FUNCTION_NAMES
from odekit.systems import System
from odekit.systems.printers import JAVASCRIPT_FUNCTIONS, javascript_function

X, Y, T = (sp.Symbol(name, real=True) for name in "xyt")
POINTS = [(0.3, -1.7), (-0.8, 0.6), (0.0, 0.0), (1.0, 1.0), (2.5, -3.0), (-1.0, 40.0)]


def values(page: Page, system: System, points: list[tuple[float, ...]], t: float = 0.7) -> Any:
    """What the printed vector field is at points, (point, state); JSON has no NaN, so text goes back."""
    code = javascript_function("f", tuple(system.rhs.values()), system) + JAVASCRIPT_FUNCTIONS
    calls = f"{json.dumps(points)}.map((y) => f({t}, y, [1.25]).map(String))"
    found = page.evaluate(f"() => {{ {code} return {calls}; }}")
    return np.array([[float(text.replace("Infinity", "inf")) for text in row] for row in found])


def assert_same(page: Page, system: System, points: list[tuple[float, ...]] = POINTS) -> None:
    function = system.function()
    p = [1.25] * len(system.parameters)
    expected = np.array([function(0.7, list(point), p) for point in points])
    np.testing.assert_allclose(
        values(page, system, points), expected, rtol=1e-13, atol=1e-15, err_msg=str(system)
    )


def test_every_function_of_text(page: Page) -> None:
    for name in FUNCTION_NAMES:
        assert_same(page, odekit.system({"x": f"{name}(x) + k", "y": f"x*{name}(y/3)"}, "k"))


FORMULAS: list[Any] = [
    X**2 * Y**-3 + X**7 - 1 / (X * Y),
    sp.sqrt(X) + X ** sp.Rational(-3, 2) + sp.cbrt(X),
    sp.Rational(1, 3) * X - sp.Float("1e-5") * Y,
    -(X - Y) / (2 * X - -Y) ** 2,
    sp.pi * X + sp.E * Y + sp.EulerGamma,
    sp.Integer(10) ** 30 * X + sp.Rational(10**400, 10**399 + 1) * Y,
    sp.Piecewise((X, X > Y), (Y**2, sp.And(X > 0, Y > 0)), (-X, sp.Or(X < -2, Y > 30)), (1, True)),
    sp.Piecewise((X, sp.Xor(X > 0, Y > 0))),
    sp.Heaviside(X, sp.Rational(1, 2)) * sp.Heaviside(X - 1, 0) + sp.sign(Y) * sp.Abs(X),
    sp.Max(X, Y, 0) - sp.Min(X, 1) + sp.Heaviside(sp.Abs(X) - sp.Max(Y, 0), 0),
    sp.floor(X) + sp.ceiling(Y) + sp.frac(X) + sp.Mod(Y, 3) + sp.Mod(X, -2),
    sp.erfc(Y / 10) + sp.atan2(Y, X) + sp.sec(X),
    sp.exp(-(X**2)) * sp.cos(T * X) + sp.exp(-(X**2)) * sp.sin(T * X),
]


def test_numbers_powers_and_pieces(page: Page) -> None:
    for formula in FORMULAS:
        time = T if T in formula.free_symbols else None
        assert_same(page, System({X: formula, Y: formula - X}, odekit.systems.ANY, time=time))


@pytest.mark.parametrize(
    ("group", "options"),
    [("Zp", {}), ("Z12", {}), ("S3", {}), ("Zp", {"activation": "relu"}), ("Z5", {"activation": "z**4"})],
)
def test_derived_systems(page: Page, group: str, options: dict[str, Any]) -> None:
    system = odekit.derive(odekit.Network(group, **options))
    points = np.random.default_rng(5).uniform(0.5, 1.5, (4, len(system.states)))
    assert_same(page, system, [tuple(point) for point in points.tolist()])


def test_the_error_function_far_out(page: Page) -> None:
    at = [-7.0, -2.0, 1.9999, 2.0, 2.0001, 5.0, 26.0, 30.0]
    found = page.evaluate(f"() => {{ {JAVASCRIPT_FUNCTIONS} return {at}.map((x) => [erf(x), erfc(x)]); }}")
    for x, (error, rest) in zip(at, found, strict=True):
        assert error == pytest.approx(math.erf(x), rel=1e-15)
        assert rest == pytest.approx(math.erfc(x), rel=1e-13, abs=1e-300)


def test_a_division_by_zero_is_not_finite(page: Page) -> None:
    system = odekit.system({"x": "1/x", "y": "y/x"})
    assert values(page, system, [(0.0, 0.0)])[0].tolist()[0] == np.inf
    assert np.isnan(values(page, system, [(0.0, 0.0)])[0, 1])


def test_a_changed_formula_is_noticed(page: Page) -> None:
    system = odekit.system({"x": "x*y", "y": "x + y"})
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(
            values(page, system, POINTS), values(page, odekit.system({"x": "x*y", "y": "x - y"}), POINTS)
        )
