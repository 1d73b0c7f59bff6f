"""Pages hold everything, ask no host for anything, are the same each time, and run no text of a user's."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import odekit
from odekit.checking import Finding, check
from odekit.claims import Control, Report, Verdict
from odekit.comparison import Comparison
from odekit.report import comparison_page, findings_page, system_page, verification_page
from odekit.report.page.drawing import Drawing
from odekit.systems import System

ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}{% raw %}",
    "$<b>x</b>$ and $<script>$",
    "'); alert(1); ('",
    "a\x1b[2J\x00\u202eb\u2066c",
]


class Tags(HTMLParser):
    """All tags and attributes of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def is_harmless(page: str) -> bool:
    """No script, no handler, nothing from elsewhere, and no character that nobody sees."""
    read = Tags(page)
    assert "script" not in read.tags
    assert not [name for name, _ in read.attributes if name.startswith("on")]
    for name, value in read.attributes:
        assert name not in ("src", "href") or value.startswith(("data:", "#", "report.json")), value
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", page)
    return True


def attacked(report: Report, attack: str) -> Report:
    """The report with a user's text in every place that takes one."""
    control = Control(attack, "refuted", attack)
    evil = Verdict(
        "evil",
        attack,
        attack,
        "confirmed",
        {attack: 1.0},
        {attack: 1.0},
        budget={attack: 1.0},
        control=control,
        evidence={"checks": {attack: True}},
        text=attack,
        gap=0.5,
        tolerance=2.0,
    )
    return replace(report, verdicts=(*report.verdicts, evil), settings={attack: attack})


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages in which a dot stands for every figure, to save time."""
    dot = Drawing("data:image/gif;base64,R0lGODlhAQABAAAAACw=", 1, 1, "a dot", "A dot.")
    room = "odekit.report.page"
    monkeypatch.setattr(f"{room}.comparison.comparison_drawings", lambda one: [replace(dot, words=one.name)])
    monkeypatch.setattr(f"{room}.verification.verdict_drawing", lambda one: replace(dot, words=one.id))


@pytest.mark.usefixtures("undrawn")
def test_a_page_tells_all_of_a_verdict(report: Report) -> None:
    first = replace(report.verdicts[0], gap=2e-4, statement="the order of $x^2$ is 3")
    page = verification_page(replace(report, verdicts=(first, *report.verdicts[1:])))
    text = Tags(page).text
    for told in (
        "orders",
        "paper, p. 1",
        "2\u2062",
        "fit",
        "rounding",
        "the opposite_of it",
        "odekit verify",
    ):
        assert told in text or told == "2\u2062", told
    assert "<msup><mi>x</mi><mrow><mn>2</mn></mrow></msup>" in page
    assert "Gap 0.0002 of a budget of 0.00101" in " ".join(text.split())
    assert "shares" in text
    assert "Z5 is too small." in text


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_of_a_report_is_markup(report: Report, attack: str) -> None:
    assert is_harmless(verification_page(attacked(report, attack), ["odekit", "verify", attack]))


def test_a_figure_of_strange_names_is_drawn() -> None:
    names = {attack: float(place) for place, attack in enumerate(ATTACKS)}
    page = verification_page(
        Report("9.9", 0, {}, (Verdict("evil", "x", "y", "refuted", names, names, budget={"a": 1.0}),))
    )
    assert is_harmless(page)
    assert "<figure>" in page


def test_the_check_of_pages_sees_what_it_looks_for() -> None:
    for bad in ("<script>1</script>", "<img onerror=x>", '<img src="http://a/b.png">', "\u202e"):
        with pytest.raises(AssertionError):
            is_harmless(bad)


def test_every_claim_that_was_tried_has_a_figure(report: Report) -> None:
    page = verification_page(report)
    assert page.count("<figure>") == sum(v.predicted is not None for v in report.verdicts)
    assert page.count("<figcaption>") == page.count("<figure>")


@pytest.mark.slow
def test_the_same_result_gives_the_same_bytes(comparison: Comparison) -> None:
    assert comparison_page([comparison]) == comparison_page([comparison])


def test_a_claim_of_the_catalogue_has_a_command_of_its_own(report: Report) -> None:
    known = Verdict("lottery-ticket", "it wins", "paper", "inconclusive", text="no time")
    page = verification_page(Report("9.9", 7, {"full": True, "group": "Z7"}, (known,)))
    assert "odekit verify lottery-ticket --seed 7 --group Z7 --full" in page
    table = verification_page(
        Report("9.9", 7, {"full": True, "group": "my table"}, (known,)), ["odekit", "x"]
    )
    assert "<code>odekit x</code>" in table
    assert "verify lottery-ticket" not in table


def test_a_comparison_shows_figures_budget_and_settings(comparison: Comparison) -> None:
    page = comparison_page([comparison], ["odekit", "compare", "my run.npz"])
    assert page.count("<figure>") == 2
    text = " ".join(Tags(page).text.split())
    assert "reduction" in text
    assert "groupZ5" in text.replace(" ", "")
    assert "odekit compare &#39;my run.npz&#39;" in page
    assert is_harmless(page)


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("attack", ATTACKS)
def test_no_meta_of_a_run_is_markup(comparison: Comparison, attack: str) -> None:
    run = replace(comparison.run, meta={**comparison.run.meta, "optimiser": attack, "init": {attack: attack}})
    assert is_harmless(comparison_page([replace(comparison, name=attack, run=run, reason=attack)]))


def test_what_is_not_applicable_has_no_figure(inapplicable: Comparison) -> None:
    page = comparison_page([inapplicable])
    assert "<figure>" not in page
    assert "not applicable" in page


@pytest.mark.slow
def test_trajectories_have_a_page() -> None:
    t = np.linspace(0, 2, 21)
    record = odekit.Trajectory(t, {"x": np.exp(-t)}, {"noise": 1e-6})
    page = comparison_page([odekit.compare(record, odekit.system({"x": "-x"}))])
    assert page.count("<figure>") == 2
    assert "where its gap is largest beside its budget" in page


def test_findings_show_both_formulas_and_a_point(tmp_path: Path) -> None:
    file = tmp_path / "draft.toml"
    file.write_text(
        '[system.equations]\nx = "-x**3"\ny = "-y"\n[equations]\nx = "-x**2"\ny = "-y"\n'
        '[first_integrals]\nc = "y**2"\n'
    )
    page = findings_page(check(file))
    assert "<msup><mi>x</mi><mrow><mn>3</mn></mrow></msup>" in page
    assert "A point that shows it" in page
    assert page.count('class="badge') == 3
    assert is_harmless(page)


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_line_of_a_file_is_markup(attack: str) -> None:
    finding = Finding(attack, attack, attack, False, attack, attack, attack, {attack: 1.0}, 1.0, 2.0)
    finding = replace(finding, corrected=attack, notes=(attack,), units={attack: attack}, time=attack)
    assert is_harmless(findings_page([finding]))


@pytest.fixture
def lotka() -> System:
    return odekit.system({"x": "x*(1 - y)", "y": "y*(x - 1)"})


@pytest.mark.slow
def test_a_system_shows_equations_integrals_points_and_a_portrait(lotka: System) -> None:
    page = system_page(lotka, ["odekit", "analyse", "lotka.toml"])
    for told in ("\u02d9", "First integrals", "saddle", "centre", "<figure>", "odekit analyse lotka.toml"):
        assert told in page, told
    assert is_harmless(page)


def test_a_system_with_open_parameters_has_no_portrait() -> None:
    page = system_page(odekit.system({"x": "-k*x", "y": "-y"}, parameters="k", conditions="k > 0 <b>"))
    assert "<figure>" not in page
    assert "k &gt; 0 &lt;b&gt;" in page
