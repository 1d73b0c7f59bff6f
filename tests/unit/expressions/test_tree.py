from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odekit.errors import InputError
from odekit.expressions import Expression, Power, Product, Symbol, constant_factor, parse

STEP = 1e-30


def complex_step(expression: Expression, at: float) -> float:
    """Derivative without subtraction: exact to rounding for an analytic function."""
    return float(np.imag(expression.evaluate({"z": np.array(at + 1j * STEP)})) / STEP)


def smooth_formulas() -> st.SearchStrategy[str]:
    leaves = st.one_of(st.just("z"), st.integers(-3, 3).map(str), st.sampled_from(["0.5", "1.25"]))
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds("({} {} {})".format, inner, st.sampled_from("+-*"), inner),
            st.builds("({})**{}".format, inner, st.integers(0, 4)),
            st.builds("{}({})".format, st.sampled_from(["sin", "cos", "tanh"]), inner),
            st.builds("{} / (2 + cos({}))".format, inner, inner),
        ),
        max_leaves=6,
    )


@given(text=smooth_formulas(), at=st.floats(-1.5, 1.5))
def test_the_derivative_is_the_complex_step(text: str, at: float) -> None:
    expression = parse(text, ("z",))
    exact = complex_step(expression, at)
    derived = float(expression.derivative("z").evaluate({"z": np.array(at)}))
    # Rounding of some 20 operations whose intermediate values stay below 1e4 of the result's scale.
    assert derived == pytest.approx(exact, rel=1e-9, abs=1e-9)


def test_a_wrong_derivative_is_noticed_by_the_complex_step() -> None:
    expression = parse("z**3", ("z",))
    wrong = Product(expression.derivative("z"), parse("1.001", ()))
    assert float(wrong.evaluate({"z": np.array(0.7)})) != pytest.approx(
        complex_step(expression, 0.7), rel=1e-9
    )


@pytest.mark.parametrize("name", ["exp", "log", "sqrt", "sin", "cos", "sinh", "cosh", "tanh"])
def test_every_analytic_function_has_its_derivative(name: str) -> None:
    expression = parse(f"{name}(z)", ("z",))
    at = np.array([0.3, 1.1, 2.4])
    derived = expression.derivative("z").evaluate({"z": at})
    exact = [complex_step(expression, value) for value in at]
    np.testing.assert_allclose(derived, exact, rtol=1e-14)


@pytest.mark.parametrize(
    ("text", "derivative"),
    [("relu(z)", [0.0, 1.0]), ("abs(z)", [-1.0, 1.0]), ("sign(z)", [0.0, 0.0]), ("step(z)", [0.0, 0.0])],
)
def test_functions_with_a_kink_have_their_derivative_on_either_side(
    text: str, derivative: list[float]
) -> None:
    slope = parse(text, ("z",)).derivative("z").evaluate({"z": np.array([-0.5, 0.5])})
    np.testing.assert_array_equal(np.broadcast_to(slope, 2), derivative)


@given(
    text=smooth_formulas().filter(lambda text: "(" not in text or "cos" not in text), at=st.integers(-3, 3)
)
def test_polynomial_coefficients_give_the_value(text: str, at: int) -> None:
    expression = parse(text, ("z",))
    coefficients = expression.polynomial(("z",))
    if coefficients is None:
        return
    value = sum((c * Fraction(at) ** degree for (degree,), c in coefficients.items()), Fraction(0))
    # All these values are integers over small powers of 2: exact in float64 below 2**53.
    assert float(value) == pytest.approx(float(expression.evaluate({"z": np.array(float(at))})), rel=1e-12)


@pytest.mark.parametrize(
    ("text", "coefficients"),
    [
        ("(z+1)**2 - 2*z - 1", {(2,): 1}),
        ("z/4 + 0.1", {(1,): Fraction(1, 4), (0,): Fraction(1, 10)}),
        ("2**-2 * z", {(1,): Fraction(1, 4)}),
        ("z - z", {}),
        ("z**0", {(0,): 1}),
        ("relu(z)", None),
        ("1/z", None),
        ("exp(z)", None),
    ],
)
def test_polynomials_are_exact_rationals(text: str, coefficients: object) -> None:
    assert parse(text, ("z",)).polynomial(("z",)) == coefficients


def test_a_foreign_symbol_is_no_polynomial() -> None:
    assert parse("x*y", ("x", "y")).polynomial(("x",)) is None


@pytest.mark.parametrize("exponent", range(9))
def test_integer_powers_agree_with_numpy(exponent: int) -> None:
    z = np.linspace(-2, 2, 7)
    power = np.broadcast_to(Power(Symbol("z"), exponent).evaluate({"z": z}), z.shape)
    np.testing.assert_allclose(power, z**exponent, rtol=8 * np.finfo(float).eps)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("(((((9**64)**64)**64)**64)**64)", "coefficient is too long"),
        ("((((((2**64)**-64)**64)**-64)**64)**64)*z", "coefficient is too long"),
        ("((1+z)**64)**64", "too many terms"),
        ("z/(1-1)", "divides by zero"),
    ],
)
def test_polynomials_that_would_exhaust_the_machine_are_refused(text: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        parse(text, ("z",)).polynomial(("z",))


@given(smooth_formulas())
def test_room_for_the_value_changes_no_bit_of_it(formula: str) -> None:
    expression, z = parse(formula, ("z",)), np.linspace(-2, 2, 7)
    values = {"z": z.copy()}
    with np.errstate(all="ignore"):
        found = expression.evaluate(values, np.full(7, np.nan))
        np.testing.assert_array_equal(np.broadcast_to(found, 7), expression.evaluate({"z": z}) + 0 * z)
    np.testing.assert_array_equal(values["z"], z)


def test_a_power_is_computed_in_the_room_given() -> None:
    room = np.empty(3)
    assert parse("z**5", ("z",)).evaluate({"z": np.arange(3.0)}, room) is room
    np.testing.assert_array_equal(room, [0, 1, 32])


@pytest.mark.parametrize("formula", ["z**3 - z/2", "1 - tanh(z)**2", "relu(z) + 0.5", "2"])
def test_single_precision_stays_single(formula: str) -> None:
    z = np.linspace(-1, 1, 5, dtype=np.float32)
    expression = parse(formula, ("z",))
    assert expression.evaluate({"z": z}).dtype == np.float32
    assert expression.evaluate({"z": z.astype(np.float64)}).dtype == np.float64


@given(smooth_formulas())
def test_the_constant_factor_and_the_rest_are_the_expression(formula: str) -> None:
    expression, z = parse(formula, ("z",)).derivative("z"), np.linspace(-2, 2, 7)
    factor, rest = constant_factor(expression)
    with np.errstate(all="ignore"):
        product, whole = float(factor) * rest.evaluate({"z": z}), expression.evaluate({"z": z})
    # Products in another order: some ulps of every factor.
    np.testing.assert_allclose(product, whole, rtol=1e-13)
    assert constant_factor(rest)[0] == 1 or factor == 0


def test_the_constant_factor_of_a_slope_leaves_the_bare_variable() -> None:
    assert constant_factor(parse("z**2", ("z",)).derivative("z")) == (Fraction(2), Symbol("z"))
    assert constant_factor(parse("z**2 + z", ("z",)).derivative("z"))[0] == 1
