"""How do I show it? Tables for the terminal, for LaTeX and for Markdown, figures for a paper, and files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from odekit.facade import lazy

__all__ = [
    "Table",
    "check_folder",
    "claims_table",
    "comparison_table",
    "controls",
    "findings_table",
    "gap_figure",
    "latex_table",
    "loss_figure",
    "markdown_table",
    "notes",
    "prediction_table",
    "provenance",
    "terminal_table",
    "total",
    "trajectory_figure",
    "verdict_figure",
    "verdict_table",
    "winners_table",
    "write_report",
]

_HOMES = {
    "Table": "tables",
    "check_folder": "folder",
    "claims_table": "tables",
    "comparison_table": "tables",
    "controls": "prose",
    "findings_table": "tables",
    "gap_figure": "figures",
    "latex_table": "tables",
    "loss_figure": "figures",
    "markdown_table": "tables",
    "notes": "prose",
    "prediction_table": "tables",
    "provenance": "prose",
    "terminal_table": "tables",
    "total": "prose",
    "trajectory_figure": "figures",
    "verdict_figure": "figures",
    "verdict_table": "tables",
    "winners_table": "tables",
    "write_report": "folder",
}

if TYPE_CHECKING:
    from odekit.report.figures import gap_figure, loss_figure, trajectory_figure, verdict_figure
    from odekit.report.folder import check_folder, write_report
    from odekit.report.prose import controls, notes, provenance, total
    from odekit.report.tables import (
        Table,
        claims_table,
        comparison_table,
        findings_table,
        latex_table,
        markdown_table,
        prediction_table,
        terminal_table,
        verdict_table,
        winners_table,
    )
else:
    __getattr__, __dir__ = lazy(__name__, _HOMES)
