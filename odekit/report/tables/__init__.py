"""What do the numbers say? Tables as data, for the terminal, LaTeX and Markdown."""

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
