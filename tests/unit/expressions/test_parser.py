from __future__ import annotations

from fractions import Fraction

import pytest

from odekit.errors import InputError, UnknownNameError
from odekit.expressions import Call, Number, Symbol, parse


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('__import__("os")', "unknown function at column 1"),
        ("z.__class__", "holds a Attribute"),
        ("lambda z: z", "holds a Lambda"),
        ("[z for z in z]", "holds a ListComp"),
        ("z if z else 1", "holds a IfExp"),
        ("z[0]", "which counts from 1"),
        ("f'{z}'", "holds a JoinedStr"),
        ("'z'", "holds a str"),
        ("1j*z", "holds a complex"),
        ("z + True", "holds a bool"),
        ("z := 2", "is not a formula"),
        ("z**999999999", "exponent that is no integer up to 64"),
        ("z**-65", "exponent that is no integer up to 64"),
        ("z**0.5", "exponent that is no integer"),
        ("z**z", "exponent that is no integer"),
        ("z**2**3", "exponent that is no integer"),
        ("1e400", r"number not between 1e-30 and 1e\+30"),
        ("z/1e-320", r"number not between 1e-30 and 1e\+30"),
        ("9" * 500, r"number not between 1e-30 and 1e\+30"),
        ("z/0", r"divides by zero \(column 3\)"),
        ("z @ z", "uses MatMult"),
        ("z // 2", "uses FloorDiv"),
        ("~z", "holds a UnaryOp"),
        ("exp(z, z)", "function of one argument"),
        ("exp(z)(z)", "function of one argument"),
        ("exp(x=z)", "function of one argument"),
        ("", "is not a formula"),
        ("z +", "is not a formula"),
        ("z\0", "is not a formula"),
        ("z; z", "is not a formula"),
        ("-" * 999 + "z", "more than 200 parts"),
        ("+".join(["z"] * 101), "more than 200 parts"),
        ("(" * 60 + "z" + ")" * 60, r"nests more than 50 parentheses \(column 51\)"),
        ("(" * 100_000 + "z" + ")" * 100_000, "the formula is too long"),
    ],
)
def test_text_that_is_no_allowed_formula_is_refused_with_its_reason(text: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        parse(text, ("z",))


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("2*x^2*y", r"Try: \*\* for powers: '2\*x\*\*2\*y'"),
        ("2 x y", r"Try: \* between factors"),
        ("2x*y", r"Try: \* between factors"),
        ("(x + y) (x - y)", r"Try: \* between factors"),
        (r"2\cos x", "Try: names without a backslash"),
        ("cos(x*(y + 1)", "Try: as many closing as opening parentheses"),
        ("x + ", "Try: a formula such as"),
    ],
)
def test_another_notation_is_answered_with_this_one(text: str, advice: str) -> None:
    with pytest.raises(InputError, match=advice):
        parse(text, ("x", "y"))


def test_a_formula_that_is_no_text_is_refused() -> None:
    with pytest.raises(InputError, match=r"must be text.*Received: float"):
        parse(2.0, ("z",))  # type: ignore[arg-type]


def test_a_misspelt_function_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Try: 'tanh'"):
        parse("tahn(z)", ("z",))


def test_a_literal_that_python_only_warns_about_raises_no_warning() -> None:
    with pytest.raises(InputError, match=r"not a formula|BoolOp"):
        parse("1or z", ("z",))


def test_decimals_are_read_as_written() -> None:
    assert parse("0.1", ()) == Number(Fraction(1, 10))


def test_names_and_calls_become_nodes() -> None:
    assert parse(" relu( z ) ", ("z",)) == Call("relu", Symbol("z"))


def test_a_symbol_that_was_not_announced_is_unknown() -> None:
    with pytest.raises(UnknownNameError, match="'y'"):
        parse("x + y", ("x",))


@pytest.mark.parametrize(
    "text", ["1e-400*z", "1e-999999999*z", "1e-31*z", "1e-323*z", "0.01e-400*z", "1e400*z"]
)
def test_a_number_that_no_float_holds_is_refused_and_is_not_zero(text: str) -> None:
    with pytest.raises(InputError, match="number not between 1e-30"):
        parse(text, ("z",))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(1 - 0.99999999999999999999)*z", Fraction(1, 10**20)),
        ("(0.30000000000000000001 - 0.3)*z", Fraction(1, 10**20)),
        ("1_0.5*z", Fraction(21, 2)),
        ("0e-400*z + 2.*z", Fraction(2)),
    ],
)
def test_a_decimal_keeps_all_its_digits(text: str, value: Fraction) -> None:
    polynomial = parse(text, ("z",)).polynomial(("z",))
    assert polynomial is not None
    assert polynomial[(1,)] == value
