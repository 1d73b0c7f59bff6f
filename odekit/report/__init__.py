"""How do I show it? Tables for the terminal, for LaTeX and for Markdown, figures for a paper, and files.

What enters are verdicts, findings, comparisons, predictions and runs, all finished. What leaves is text,
figures and whole files. A table is data (`Table`) and knows nothing of where it will be printed; a figure is
a Matplotlib figure that no window shows. This room measures nothing and decides nothing. Each name is loaded
on first use, so that who wants a table need not wait for Matplotlib.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from odekit.report.figures.figures import gap_figure, loss_figure, trajectory_figure, verdict_figure
    from odekit.report.folder import check_folder, write_report
    from odekit.report.prose import controls, notes, provenance, total
    from odekit.report.tables.contents import (
        claims_table,
        comparison_table,
        prediction_table,
        verdict_table,
        winners_table,
    )
    from odekit.report.tables.findings import findings_table
    from odekit.report.tables.latex import latex_table
    from odekit.report.tables.markdown import markdown_table
    from odekit.report.tables.table import Table
    from odekit.report.tables.terminal import terminal_table

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


def __getattr__(name: str) -> object:
    """Load a public name from its module on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'odekit.report' has no attribute {name!r}")
    return getattr(import_module(f"odekit.report.{_HOMES[name]}"), name)
