"""How do I show it? Tables for the terminal, LaTeX and Markdown, figures for a paper, pages, and files."""

from typing import TYPE_CHECKING

from odekit.facade import lazy

_HOMES = {
    "AnyComparison": "page",
    "Table": "tables",
    "check_folder": "folder",
    "claims_table": "tables",
    "comparison_page": "page",
    "comparison_table": "tables",
    "comparisons_data": "documents",
    "comparisons_table": "page",
    "controls": "prose",
    "findings_page": "page",
    "findings_table": "tables",
    "gap_figure": "figures",
    "latex_table": "tables",
    "loss_figure": "figures",
    "markdown_table": "tables",
    "notes": "prose",
    "prediction_table": "tables",
    "provenance": "prose",
    "system_page": "page",
    "terminal_table": "tables",
    "total": "prose",
    "trajectory_figure": "figures",
    "trajectory_table": "tables",
    "verdict_figure": "figures",
    "verdict_table": "tables",
    "verification_page": "page",
    "winners_table": "tables",
    "write_comparisons": "documents",
    "write_findings": "documents",
    "write_report": "documents",
    "write_system": "documents",
}

if TYPE_CHECKING:
    from odekit.report.documents import *
    from odekit.report.figures import *
    from odekit.report.folder import *
    from odekit.report.page import *
    from odekit.report.prose import *
    from odekit.report.tables import *
else:
    __all__ = list(_HOMES)
    __getattr__, __dir__ = lazy(__name__, _HOMES)
