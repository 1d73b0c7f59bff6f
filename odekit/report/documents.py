"""What the folder of a report holds: JSON, a page, tables for LaTeX and Markdown, and figures."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from odekit.checking import Findings
from odekit.comparison import Comparison
from odekit.json_text import strict_json
from odekit.report.figures import (
    has_curves,
    has_figure,
    plot_budget,
    plot_learning_curve,
    plot_trajectories,
    plot_verdict,
    save_figure,
)
from odekit.report.folder import write_folder
from odekit.report.page import (
    AnyComparison,
    comparison_page,
    comparisons_table,
    findings_page,
    system_page,
    verification_page,
)
from odekit.report.prose import controls, notes, provenance, total
from odekit.report.tables import (
    escape,
    findings_table,
    latex_table,
    learning_curve_table,
    markdown_table,
    verdict_table,
)
from odekit.text import unmarked

if TYPE_CHECKING:
    from odekit.checking import Finding
    from odekit.claims import Report
    from odekit.comparison import LearningCurve
    from odekit.report.tables import Table
    from odekit.simulation import Run
    from odekit.systems import System

__all__ = [
    "comparisons_data",
    "write_comparisons",
    "write_findings",
    "write_learning_curve",
    "write_report",
    "write_system",
]

Place = str | os.PathLike[str]


def write_report(report: Report, path: Place, force: bool = False, command: Sequence[str] = ()) -> Path:
    """Write ``report.json``, ``report.html``, ``verdicts.tex``, ``verdicts.md`` and ``figures/``.

    Parameters
    ----------
    report: what to write; each file carries its version, seed and settings.
    path: of the folder to come; the folder above it exists.
    force: whether an earlier report may be replaced, and nothing else.
    command: the words that repeat it in a shell, for the page.

    Raises
    ------
    FileError: the folder can't be written; then nothing is.
    """
    about = provenance(report)

    def draw(figures: Path) -> None:
        for verdict in filter(has_figure, report.verdicts):
            told = {"Title": unmarked(verdict.statement), "Subject": about}
            save_figure(plot_verdict(verdict), figures, verdict.id, told)

    texts = {
        "report.json": strict_json(report.to_json()),
        "report.html": verification_page(report, command),
        "verdicts.tex": latex_table(verdict_table(report), about) + "\n",
        "verdicts.md": _markdown(report),
    }
    return write_folder(path, texts, force, draw)


def write_comparisons(
    comparisons: Sequence[AnyComparison], path: Place, force: bool = False, command: Sequence[str] = ()
) -> Path:
    """Write ``report.json``, ``report.html``, ``comparison.tex``, ``comparison.md`` and ``figures/``.

    Parameters
    ----------
    comparisons: at least one, of networks' runs or of trajectories.
    path, force, command: see `write_report`.

    Raises
    ------
    FileError: the folder can't be written; then nothing is.
    """

    def draw(figures: Path) -> None:
        for place, one in enumerate(comparisons, start=1):
            if has_curves(one):
                told = {"Title": one.name, "Subject": one.reason}
                save_figure(plot_trajectories(one), figures, f"run-{place}-trajectories", told)
                save_figure(plot_budget(one), figures, f"run-{place}-budget", told)

    texts = {
        "report.json": strict_json(comparisons_data(comparisons)),
        "report.html": comparison_page(comparisons, command),
        **_tables("comparison", comparisons_table(comparisons)),
    }
    return write_folder(path, texts, force, draw)


def write_findings(
    findings: Sequence[Finding], path: Place, force: bool = False, command: Sequence[str] = ()
) -> Path:
    """Write ``report.json``, ``report.html``, ``findings.tex`` and ``findings.md``.

    Parameters
    ----------
    findings: at least one, of one file.
    path, force, command: see `write_report`.

    Raises
    ------
    FileError: the folder can't be written; then nothing is.
    """
    texts = {
        "report.json": strict_json(Findings(findings).to_json()),
        "report.html": findings_page(findings, command),
        **_tables("findings", findings_table(findings)),
    }
    return write_folder(path, texts, force)


def write_learning_curve(
    curve: LearningCurve, path: Place, force: bool = False, run: Run | None = None
) -> Path:
    """Write ``report.json``, ``prediction.tex``, ``prediction.md`` and ``figures/``.

    Parameters
    ----------
    curve: a predicted training.
    path, force: see `write_report`.
    run: the same training, to be shown beside it.

    Raises
    ------
    FileError: the folder can't be written; then nothing is.
    """

    def draw(figures: Path) -> None:
        told = {"Title": "Predicted training", "Subject": curve.told()}
        save_figure(plot_learning_curve(curve, run), figures, "learning-curve", told)

    texts = {
        "report.json": strict_json(curve.to_json()),
        **_tables("prediction", learning_curve_table(curve)),
    }
    return write_folder(path, texts, force, draw)


def write_system(system: System, path: Place, force: bool = False, command: Sequence[str] = ()) -> Path:
    """Write ``report.json``, ``report.html`` and ``system.tex``.

    Parameters
    ----------
    system: any ODE or gradient flow.
    path, force, command: see `write_report`.

    Raises
    ------
    FileError: the folder can't be written; then nothing is.
    """
    texts = {
        "report.json": strict_json(system.to_dict()),
        "report.html": system_page(system, command),
        "system.tex": system.latex() + "\n",
    }
    return write_folder(path, texts, force)


def comparisons_data(comparisons: Sequence[AnyComparison]) -> dict[str, object]:
    """Comparisons as JSON values."""
    return {"runs": [one.to_json() if isinstance(one, Comparison) else one.to_dict() for one in comparisons]}


def _tables(name: str, table: Table) -> dict[str, str]:
    return {f"{name}.tex": latex_table(table) + "\n", f"{name}.md": markdown_table(table) + "\n"}


def _markdown(report: Report) -> str:
    statements = [
        f"{verdict.id} ({verdict.source}): {unmarked(verdict.statement)}" for verdict in report.verdicts
    ]
    sections = {
        "Statements": statements,
        "Qualifications": notes(report),
        "Negative controls: false statements, put through the same experiments": controls(report),
    }
    parts = [f"# Verdicts\n\n{escape(total(report))}", markdown_table(verdict_table(report))]
    for title, lines in sections.items():
        if lines:
            parts.append("\n".join([f"## {title}\n", *(f"- {escape(line)}" for line in lines)]))
    return "\n\n".join(parts) + "\n"
