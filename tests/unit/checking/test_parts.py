"""Numbers, sizes, units and algebra on their own."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from odekit import Network
from odekit.checking import algebra
from odekit.checking.document import read_document
from odekit.checking.flow import Flow, derived_system, flow_of
from odekit.checking.sampling.evaluation import WORKING_DIGITS, measure, precise
from odekit.checking.sampling.recognise import monomial, number, power
from odekit.expressions import FORMULA, FUNCTION_NAMES, Expression, parse

NAMES = ("alpha", "beta", "D", "p")


def tree(text: str) -> Expression:
    return parse(text, NAMES, FORMULA)


@pytest.fixture(scope="module")
def flow() -> Flow:
    document = read_document({"D": "1"}, Network("Zp"))
    return flow_of(document, derived_system(document))


@pytest.mark.parametrize("name", FUNCTION_NAMES)
def test_every_function_has_the_same_value_in_many_digits(name: str) -> None:
    expression = parse(f"{name}(x)", ("x",), FORMULA)
    with mpmath.workdps(WORKING_DIGITS):
        exact = float(precise(expression, {"x": mpmath.mpf(0.375)}))
    assert exact == pytest.approx(float(expression.evaluate({"x": np.array(0.375)})), rel=1e-14)


def test_the_size_keeps_what_cancels() -> None:
    value, size = measure(tree("alpha - beta"), {"alpha": np.array([3.0]), "beta": np.array([3.0])})
    assert (value.item(), size.item()) == (0.0, 6.0)


@pytest.mark.parametrize("text", ["1/exp(exp(exp(alpha)))", "sin(1/(alpha - alpha))", "0*log(-alpha)"])
def test_a_part_that_is_not_finite_spoils_the_whole(text: str) -> None:
    value, _ = measure(tree(text), {"alpha": np.array([9.0])})
    assert np.isnan(value).all()


@pytest.mark.parametrize("text", ["3/7", "-sqrt(2)/3", "pi/4", "2/pi", "-12"])
def test_simple_numbers_are_recognised(text: str) -> None:
    value = float(parse(text, (), FORMULA).evaluate({}))
    found = number(value)
    assert found is not None
    assert float(found.evaluate({})) == pytest.approx(value, rel=1e-15)


def test_other_numbers_are_not_recognised() -> None:
    assert number(float(np.exp(1.0))) is None
    assert number(float("nan")) is None


def test_a_monomial_is_recognised_and_a_sum_is_not() -> None:
    p = np.array([5.0, 7.0, 11.0, 13.0])
    found = monomial(-2 * p**1.5, {"p": p})
    assert found is not None
    np.testing.assert_allclose(found.evaluate({"p": p}), -2 * p**1.5, rtol=1e-14)
    assert monomial(1 + p, {"p": p}) is None
    assert monomial(np.array([1.0, -1.0, 1.0, 1.0]), {"p": p}) is None


def test_a_power_may_be_a_third() -> None:
    assert power("p", 2 / 3) == tree("p**(2/3)")
    assert power("p", -0.5) == tree("p**(-1/2)")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("sin(2*D)", "2*sin(D)*cos(D)"),
        ("(alpha + beta)**2/alpha", "alpha + 2*beta + beta**2/alpha"),
        ("cos(D)**2", "1 - sin(D)**2"),
        ("sqrt(p)*sqrt(2)", "sqrt(2*p)"),
    ],
)
def test_equal_formulas_are_proved_equal(left: str, right: str, flow: Flow) -> None:
    assert algebra.is_proved(tree(left), tree(right), flow)
    assert not algebra.is_proved(tree(left), tree(f"{right} + alpha/1000"), flow)


def test_nothing_large_is_expanded(flow: Flow) -> None:
    large = tree("(alpha + beta + p + D)**64")
    assert not algebra.is_proved(large, large, flow)
    assert algebra.ratio(large, tree("alpha"), flow, {}) is None
