"""The page of `odekit verify`: a summary, and a section for each claim."""

from __future__ import annotations

import math
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from odekit.claims import CLAIMS
from odekit.outcomes import OUTCOMES
from odekit.report.page.budget import budget_bar
from odekit.report.page.drawing import Drawing
from odekit.report.page.environment import render
from odekit.report.page.figures import verdict_drawing
from odekit.report.tables import outcome_text

if TYPE_CHECKING:
    from odekit.claims import Report, Verdict

__all__ = ["verification_page"]

Numbers = float | Mapping[str, float] | None


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
        "settings": {"seed": report.seed, **report.settings},
        "command": shlex.join(words),
        "counts": _counts(report.verdicts),
        "seconds": sum(verdict.seconds for verdict in report.verdicts),
        "claims": [_section(verdict, report) for verdict in report.verdicts],
    }
    return render("verification.html.jinja", values)


def _counts(verdicts: Sequence[Verdict]) -> list[tuple[str, str, int]]:
    """How many verdicts came to each outcome, those that nothing came to left out."""
    counts = Counter(verdict.outcome for verdict in verdicts)
    return [(outcome, outcome_text(outcome), counts[outcome]) for outcome in OUTCOMES if counts[outcome]]


def _section(verdict: Verdict, report: Report) -> dict[str, Any]:
    return {
        "verdict": verdict,
        "anchor": f"claim-{verdict.id}",
        "outcome": outcome_text(verdict.outcome),
        "rows": _rows(verdict.predicted, verdict.measured),
        "bar": budget_bar(verdict.budget, _known(verdict.gap), verdict.tolerance),
        "drawing": _drawn(verdict),
        "checks": verdict.evidence.get("checks", {}),
        "command": _command(verdict, report),
    }


def _rows(predicted: Numbers, measured: Numbers) -> list[tuple[str, float | None, float | None]]:
    """Name, prediction and measurement of every quantity."""
    first, second = (_by_name(numbers) for numbers in (predicted, measured))
    return [(name, first.get(name), second.get(name)) for name in dict.fromkeys((*first, *second))]


def _by_name(numbers: Numbers) -> dict[str, float | None]:
    """Quantities by name; that of a claim with one alone has none."""
    if numbers is None:
        return {}
    named = numbers if isinstance(numbers, Mapping) else {"": numbers}
    return {name: None if value is None else float(value) for name, value in named.items()}


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
    return [*options, "--full"] if settings.get("full") else options


def _command(verdict: Verdict, report: Report) -> str:
    """What repeats one claim of the catalogue; those of one's own are in files that the report doesn't "
    "know."""
    if verdict.id not in {claim.id for claim in CLAIMS}:
        return ""
    return shlex.join(["odekit", "verify", verdict.id, *_options(report)])
