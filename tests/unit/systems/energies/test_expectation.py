"""Means over Gaussian variables and over data, against quadrature, known moments and NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from odekit.errors import InputError, UnknownNameError
from odekit.systems import expectation


def quadrature(formula: str, mean: np.ndarray, covariance: np.ndarray) -> float:
    """By Gauss-Hermite points along the axes of the covariance, exact up to degree 19 in each."""
    points, weights = np.polynomial.hermite_e.hermegauss(10)
    x, y = (grid.ravel() for grid in np.meshgrid(points, points))
    both = np.outer(weights, weights).ravel() / (2 * np.pi)
    root = np.linalg.cholesky(covariance)
    x, y = mean[:, None] + root @ np.array([x, y])
    return float(np.sum(both * sp.lambdify(sp.symbols("x y"), sp.sympify(formula))(x, y)))


@pytest.mark.parametrize("formula", ["x**4*y**2", "(x - 2*y)**5", "x**3*y**3 + x*y", "(1 + x*y)**4", "7"])
def test_wick_agrees_with_quadrature(formula: str) -> None:
    mean, covariance = np.array([0.5, -0.25]), np.array([[2.0, 0.75], [0.75, 1.5]])
    law = {"x": (0.5, 2), "y": ("-1/4", 1.5), ("x", "y"): sp.Rational(3, 4)}
    assert float(expectation(formula, law)) == pytest.approx(quadrature(formula, mean, covariance), rel=1e-11)


def test_four_variables_have_the_three_pairings() -> None:
    """Isserlis: E[a b c d] = C_ab C_cd + C_ac C_bd + C_ad C_bc at mean 0."""
    pairs = {("a", "b"): "ab", ("c", "d"): "cd", ("a", "c"): "ac", ("b", "d"): "bd", ("a", "d"): "ad"}
    law = dict.fromkeys("abcd", (0, 1)) | pairs | {("b", "c"): "bc"}
    found = expectation("a*b*c*d", law, parameters="ab cd ac bd ad bc")
    assert str(found) == "ab*cd + ac*bd + ad*bc"


@pytest.mark.parametrize("power", range(1, 9))
def test_moments_about_a_symbolic_mean_are_derivatives_of_the_moment_generating_function(power: int) -> None:
    t, m, v = sp.symbols("t m v", real=True)
    known = sp.exp(m * t + v * t**2 / 2).diff(t, power).subs(t, 0)
    found = expectation(f"x**{power}", {"x": ("m", "v")}, parameters="m v")
    assert sp.expand(found - known) == 0


def test_constants_of_a_sympy_formula_stay_themselves() -> None:
    w, x = sp.symbols("w x")
    assert expectation((w * x - sp.tanh(w)) ** 2, {"x": (0, 2)}) == 2 * w**2 + sp.tanh(w) ** 2


def test_data_give_the_mean_of_numpy_exactly() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(5, 2)), rng.normal(size=5)
    found = expectation("(y - a*x1 - b*x2)**2/2", data={"x": x, "y": y}, parameters="a b")
    a, b = 0.3, -1.2
    expected = np.mean((y - x @ [a, b]) ** 2) / 2
    values = {symbol: {"a": a, "b": b}[symbol.name] for symbol in found.free_symbols}
    assert float(found.xreplace(values)) == pytest.approx(expected, rel=1e-12)
    assert expectation("x**2", data=[sp.Rational(1, 2), 0.1]) == sp.Rational(13, 100)


def test_any_formula_has_a_mean_over_data() -> None:
    found = expectation("sin(k*x)", data=[1, 2, 3], parameters="k")
    k = sp.Symbol("k", real=True)
    assert sp.simplify(found - (sp.sin(k) + sp.sin(2 * k) + sp.sin(3 * k)) / 3) == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "over Gaussian variables or over data"),
        ({"gaussian": {"x": (0, 1)}, "data": [1.0]}, "over Gaussian variables or over data"),
        ({"gaussian": {"x": 1}}, "no mean and variance.*Try"),
        ({"gaussian": {"x": (0, -1)}}, "no variables have these covariances"),
        ({"gaussian": {"x": (0, 1), "y": (0, 1), ("x", "y"): 2}}, "eigenvalue -1"),
        ({"gaussian": {"x": (0, 2), "y": (0, 2), ("x", "y"): 1, ("y", "x"): 0}}, "is given twice"),
        ({"gaussian": {"x": (0, 1), ("x", "z"): 2}}, "no two of the variables"),
        ({"gaussian": {"x": (0, 1), "k": (0, 1)}}, "stands for two things"),
        ({"data": {"x": [1, 2], "y": [1, 2, 3]}}, "2 of x, 3 of y"),
        ({"data": [1.0, float("nan")]}, "not all numbers"),
        ({"data": []}, "are no table"),
    ],
)
def test_what_has_no_mean_is_refused(options: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        expectation("k*x**2", **options, parameters="k")


def test_other_formulas_are_refused_over_gaussian_variables() -> None:
    with pytest.raises(InputError, match="no polynomial in the Gaussian variables"):
        expectation("sin(x)", {"x": (0, 1)})
    with pytest.raises(UnknownNameError):
        expectation("x*z", {"x": (0, 1)})


def test_a_covariance_is_given_once() -> None:
    law = {"x": (0, 1), "y": (0, 1), ("x", "y"): "1/2", ("y", "x"): "1/5"}
    with pytest.raises(InputError, match=r"covariance of .* is given twice"):
        expectation("x*y", law)


@pytest.mark.parametrize(
    ("formula", "where"), [("1/x", "zoo at x = 0"), ("sqrt(x - 1)", "I at x = 0"), ("k*log(x - 1)", "x = 0")]
)
def test_a_formula_that_is_not_finite_or_real_at_a_sample_has_no_mean(formula: str, where: str) -> None:
    with pytest.raises(InputError, match=f"has no mean over the data.*{where}"):
        expectation(formula, data={"x": [2, 0]}, parameters="k")


@pytest.mark.parametrize(
    "formula", ["x*exp(x/2 - y/4)", "exp(x)*(y - exp(-x/2))**2 + y", "(1 + exp(y/2))**2*x*y"]
)
def test_polynomials_times_exponentials_agree_with_quadrature(formula: str) -> None:
    mean, covariance = np.array([0.25, -0.5]), np.array([[0.5, 0.25], [0.25, 0.75]])
    law = {"x": (0.25, 0.5), "y": (-0.5, 0.75), ("x", "y"): 0.25}
    # Ten points take an exponential of slope 1 to some 1e-9.
    assert float(expectation(formula, law)) == pytest.approx(quadrature(formula, mean, covariance), rel=1e-7)


def test_the_moment_generating_function_is_derived() -> None:
    a, m, v = sp.symbols("a m v", real=True)
    found = expectation("exp(a*x)", {"x": ("m", "v")}, parameters="a m v")
    assert sp.simplify(found / sp.exp(a * m + a**2 * v / 2)) == 1


@pytest.mark.parametrize("formula", ["exp(x**2/4)", "x*exp(x*y)", "exp(exp(x))", "exp(x)/x"])
def test_other_exponentials_are_refused(formula: str) -> None:
    with pytest.raises(InputError, match="several, each times the exponential of a linear form"):
        expectation(formula, {"x": (0, 1), "y": (0, 1)})
