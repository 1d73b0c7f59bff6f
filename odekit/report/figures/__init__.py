"""What does it look like? Figures for a paper."""

from odekit.report.figures.figures import (
    gap_figure,
    has_series,
    loss_figure,
    trajectory_figure,
    verdict_figure,
)
from odekit.report.figures.style import save_figure

__all__ = ["gap_figure", "has_series", "loss_figure", "save_figure", "trajectory_figure", "verdict_figure"]
