"""How do I show it? Tables for the terminal, LaTeX and Markdown, figures for a paper, pages, and files."""

from typing import TYPE_CHECKING

from odekit.facade import lazy

_HOMES = {
    "PaperFigure": "papers",
    "Reproduced": "papers",
    "Table": "tables",
    "check_folder": "folder",
    "claims_table": "tables",
    "column_axes": "figures",
    "comparison_page": "page",
    "comparison_table": "tables",
    "comparisons_data": "documents",
    "comparisons_table": "page",
    "controls": "prose",
    "explore": "explorer",
    "figure_bytes": "figures",
    "findings_page": "page",
    "findings_table": "tables",
    "figures_table": "papers",
    "filled_folder": "folder",
    "has_figure": "figures",
    "has_series": "figures",
    "latex_table": "tables",
    "learning_curve_table": "tables",
    "markdown_table": "tables",
    "notes": "prose",
    "panels": "figures",
    "plot_alignment_circle": "figures",
    "plot_alignment_level": "figures",
    "plot_blow_up_map": "figures",
    "plot_budget": "figures",
    "plot_competition": "figures",
    "plot_landscape": "figures",
    "plot_learning_curve": "figures",
    "plot_logits": "figures",
    "plot_loss": "figures",
    "plot_neuron_matrix": "figures",
    "plot_outcomes": "figures",
    "plot_phase_portrait": "figures",
    "plot_progress": "figures",
    "plot_rank_one": "figures",
    "plot_rate": "figures",
    "plot_residuals": "figures",
    "plot_scaling": "figures",
    "plot_solution": "figures",
    "plot_spectra": "figures",
    "plot_trajectories": "figures",
    "plot_verdict": "figures",
    "plot_winner_map": "figures",
    "prediction_table": "tables",
    "provenance": "prose",
    "reproduce": "papers",
    "save_figure": "figures",
    "select_figures": "papers",
    "styled": "figures",
    "system_page": "page",
    "terminal_table": "tables",
    "total": "prose",
    "trajectory_table": "tables",
    "verdict_table": "tables",
    "verification_page": "page",
    "winners_table": "tables",
    "write_comparisons": "documents",
    "write_findings": "documents",
    "write_learning_curve": "documents",
    "write_report": "documents",
    "write_system": "documents",
}

if TYPE_CHECKING:
    from odekit.report.documents import *
    from odekit.report.explorer import *
    from odekit.report.figures import *
    from odekit.report.folder import *
    from odekit.report.page import *
    from odekit.report.papers import *
    from odekit.report.prose import *
    from odekit.report.tables import *
else:
    __all__ = list(_HOMES)
    __getattr__, __dir__ = lazy(__name__, _HOMES)
