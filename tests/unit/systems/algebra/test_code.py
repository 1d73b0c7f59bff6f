"""Printed code has the values of its expression: conditions, long integers, names of modules."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
import sympy as sp
from scipy.special import expi, lambertw

import odekit
from odekit.errors import InputError
from odekit.solvers.codegen import formulas_of, scalar_code
from odekit.systems.algebra import array_function, codable, code_function

x, y = sp.symbols("x y", real=True)
CONDITIONS = {
    "and": sp.And(x > 0, x < 2, y > 0),
    "or": sp.Or(x < 0, x > 1, y > 3),
    "not": sp.Not(sp.And(x > 0, y < 1)),
    "xor": sp.Xor(x > 0, y > 0),
    "equivalent": sp.Equivalent(x > 0, y < 0),
    "implies": sp.Implies(x > 0, y > 0),
    "if-then-else": sp.ITE(x > 1, y < 2, x > -1),
    "nested": sp.Or(sp.And(x > 0, y < 1), sp.And(x > 1, y < 2)),
}
POINTS = np.array([[1.5, 0.5, -0.5, -1.5, 3.0], [0.5, -0.5, 1.5, -1.5, 4.0]])


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_of_several_parts_has_one_meaning_on_every_backend(name: str) -> None:
    field = sp.Piecewise((-x, CONDITIONS[name]), (-2 * x, True))
    exact = [float(field.subs({x: a, y: b})) for a, b in POINTS.T]
    flow = odekit.system({x: field, y: "-y"})
    out = np.empty_like(POINTS)
    odekit.compile(flow).rhs(np.zeros(5), POINTS, np.empty((0, 5)), out)
    np.testing.assert_array_equal(out[0], exact)
    np.testing.assert_array_equal(flow.function()(0.0, POINTS)[0], exact)
    np.testing.assert_array_equal(_printed(flow, POINTS)[0], exact)
    assert [float(flow.function("mpmath")(0, list(point))[0]) for point in POINTS.T] == exact
    assert r"\begin{cases}" in flow.latex()


def _printed(flow: odekit.System, states: np.ndarray) -> np.ndarray:
    scope: dict[str, object] = {}
    exec(flow.python(), scope)
    return np.asarray(scope["vector_field"](0.0, states))  # type: ignore[operator]


PULSE = sp.Piecewise((-x, sp.And(x > 0, sp.Or(x < 2, x > 3))), (-2 * x, True))


@pytest.mark.parametrize("backend", ["numpy", "mpmath"])
def test_a_pulse_has_the_same_end_everywhere(backend: str) -> None:
    end = odekit.solve(odekit.system({x: PULSE}), [1.5], 0.1, backend=backend).y[-1, 0, 0]
    assert end == pytest.approx(1.5 * np.exp(-0.1), rel=1e-7)


def test_the_code_of_one_lane_has_its_conditions() -> None:
    code = scalar_code(formulas_of(odekit.system({x: PULSE})))
    values = {at: eval(code.results[0], {"np": np, "y0": at}) for at in (1.5, 2.5, 3.5, -1.0)}
    assert values == {1.5: -1.5, 2.5: -5.0, 3.5: -3.5, -1.0: 2.0}


@pytest.mark.slow
def test_the_code_of_jax_has_its_conditions() -> None:
    pytest.importorskip("jax")
    found = odekit.system({x: PULSE}).function("jax")(0.0, [np.array([1.5, 2.5, 3.5, -1.0])])
    np.testing.assert_allclose(found[0], [-1.5, -5.0, -3.5, 2.0])
    out = [None]
    odekit.compile(odekit.system({x: PULSE}), "jax").rhs(0.0, [np.array([1.5, 2.5])], [], out)
    np.testing.assert_allclose(out[0], [-1.5, -5.0])


@pytest.mark.parametrize("number", [10**30, -(10**30), sp.Rational(10**40, 3), sp.Rational(1, 10**25), 2**63])
def test_a_long_number_is_a_float_among_arrays(number: object) -> None:
    formula = sp.sympify(number) * sp.exp(x)
    found = array_function([x], formula)(np.array([0.0, 1.0]))
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, float(sp.sympify(number)) * np.exp([0.0, 1.0]), rtol=1e-15)


def test_a_number_beyond_the_floats_is_infinite() -> None:
    assert float(array_function([x], x * sp.Integer(10) ** 400)(2.0)) == np.inf


@pytest.mark.parametrize("name", ["select", "numpy", "less_equal", "x0", "v_0", "lambda", "nan", "array"])
def test_a_name_is_never_taken_for_a_function(name: str) -> None:
    flow = odekit.system({name: f"step({name})*{name} + sin(x1*{name}) + cos(x1*{name})", "x1": "relu(x1)"})
    a, b = 0.5, 2.0
    expected = [a + np.sin(a * b) + np.cos(a * b), b]
    np.testing.assert_allclose(flow.function()(0.0, [a, b]), expected, rtol=1e-15)
    np.testing.assert_allclose(_printed(flow, np.array([a, b])), expected, rtol=1e-15)


@pytest.mark.parametrize("text", ["1/x", "log(t)", "x/t", "sqrt(-x - 1)", "relu(x)**-2", "exp(1e9*x)*t**-3"])
def test_a_pole_is_no_warning(text: str) -> None:
    flow = odekit.system({"x": text})
    out = np.empty((1, 2))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        flow.function()(0, [0])
        flow.function()(0.0, [0.0])
        odekit.compile(flow).rhs(np.zeros(2), np.zeros((1, 2)), np.empty((0, 2)), out)


def test_a_function_without_code_is_refused() -> None:
    with pytest.raises(InputError, match="a function that jax doesn't have"):
        code_function([x], sp.besselj(1, x), "jax")
    assert codable(sp.sin(x)) == sp.sin(x)


SPECIAL = {
    "erf": sp.erf(x),
    "its complement": sp.erfc(x),
    "inside of others": sp.exp(-(sp.erf(x) ** 2)) - sp.Abs(sp.erf(x - 1)),
    "on a side": sp.Piecewise((sp.erf(x), x > 0), (x, True)),
}


@pytest.mark.parametrize("name", SPECIAL)
def test_the_error_function_is_one_on_every_backend(name: str) -> None:
    flow = odekit.system({x: SPECIAL[name]})
    points = np.array([[-2.5, -0.3, 0.2, 4.0]])
    exact = [float(SPECIAL[name].subs(x, value)) for value in points[0]]
    out = np.empty_like(points)
    for backend in ("numpy", "jax"):
        odekit.compile(flow, backend).rhs(np.zeros(4), points, np.empty((0, 4)), out)
        np.testing.assert_allclose(out[0], exact, rtol=1e-14)
    np.testing.assert_allclose(flow.function()(0.0, points)[0], exact, rtol=1e-14)
    assert [float(flow.function("mpmath")(0, [point])[0]) for point in points[0]] == pytest.approx(exact)


TENT = sp.Max(0, 1 - sp.Abs(sp.Symbol("t") - 5) / sp.Rational(1, 3))
LONG = (sp.sqrt(2**67 + 1), sp.cbrt(10**25 + 1), sp.log(10**30 + 7))


@pytest.mark.long
@pytest.mark.parametrize("backend", ["numpy", pytest.param("numba", marks=pytest.mark.slow), "jax", "mpmath"])
def test_fields_with_special_functions_tents_and_long_integers_have_their_solutions(backend: str) -> None:
    u, v, w = sp.symbols("u v w", real=True)
    # erf(w)' is the bell curve times w'; a tent has its area; long numbers give a rate.
    rate = sum(LONG) / 10**11
    flow = odekit.system({u: TENT, v: sp.erf(w), w: 1, x: -x * rate})
    solution = odekit.solve(flow, [0.0, 0.0, 0.0, 1.0], 10.0, backend=backend)
    bell = 10 * sp.erf(10) + (sp.exp(-100) - 1) / sp.sqrt(sp.pi)
    exact = [1 / 3, float(bell), 10.0, float(sp.exp(-10 * rate))]
    np.testing.assert_allclose(solution.y[-1, :, 0], exact, rtol=1e-6)


@pytest.mark.parametrize("number", LONG)
@pytest.mark.parametrize("backend", ["numpy", "jax"])
def test_roots_of_long_integers_have_code(number: sp.Expr, backend: str) -> None:
    flow = odekit.system({x: -x * number})
    out = np.empty((1, 1))
    odekit.compile(flow, backend).rhs(np.zeros(1), np.ones((1, 1)), np.empty((0, 1)), out)
    assert out[0, 0] == pytest.approx(-float(number), rel=1e-14)


def test_the_code_of_one_lane_has_the_error_function() -> None:
    (result,) = scalar_code(formulas_of(odekit.system({"x": "erf(x)"}))).results
    assert eval(result, {"math": math, "y0": 0.3}) == pytest.approx(float(sp.erf(0.3)), rel=1e-15)


@pytest.mark.parametrize(
    "text",
    [
        "step((relu(y) + abs(x))/(y - 1/3))*relu(y)",
        "step(abs(x) - relu(y) - 1)",
        "step(step(x) - abs(y))*x",
        "sign(x)*step(sign(x) + sign(y)*abs(x))",
        "step(x - y)",
    ],
)
def test_steps_of_kinks_have_one_value_on_every_backend(text: str) -> None:
    flow = odekit.system({"x": text, "y": "0"})
    exact = [
        float(flow.vector_field[0].subs(dict(zip(flow.states, map(sp.Rational, p), strict=True))))
        for p in POINTS.T
    ]
    for backend in ("numpy", "jax"):
        out = np.empty_like(POINTS)
        odekit.compile(flow, backend).rhs(np.zeros(5), POINTS, np.empty((0, 5)), out)
        np.testing.assert_allclose(out[0], exact, rtol=1e-15)
    np.testing.assert_allclose(array_function(flow.states, flow.vector_field[0])(*POINTS), exact, rtol=1e-15)
    code = scalar_code(formulas_of(flow))
    assert len(code.results) == 2


@pytest.mark.parametrize(("function", "name"), [(sp.zeta, "zeta"), (sp.DiracDelta, "DiracDelta")])
def test_a_function_without_code_is_named_alone(function: sp.FunctionClass, name: str) -> None:
    with pytest.raises(InputError) as refused:
        array_function([x], function(x))
    assert f"Received: {name}. " in str(refused.value)
    assert "class" not in str(refused.value)


@pytest.mark.filterwarnings("error")
def test_values_that_are_not_real_are_not_finite_and_no_warning() -> None:
    """LambertW has real values from -1/e on, where w exp(w) is the argument."""
    at = np.array([-2.0, -0.5, -0.36, 0.0, 1.0, 20.0])
    values = array_function([x], sp.LambertW(x))(at)
    assert np.isnan(values[:2]).all()
    np.testing.assert_allclose(values[2:] * np.exp(values[2:]), at[2:], rtol=1e-13)
    assert np.isnan(array_function([x], sp.root(-2, 3) * x)(1.0))
    flow = odekit.system({"x": sp.LambertW(sp.Symbol("x"))})
    np.testing.assert_array_equal(flow.function()(0.0, [at])[0], values)
    out = np.empty((1, len(at)))
    odekit.compile(flow).rhs(np.zeros(len(at)), at[None], np.empty((0, len(at))), out)
    np.testing.assert_array_equal(out[0], values)
    # With w = LambertW(x), w' (1 + w) exp(w) = w: Ei(w) + exp(w) grows as t, from w = 1 at x = e.
    end = float(odekit.solve(flow, [np.e], [0.0, 1.0], rtol=1e-11)["x"][-1, 0])
    w = float(lambertw(end).real)
    assert expi(w) + np.exp(w) - expi(1.0) - np.e == pytest.approx(1.0, rel=1e-9)
