"""Formulas of a user's equations: more functions, roots, pi, and names that are words of Python."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from odekit.errors import InputError, UnknownNameError
from odekit.expressions import FORMULA, Call, Constant, Power, Root, Symbol, parse

NAMES = ("x", "y", "lambda", "gamma")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x**0.5", 2.0**0.5),
        ("x**(3/2)", 2.0**1.5),
        ("x**-(1/3)", 2.0 ** (-1 / 3)),
        ("x**(2*3)", 64.0),
        ("(x + y)**(2/3)", 5.0 ** (2 / 3)),
        ("pi*x", 2 * np.pi),
        ("atan(tan(y/3))", np.arctan(np.tan(1.0))),
        ("asin(x/3) + acos(x/3)", np.pi / 2),
        ("lambda*gamma - lambda", 5.0 * 7.0 - 5.0),
    ],
)
def test_a_formula_has_the_value_that_python_gives_it(text: str, value: float) -> None:
    values = {"x": np.array(2.0), "y": np.array(3.0), "lambda": np.array(5.0), "gamma": np.array(7.0)}
    assert float(parse(text, NAMES, FORMULA).evaluate(values)) == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("x**x", "exponent that is no number up to 64"),
        ("x**65", "exponent that is no number up to 64"),
        ("x**(1/65)", "exponent that is no number up to 64"),
        ("x**(1/0)", "exponent that is no number up to 64"),
        ("(x**16)**5", r"powers of powers above 64 \(column 5\)"),
        ("(1 + x*(y + x**9))**8", "powers of powers above 64"),
        ("lambda x: x", "is not a formula"),
        ("-" * 200 + "x", "nests more than 150 levels"),
        ("+".join(["x"] * 801), "more than|is too long"),
        ("x" * 5000, "too long"),
    ],
)
def test_what_a_formula_may_not_hold_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        parse(text, NAMES, FORMULA)


def test_a_name_wins_over_a_constant() -> None:
    assert parse("pi", ("pi",), FORMULA) == Symbol("pi")
    assert parse("pi", (), FORMULA) == Constant("pi")


def test_the_column_of_a_name_stays_behind_a_word_of_python() -> None:
    with pytest.raises(UnknownNameError, match="column 10"):
        parse("lambda + foo", NAMES, FORMULA)


def test_roots_become_nodes_and_activations_have_none() -> None:
    assert parse("x**(1/3)", NAMES, FORMULA) == Root(Symbol("x"), 3)
    assert parse("x**1.5", NAMES, FORMULA) == Power(Call("sqrt", Symbol("x")), 3)
    with pytest.raises(InputError, match="exponent that is no integer"):
        parse("z**0.5", ("z",))
    with pytest.raises(UnknownNameError, match="unknown function"):
        parse("tan(z)", ("z",))


@pytest.mark.parametrize("text", ["x**(1/3)", "x**(-5/4)", "tan(x)", "atan(x)", "asin(x/2)", "acos(x/2)"])
def test_the_derivative_of_the_new_nodes_is_the_complex_step(text: str) -> None:
    tree, at = parse(text, NAMES, FORMULA), 0.7
    step = complex(np.imag(tree.evaluate({"x": np.array(at + 1e-30j)}))) / 1e-30
    # A dozen operations in float64.
    assert float(tree.derivative("x").evaluate({"x": np.array(at)})) == pytest.approx(step.real, rel=1e-13)


def test_new_nodes_are_no_polynomials() -> None:
    assert parse("x**(1/3)", NAMES, FORMULA).polynomial(("x",)) is None
    assert parse("pi*x", NAMES, FORMULA).polynomial(("x",)) is None
    assert parse("x**(4/2)", NAMES, FORMULA).polynomial(("x",)) == {(2,): Fraction(1)}
