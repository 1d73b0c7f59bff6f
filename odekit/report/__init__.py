"""How do I show it? Tables for the terminal, for LaTeX and for Markdown, figures for a paper, and files."""

from typing import TYPE_CHECKING

from odekit.facade import lazy

_HOMES = {
    "Table": "tables",
    "check_folder": "folder",
    "claims_table": "tables",
    "column_axes": "figures",
    "comparison_table": "tables",
    "controls": "prose",
    "figure_bytes": "figures",
    "findings_table": "tables",
    "has_figure": "figures",
    "has_series": "figures",
    "latex_table": "tables",
    "markdown_table": "tables",
    "notes": "prose",
    "panels": "figures",
    "plot_alignment_circle": "figures",
    "plot_alignment_level": "figures",
    "plot_blow_up_map": "figures",
    "plot_budget": "figures",
    "plot_competition": "figures",
    "plot_landscape": "figures",
    "plot_logits": "figures",
    "plot_loss": "figures",
    "plot_neuron_matrix": "figures",
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
    "save_figure": "figures",
    "styled": "figures",
    "terminal_table": "tables",
    "total": "prose",
    "trajectory_table": "tables",
    "verdict_table": "tables",
    "winners_table": "tables",
    "write_report": "folder",
}

if TYPE_CHECKING:
    from odekit.report.figures import *
    from odekit.report.folder import *
    from odekit.report.prose import *
    from odekit.report.tables import *
else:
    __all__ = list(_HOMES)
    __getattr__, __dir__ = lazy(__name__, _HOMES)
