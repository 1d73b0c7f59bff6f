"""Do network and ODE agree? What was measured beside the ODE, the gap between them, and its budget."""

from odekit.report.figures.comparisons.curves import has_curves
from odekit.report.figures.comparisons.learning_curve import plot_learning_curve
from odekit.report.figures.comparisons.plots import plot_budget, plot_residuals, plot_trajectories

__all__ = ["has_curves", "plot_budget", "plot_learning_curve", "plot_residuals", "plot_trajectories"]
