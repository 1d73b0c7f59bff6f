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
    from odekit.report.figures import gap_figure, loss_figure, trajectory_figure, verdict_figure
    from odekit.report.files import check_replaceable, check_writable, write_text
    from odekit.report.findings import findings_table
    from odekit.report.folder import check_folder, write_report
    from odekit.report.json_text import strict_json
    from odekit.report.latex import latex_table
    from odekit.report.markdown import markdown_table
    from odekit.report.prose import controls, notes, provenance, total
    from odekit.report.table import Table
    from odekit.report.tables import (
        claims_table,
        comparison_table,
        prediction_table,
        verdict_table,
        winners_table,
    )
    from odekit.report.terminal import terminal_table

__all__ = [
    "Table",
    "check_folder",
    "check_replaceable",
    "check_writable",
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
    "strict_json",
    "terminal_table",
    "total",
    "trajectory_figure",
    "verdict_figure",
    "verdict_table",
    "winners_table",
    "write_report",
    "write_text",
]

_HOMES = {
    "Table": "table",
    "check_folder": "folder",
    "check_replaceable": "files",
    "check_writable": "files",
    "claims_table": "tables",
    "comparison_table": "tables",
    "controls": "prose",
    "findings_table": "findings",
    "gap_figure": "figures",
    "latex_table": "latex",
    "loss_figure": "figures",
    "markdown_table": "markdown",
    "notes": "prose",
    "prediction_table": "tables",
    "provenance": "prose",
    "strict_json": "json_text",
    "terminal_table": "terminal",
    "total": "prose",
    "trajectory_figure": "figures",
    "verdict_figure": "figures",
    "verdict_table": "tables",
    "winners_table": "tables",
    "write_report": "folder",
    "write_text": "files",
}


def __getattr__(name: str) -> object:
    """Load a public name from its module on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'odekit.report' has no attribute {name!r}")
    return getattr(import_module(f"odekit.report.{_HOMES[name]}"), name)
