"""What is said beside a table of verdicts."""

from __future__ import annotations

from dataclasses import replace

from odekit.claims import Report
from odekit.report.prose import controls, notes, provenance, total


def test_notes_are_the_qualifications(report: Report) -> None:
    assert notes(report) == ["orders: At uniform softmax.", "elsewhere: Z5 is too small."]


def test_controls_tell_the_right_form_of_what_is_false(report: Report) -> None:
    told = controls(report)
    assert told[0] == "orders: refuted: the opposite_of it; correct: 2*phi - psi"
    assert told[2] == "open: inconclusive: nothing"
    assert len(told) == 3


def test_a_control_that_survived_is_always_told(report: Report) -> None:
    plain = replace(report.verdicts[0].control, correction="")
    verdicts = (replace(report.verdicts[0], control=plain), report.verdicts[2])
    assert controls(replace(report, verdicts=verdicts), printed_only=True) == ["open: inconclusive: nothing"]


def test_the_total_counts_outcomes(report: Report) -> None:
    assert total(report) == (
        "4 claims: 1 confirmed, 1 refuted, 1 inconclusive, 1 not applicable in 0.0 s "
        "(odekit 9.9, seed 7, full no, group default)"
    )
    few = replace(report, verdicts=report.verdicts[:1], seconds=2.34)
    assert total(few).startswith("1 claim: 1 confirmed in 2.3 s")
    assert total(replace(report, verdicts=())).startswith("0 claims: none verified")


def test_provenance_names_every_setting(report: Report) -> None:
    settings = {"full": True, "group": "Z31", "paper": None}
    assert provenance(replace(report, settings=settings)) == (
        "odekit 9.9, seed 7, full yes, group Z31, paper default"
    )
