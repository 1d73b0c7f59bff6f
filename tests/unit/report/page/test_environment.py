"""What goes into a page: numbers as people write them, text as it is, formulas as MathML."""

from __future__ import annotations

import math
from typing import Any

import pytest
from jinja2 import UndefinedError

from odekit.report.page.environment import _ENVIRONMENT, render


def filtered(name: str, value: Any) -> str:
    return _ENVIRONMENT.from_string("{{ value | " + name + " }}").render(value=value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.5, "0.5"),
        (-2, "\u22122"),
        (1.5e-5, "1.5\u202f\u00d7\u202f10<sup>\u22125</sup>"),
        (-1.23456e-12, "\u22121.235\u202f\u00d7\u202f10<sup>\u221212</sup>"),
        (2e20, "2\u202f\u00d7\u202f10<sup>20</sup>"),
        (math.inf, "\u221e"),
        (-math.inf, "\u2212\u221e"),
        (math.nan, "none"),
        (None, ""),
        ("information-1e-5 <b>", "information-1e-5 &lt;b&gt;"),
    ],
)
def test_numbers_are_written_by_hand(value: float | str | None, shown: str) -> None:
    assert filtered("number", value) == shown


@pytest.mark.parametrize(("value", "shown"), [(12.34, "12 %"), (0.5, "0.5 %"), (0.01, "less than 0.1 %")])
def test_shares_have_two_digits(value: float, shown: str) -> None:
    assert filtered("percent", value) == shown


def test_a_formula_keeps_the_punctuation_behind_it() -> None:
    shown = filtered("words", "where $x = 1$, <b>")
    assert '<wbr><span class="kept"><math><mn>1</mn></math>,</span> &lt;b&gt;' in shown
    assert filtered("words", "(it $x$)") == '(it <span class="kept"><math><mi>x</mi></math>)</span>'
    assert filtered("words", ", plain") == ", plain"


def test_what_a_template_is_not_given_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render("base.html.jinja", {"title": "x"})
