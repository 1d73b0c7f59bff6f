"""What do the figures of arXiv 2606.02993 on learning group composition show?"""

from odekit.report.papers.group_composition.circle import FIGURES as CIRCLE
from odekit.report.papers.group_composition.dynamics import FIGURES as DYNAMICS
from odekit.report.papers.group_composition.second_stage import FIGURES as SECOND_STAGE
from odekit.report.papers.group_composition.spectra import FIGURES as SPECTRA
from odekit.report.papers.group_composition.winners import FIGURES as WINNERS
from odekit.report.papers.paper_figure import PaperFigure

__all__ = ["FIGURES"]

FIGURES: tuple[PaperFigure, ...] = (*CIRCLE, *DYNAMICS, *SPECTRA, *WINNERS, *SECOND_STAGE)
