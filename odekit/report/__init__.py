"""How do I show it? Tables for the terminal, for LaTeX and for Markdown, figures for a paper, and files."""

from typing import TYPE_CHECKING

from odekit.facade import lazy

_HOMES = {
    "Reproduced": "papers",
    "Table": "tables",
    "PaperFigure": "papers",
    "check_folder": "folder",
    "claims_table": "tables",
    "comparison_table": "tables",
    "controls": "prose",
    "findings_table": "tables",
    "figures_table": "papers",
    "filled_folder": "folder",
    "gap_figure": "figures",
    "latex_table": "tables",
    "loss_figure": "figures",
    "markdown_table": "tables",
    "notes": "prose",
    "prediction_table": "tables",
    "provenance": "prose",
    "reproduce": "papers",
    "select_figures": "papers",
    "terminal_table": "tables",
    "total": "prose",
    "trajectory_figure": "figures",
    "trajectory_table": "tables",
    "verdict_figure": "figures",
    "verdict_table": "tables",
    "winners_table": "tables",
    "write_report": "folder",
}

if TYPE_CHECKING:
    from odekit.report.figures import *
    from odekit.report.folder import *
    from odekit.report.papers import *
    from odekit.report.prose import *
    from odekit.report.tables import *
else:
    __all__ = list(_HOMES)
    __getattr__, __dir__ = lazy(__name__, _HOMES)
