"""How do I show it? Tables for the terminal, for LaTeX and for Markdown, figures for a paper, and files.

What enters are verdicts, findings, comparisons, predictions and runs, all finished. What leaves is text,
figures and whole files. A table is data (`Table`) and knows nothing of where it will be printed; a figure is
a Matplotlib figure that no window shows. This room measures nothing and decides nothing. Each name is loaded
on first use, so that who wants a table need not wait for Matplotlib.
"""

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
    "Table": "tables.table",
    "check_folder": "folder",
    "claims_table": "tables.contents",
    "comparison_table": "tables.contents",
    "controls": "prose",
    "findings_table": "tables.findings",
    "gap_figure": "figures.figures",
    "latex_table": "tables.latex",
    "loss_figure": "figures.figures",
    "markdown_table": "tables.markdown",
    "notes": "prose",
    "prediction_table": "tables.contents",
    "provenance": "prose",
    "terminal_table": "tables.terminal",
    "total": "prose",
    "trajectory_figure": "figures.figures",
    "verdict_figure": "figures.figures",
    "verdict_table": "tables.contents",
    "winners_table": "tables.contents",
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
