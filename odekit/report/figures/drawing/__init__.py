"""How does every figure look, and how does it become a file? Style, axes, legends, files."""

from odekit.report.figures.drawing.axes import *
from odekit.report.figures.drawing.files import *
from odekit.report.figures.drawing.legend import *
from odekit.report.figures.drawing.places import *
from odekit.report.figures.drawing.scales import *
from odekit.report.figures.drawing.style import *
from odekit.report.figures.drawing.words import *
