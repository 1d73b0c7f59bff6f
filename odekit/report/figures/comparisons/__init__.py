"""Do network and ODE agree? What was measured beside the ODE, the gap between them, and its budget."""

from odekit.report.figures.comparisons.plots import *
