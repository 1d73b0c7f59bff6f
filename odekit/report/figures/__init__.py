"""What does it look like? Figures for a paper."""

from odekit.report.figures.figures import *
from odekit.report.figures.style import *
