"""What a table of verdicts can't say: qualifications, false statements that were refuted, the total."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from odekit.outcomes import outcome_text
from odekit.text import unmarked

if TYPE_CHECKING:
    from odekit.claims import Control, Report

__all__ = ["controls", "notes", "provenance", "total"]


def notes(report: Report) -> list[str]:
    """Qualifications of each claim, in words."""
    return [f"{verdict.id}: {unmarked(verdict.text)}" for verdict in report.verdicts if verdict.text]


def controls(report: Report, printed_only: bool = False) -> list[str]:
    """Each negative control, what came of it, and the right form of a printed formula.

    Parameters
    ----------
    report: whose verdicts' controls are meant.
    printed_only: leave out refuted controls that carry no correction; one that survived is always told.
    """
    tried = [(verdict.id, verdict.control) for verdict in report.verdicts if verdict.control is not None]
    return [
        _control(name, control)
        for name, control in tried
        if not printed_only or control.correction or control.outcome != "refuted"
    ]


def total(report: Report) -> str:
    """How many claims came to which outcome, and in which time."""
    counts = Counter(outcome_text(verdict.outcome) for verdict in report.verdicts)
    told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items()) or "none verified"
    count = len(report.verdicts)
    claims = "claim" if count == 1 else "claims"
    return f"{count} {claims}: {told} in {report.seconds:.1f} s ({provenance(report)})"


def provenance(report: Report) -> str:
    """Version, seed and settings, which every artefact carries."""
    settings = [f"{name} {_setting(value)}" for name, value in report.described.items()]
    return ", ".join([f"odekit {report.version}", *settings])


def _control(name: str, control: Control) -> str:
    told = f"{name}: {outcome_text(control.outcome)}: {unmarked(control.statement)}"
    return f"{told}; correct: {unmarked(control.correction)}" if control.correction else told


def _setting(value: object) -> str:
    if value is None:
        return "default"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
