"""What do the numbers say? Tables as data, for the terminal, LaTeX and Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from odekit.facade import lazy

__all__ = [
    "Table",
    "claims_table",
    "comparison_table",
    "escape",
    "findings_table",
    "latex_table",
    "markdown_table",
    "outcome_text",
    "prediction_table",
    "terminal_table",
    "verdict_table",
    "winners_table",
]

_HOMES = {
    "Table": "table",
    "claims_table": "contents",
    "comparison_table": "contents",
    "escape": "markdown",
    "findings_table": "findings",
    "latex_table": "latex",
    "markdown_table": "markdown",
    "outcome_text": "contents",
    "prediction_table": "contents",
    "terminal_table": "terminal",
    "verdict_table": "contents",
    "winners_table": "contents",
}

if TYPE_CHECKING:
    from odekit.report.tables.contents import (
        claims_table,
        comparison_table,
        outcome_text,
        prediction_table,
        verdict_table,
        winners_table,
    )
    from odekit.report.tables.findings import findings_table
    from odekit.report.tables.latex import latex_table
    from odekit.report.tables.markdown import escape, markdown_table
    from odekit.report.tables.table import Table
    from odekit.report.tables.terminal import terminal_table
else:
    __getattr__, __dir__ = lazy(__name__, _HOMES)
