"""Another notation is recognised, and the message says how it is written here."""

from __future__ import annotations

import pytest

from odekit.errors import InputError, UnknownNameError, nearest
from odekit.expressions import FORMULA, parse


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("x^2", r"\*\* for powers: 'x\*\*2'"),
        ("x\N{MINUS SIGN}y", "plain signs: 'x-y'"),
        ("2\N{MIDDLE DOT}x", r"plain signs: '2\*x'"),
        ("2\N{DOT OPERATOR}x\N{DIVISION SIGN}y", r"plain signs: '2\*x/y'"),
        ("x\N{SUPERSCRIPT TWO}", r"plain signs: 'x\*\*2'"),
        ("x\N{SUPERSCRIPT MINUS}\N{SUPERSCRIPT ONE}\N{SUPERSCRIPT TWO}", r"plain signs: 'x\*\*-12'"),
        ("3\N{MULTIPLICATION SIGN}x^2", r"plain signs: '3\*x\*\*2'"),
        ("2x", r"\* between factors"),
    ],
)
def test_signs_of_another_notation_are_written_out(text: str, hint: str) -> None:
    with pytest.raises(InputError, match=f"Try: {hint}"):
        parse(text, ("x", "y"), FORMULA)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("ln(x)", "'log'"),
        ("arctan(x)", "'atan'"),
        ("sgn(x)", "'sign'"),
        ("Heaviside(x)", "'step'"),
        ("log10(x)", r"'log\(x\)/log\(10\)'"),
        ("sinn(x)", "'sin'"),
    ],
)
def test_other_words_for_functions_are_known(text: str, hint: str) -> None:
    with pytest.raises(UnknownNameError, match=f"Try: {hint}"):
        parse(text, ("x",), FORMULA)


@pytest.mark.parametrize("text", ["swish(x)", "gamma(x)", "foo(x)", "1e31*x"])
def test_what_is_near_to_nothing_gets_no_wrong_hint(text: str) -> None:
    with pytest.raises(InputError) as refused:
        parse(text, ("x",), FORMULA)
    assert "between factors" not in str(refused.value)
    assert "Try: '" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "known", "near"),
    [
        ("alhpa", ("alpha", "beta"), "alpha"),
        ("alfa", ("beta", "alpha"), "alpha"),
        ("Z_5", ("Zp", "Z5"), "Z5"),
        ("quadratik", ("relu", "quadratic"), "quadratic"),
        ("quad", ("relu", "quadratic"), "quadratic"),
        ("RELU", ("quadratic", "relu"), "relu"),
        ("SO3", ("Q8xS3", "Zp"), None),
        ("swish", ("quadratic", "cubic", "relu", "gelu"), None),
        ("x", ("y", "t"), None),
        ("omega", ("alpha", "beta"), None),
    ],
)
def test_only_a_near_name_is_suggested(name: str, known: tuple[str, ...], near: str | None) -> None:
    assert nearest(name, known) == near
    assert ("Try" in str(UnknownNameError("name", name, known))) == (near is not None)


@pytest.mark.parametrize("dot", ["\N{MIDDLE DOT}", "\N{GREEK ANO TELEIA}", "\N{DOT OPERATOR}"])
@pytest.mark.parametrize("text", ["x{}y", "x + 2*x{}y", "x{}2", "2{}x", "x{}sin(y)", "x{}y{}x"])
def test_a_dot_between_letters_is_written_out(text: str, dot: str) -> None:
    """The first two dots may stand within a name of Python's."""
    with pytest.raises(InputError) as refused:
        parse(text.replace("{}", dot), ("x", "y"), FORMULA)
    assert f"Try: plain signs: {text.replace('{}', '*')!r}." in str(refused.value)


def test_a_name_with_a_dot_is_no_product() -> None:
    assert parse("l\N{MIDDLE DOT}l + 1", ("l\N{MIDDLE DOT}l",), FORMULA)
