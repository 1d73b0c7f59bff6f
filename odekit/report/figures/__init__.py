"""What does it look like? Figures for a paper, one column wide, drawn from what odekit hands back.

Every ``plot_*`` takes a result, and optionally ``axes`` to draw on, and returns the axes; without them it
makes a figure 3.4 inches wide, which a notebook shows where the axes end a cell. `save_figure` writes it.

    plot_trajectories(comparison, rows=None, quantity=None, *, axes=None)
    plot_residuals(comparison, rows=None, quantity=None, *, axes=None)
    plot_budget(comparison, quantity=None, *, axes=None)
    plot_learning_curve(curve, run=None, *, axes=None)
    plot_solution(solution, states=None, trajectories=None, *, axes=None)
    plot_phase_portrait(system, states=None, region=None, *, parameters=None, held=None, axes=None)
    plot_blow_up_map(system, start, *, parameters=None, axes=None)
    plot_winner_map(system, start, *, parameters=None, axes=None)
    plot_competition(run_or_comparison, neuron=0, *, axes=None)
    plot_alignment_circle(run, neurons=None, *, axes=None)
    plot_rank_one(run, *, axes=None)
    plot_alignment_level(run, *, axes=None)
    plot_spectra(run, snapshot=-1, *, axes=None)
    plot_neuron_matrix(run, snapshot=-1, *, axes=None)
    plot_rate(t, distance, estimate=None, *, axes=None)
    plot_scaling(scales, values, order=None, *, axes=None)
    plot_landscape(critical_points, *, axes=None)
    plot_loss(run, *, axes=None)
    plot_progress(progress, measure=None, *, axes=None)
    plot_logits(run, inputs=(1, 2), snapshot=-1, *, axes=None)
    plot_verdict(verdict, *, axes=None)
    plot_outcomes(counts, labels, *, axes=None)
"""

from typing import TYPE_CHECKING

from odekit.facade import lazy

_HOMES = {
    "COLOURS": "drawing",
    "COLUMN_WIDTH": "drawing",
    "ColumnAxes": "drawing",
    "DPI": "drawing",
    "GREY": "drawing",
    "HEIGHT": "drawing",
    "HORIZON": "drawing",
    "MARKERS": "drawing",
    "MAX_LEGEND": "drawing",
    "MEASURES": "training",
    "STYLE": "drawing",
    "TIME": "drawing",
    "TINTS": "drawing",
    "angular": "drawing",
    "column_axes": "drawing",
    "drawn_on": "drawing",
    "figure_bytes": "drawing",
    "figure_of": "drawing",
    "finite": "drawing",
    "has_curves": "comparisons",
    "has_figure": "verdicts",
    "has_series": "verdicts",
    "in_math": "drawing",
    "legend_below": "drawing",
    "line_styles": "drawing",
    "logarithmic": "drawing",
    "panels": "drawing",
    "plain_text": "drawing",
    "plot_alignment_circle": "competition",
    "plot_alignment_level": "competition",
    "plot_blow_up_map": "maps",
    "plot_budget": "comparisons",
    "plot_competition": "competition",
    "plot_landscape": "landscape",
    "plot_learning_curve": "comparisons",
    "plot_logits": "logits",
    "plot_loss": "training",
    "plot_neuron_matrix": "spectra",
    "plot_outcomes": "outcomes",
    "plot_phase_portrait": "phase_plane",
    "plot_progress": "training",
    "plot_rank_one": "competition",
    "plot_rate": "rates",
    "plot_residuals": "comparisons",
    "plot_scaling": "rates",
    "plot_solution": "solutions",
    "plot_spectra": "spectra",
    "plot_trajectories": "comparisons",
    "plot_verdict": "verdicts",
    "plot_winner_map": "maps",
    "positive_part": "drawing",
    "save_figure": "drawing",
    "styled": "drawing",
    "symbol_text": "drawing",
}

if TYPE_CHECKING:
    from odekit.report.figures.comparisons import *
    from odekit.report.figures.competition import *
    from odekit.report.figures.drawing import *
    from odekit.report.figures.landscape import *
    from odekit.report.figures.logits import *
    from odekit.report.figures.maps import *
    from odekit.report.figures.outcomes import *
    from odekit.report.figures.phase_plane import *
    from odekit.report.figures.rates import *
    from odekit.report.figures.solutions import *
    from odekit.report.figures.spectra import *
    from odekit.report.figures.training import *
    from odekit.report.figures.verdicts import *
else:
    __all__ = list(_HOMES)
    __getattr__, __dir__ = lazy(__name__, _HOMES)
