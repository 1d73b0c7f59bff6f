"""The page of `odekit verify`: a summary, and a section for each claim."""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from odekit.claims import CLAIMS
from odekit.errors import OdekitError
from odekit.groups import group as named_group
from odekit.outcomes import outcome_text
from odekit.report.page.budget import budget_bar
from odekit.report.page.counts import counted
from odekit.report.page.drawing import Drawing
from odekit.report.page.environment import render
from odekit.report.page.figures import verdict_drawing

if TYPE_CHECKING:
    from odekit.claims import Report, Verdict

__all__ = ["verification_page"]

# Of the catalogue; claims of one's own are in files that a report doesn't know.
_HYPOTHESES = {claim.id: claim.hypotheses for claim in CLAIMS}


def verification_page(report: Report, command: Sequence[str] = ()) -> str:
    """The verdicts of a report as one page that asks no host for anything.

    Parameters
    ----------
    report: what to show.
    command: the words that repeat it in a shell; by default those that its settings give.
    """
    words = tuple(command) or ("odekit", "verify", *_options(report))
    values = {
        "title": "Report of odekit verify",
        "version": report.version,
        "settings": report.described,
        "command": shlex.join(words),
        "counts": counted([(one.outcome, outcome_text(one.outcome)) for one in report.verdicts]),
        "claims": [_section(verdict, report, words) for verdict in report.verdicts],
    }
    return render("verification.html.jinja", values)


def _section(verdict: Verdict, report: Report, words: Sequence[str]) -> dict[str, Any]:
    return {
        "verdict": verdict,
        "hypotheses": _HYPOTHESES.get(verdict.id, ""),
        "anchor": f"claim-{verdict.id}",
        "outcome": outcome_text(verdict.outcome),
        "rows": verdict.quantities,
        "bar": budget_bar(verdict.budget, _known(verdict.gap), verdict.tolerance),
        "drawing": _drawn(verdict),
        "checks": verdict.evidence.get("checks", {}),
        "command": _command(verdict, report, words),
    }


def _known(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(value)


def _drawn(verdict: Verdict) -> Drawing | None:
    return None if verdict.outcome == "not_applicable" else verdict_drawing(verdict)


def _options(report: Report) -> list[str]:
    """Of the command, as the settings tell them."""
    settings = report.settings
    options = ["--seed", str(report.seed)]
    for name in ("group", "paper"):
        if settings.get(name) is not None:
            options += [f"--{name}", str(settings[name])]
    for name, value in settings.get("values", {}).items():
        options += ["--set", f"{name}={value}"]
    return [*options, "--full"] if settings.get("full") else options


def _command(verdict: Verdict, report: Report, whole: Sequence[str]) -> str:
    """What repeats one claim of the catalogue on a group that has a name; else what repeats all."""
    is_alone = verdict.id in _HYPOTHESES and _has_name(report)
    words = ["odekit", "verify", verdict.id, *_options(report)] if is_alone else whole
    return shlex.join(words)


def _has_name(report: Report) -> bool:
    """Whether a name stands for the report's group, as for one that a table defines none does."""
    name = report.settings.get("group")
    try:
        return name is None or named_group(str(name)).name == name
    except OdekitError:
        return False
