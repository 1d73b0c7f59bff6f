"""What do the numbers say? Tables as data, for the terminal, LaTeX and Markdown."""

from typing import TYPE_CHECKING

from odekit.facade import lazy

_HOMES = {
    "Table": "table",
    "claims_table": "contents",
    "comparison_table": "contents",
    "escape": "markdown",
    "findings_table": "findings",
    "latex_table": "latex",
    "learning_curve_table": "contents",
    "markdown_table": "markdown",
    "number_text": "table",
    "prediction_table": "contents",
    "terminal_table": "terminal",
    "trajectory_table": "contents",
    "verdict_table": "contents",
    "winners_table": "contents",
}

if TYPE_CHECKING:
    from odekit.report.tables.contents import *
    from odekit.report.tables.findings import *
    from odekit.report.tables.latex import *
    from odekit.report.tables.markdown import *
    from odekit.report.tables.table import *
    from odekit.report.tables.terminal import *
else:
    __all__ = list(_HOMES)
    __getattr__, __dir__ = lazy(__name__, _HOMES)
