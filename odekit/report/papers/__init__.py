"""What do the papers' figures show? Each again, from the reduced ODE and from the network, side by side."""

from odekit.report.papers.catalogue import *
from odekit.report.papers.paper_figure import *
from odekit.report.papers.reproduce import *
