"""The page of `odekit check`: a section for each line of a user's file."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from odekit._version import __version__
from odekit.report.page.counts import counted
from odekit.report.page.environment import render
from odekit.report.tables import findings_table

if TYPE_CHECKING:
    from odekit.checking import Finding

__all__ = ["findings_page"]
# Of several lines.
OUTCOMES = {"agrees": "agree", "differs": "differ", "not judged": "not judged"}


def findings_page(findings: Sequence[Finding], command: Sequence[str] = ()) -> str:
    """A user's lines against the derivation as one page that asks no host for anything.

    Parameters
    ----------
    findings: at least one, of one file.
    command: the words that repeat it in a shell.
    """
    values = {
        "title": "Report of odekit check",
        "version": __version__,
        "command": shlex.join(command),
        "counts": counted([(_kind(one), OUTCOMES[one.outcome]) for one in findings]),
        "caption": findings_table(findings).caption,
        "units": findings[0].units,
        "time": findings[0].time,
        "lines": [_section(place, one) for place, one in enumerate(findings, start=1)],
    }
    return render("findings.html.jinja", values)


def _kind(finding: Finding) -> str:
    return finding.outcome.replace(" ", "_")


def _section(place: int, finding: Finding) -> dict[str, Any]:
    names = {"equation": f"{finding.item}' = ", "rate": "", "limit": f"{finding.item} -> "}
    left = names.get(finding.kind, f"{finding.item} = ")
    return {
        "anchor": f"line-{place}",
        "finding": finding,
        "outcome": _kind(finding),
        "sides": finding.sides,
        "given": f"${left}{finding.formula}$",
        "corrected": None if finding.corrected is None else f"${left}{finding.corrected}$",
    }
