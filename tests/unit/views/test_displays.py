"""What a notebook shows of a result: all of it, as text and never as markup."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
import sympy as sp

import odekit
from odekit.checking import Finding, Findings
from odekit.claims import Report, Verdict
from odekit.claims.negative_control import Control
from odekit.comparison import Prediction, RateEstimate
from odekit.report import findings_page
from odekit.systems import Search
from odekit.views import html_paragraph, html_table

HOSTILE = '<img src=x onerror="alert(1)">\x1b[2J</table>'


class Reader(HTMLParser):
    """The tags and the text of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data + " "


def read(shown: Any) -> Reader:
    return Reader(shown._repr_html_())


def verdict(**changes: Any) -> Verdict:
    given = {"predicted": {"rate": 2.0}, "measured": {"rate": 2.01}, "tolerance": 0.1, "text": HOSTILE}
    control = Control(HOSTILE, "refuted")
    return Verdict(
        HOSTILE, HOSTILE, HOSTILE, "confirmed", budget={HOSTILE: 0.05}, control=control, **(given | changes)
    )


def hostile_comparison() -> Any:
    times = np.linspace(0.0, 1.0, 5)
    record = odekit.Trajectory(times, {"x": np.exp(-times)}, file=HOSTILE)
    return odekit.compare(record, odekit.system({"x": "-x"}))


SHOWN = {
    "verdict": verdict,
    "report": lambda: Report("1.0", 0, {}, [verdict()]),
    "finding": lambda: Finding(HOSTILE, "equation", HOSTILE, False, HOSTILE, corrected=HOSTILE),
    "prediction": lambda: Prediction(
        (HOSTILE, "b"), np.ones((1, 2)), np.zeros(1, dtype=np.intp), np.ones(1, dtype=np.intp), {}, False
    ),
    "estimate": lambda: RateEstimate(np.nan, (np.nan, np.nan), (0.0, 1.0), {}, "unknown", HOSTILE),
}


@pytest.mark.parametrize("name", SHOWN)
def test_text_of_users_is_shown_and_never_markup(name: str) -> None:
    found = read(SHOWN[name]())
    assert not {"img", "script"} & set(found.tags)
    assert "onerror" in found.text
    assert found.text.isprintable()


def test_tables_and_paragraphs_hold_text_alone() -> None:
    for html in (html_table([HOSTILE], [[HOSTILE]], HOSTILE), html_paragraph(HOSTILE, HOSTILE)):
        assert not {"img", "script"} & set(Reader(html).tags)


def test_raw_text_would_have_been_noticed() -> None:
    assert "img" in Reader(f"<p>{HOSTILE}</p>").tags


def test_a_comparison_shows_errors_outcome_horizon_and_control() -> None:
    run = odekit.simulate(odekit.Network("Z5", neurons=3), t_end=0.1, snapshots=4)
    comparison = odekit.compare(run)
    text = read(comparison).text
    assert comparison.reason in text
    for expected in ("alpha", "psi", "horizon not reached", "control", "refuted"):
        assert expected in text
    assert f"{float(comparison.errors['alpha'].max[-1]):.4g}" in text


def test_a_trajectorys_comparison_shows_each_state_with_its_budget() -> None:
    comparison = hostile_comparison()
    found = read(comparison)
    assert found.tags.count("tr") == 2
    assert comparison.reason in found.text
    assert "control" in found.text


def test_a_network_shows_what_it_is() -> None:
    text = read(odekit.Network("Z5", neurons=3, activation="z**4")).text
    for expected in ("Z5", "3", "z**4", "shared", "mean"):
        assert expected in text


def test_a_rate_shows_its_interval_or_why_there_is_none() -> None:
    t = np.arange(50.0)
    assert "exponential" in read(odekit.estimate_rate(t, np.exp(-t))).text
    assert "none" in read(odekit.estimate_rate(t[1:], 1 / t[1:])).text


def test_findings_are_a_list_that_shows_a_row_for_each_line() -> None:
    found = odekit.check({"x": "-k*x", "y": "x"}, odekit.system({"x": "-k*x", "y": "2*x"}, "k"))
    assert isinstance(found, list)
    assert isinstance(found, Findings)
    shown = read(found)
    assert shown.tags.count("tr") == 3
    assert "differs" in shown.text
    assert "2*x" in shown.text


def test_values_that_four_digits_do_not_tell_apart_are_shown_apart() -> None:
    (found,) = odekit.check({"x": "-2*x"}, odekit.system("x' = -x"))
    close = Findings([replace(found, given=1.23456789, derived=1.2345678)])
    assert "given 1.2345679, derived 1.2345678" in read(close).text
    page = Reader(findings_page(close)).text
    assert "1.2345679" in page
    assert "1.2345678 " in page


def test_a_search_shows_formulas_and_words() -> None:
    lotka = odekit.system("x' = x*(1 - y); y' = r*y*(x - 1)", {"r": "1/2"})
    points = lotka.fixed_points()._repr_latex_()
    assert r"$\displaystyle x = 0,\; y = 0$: saddle" in points
    assert r"\log" in lotka.first_integrals()._repr_latex_()
    scaling = odekit.system("x' = -x**3").scaling_symmetries()._repr_latex_()
    assert r"t \to \frac{1}{c^{2}}\, t" in scaling
    assert Search(("costs $5",), "partial", "$").sentence == "partial: $"
    assert "costs \\$5" in Search(("costs $5",), "partial", "$")._repr_latex_()
    assert sp.latex(sp.Symbol("x") ** 2) in Search((sp.Symbol("x") ** 2,), "complete", "all")._repr_latex_()


def test_a_lifted_system_shows_its_blocks_and_a_long_one_nothing() -> None:
    lifted = odekit.derive(odekit.Network("S3", embedding="unshared"))
    assert r"\hat\xi" in str(lifted._repr_latex_())
    long = odekit.system({f"x{i}": f"-x{i}" for i in range(100)})
    assert long._repr_latex_() is None
