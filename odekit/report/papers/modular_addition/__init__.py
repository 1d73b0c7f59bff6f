"""What do the figures of arXiv 2602.16849 on learning modular addition show?"""

from odekit.report.papers.modular_addition.decoupled import FIGURES as DECOUPLED
from odekit.report.papers.modular_addition.grokking import FIGURES as GROKKING
from odekit.report.papers.modular_addition.horizon import FIGURES as HORIZON
from odekit.report.papers.modular_addition.logits import FIGURES as LOGITS
from odekit.report.papers.modular_addition.lottery import FIGURES as LOTTERY
from odekit.report.papers.modular_addition.memorisation import FIGURES as MEMORISATION
from odekit.report.papers.modular_addition.phases import FIGURES as PHASES
from odekit.report.papers.modular_addition.single_frequency import FIGURES as SINGLE_FREQUENCY
from odekit.report.papers.modular_addition.spectra import FIGURES as SPECTRA
from odekit.report.papers.modular_addition.weights import FIGURES as WEIGHTS
from odekit.report.papers.paper_figure import PaperFigure

__all__ = ["FIGURES"]

FIGURES: tuple[PaperFigure, ...] = (
    *SINGLE_FREQUENCY,
    *DECOUPLED,
    *HORIZON,
    *LOTTERY,
    *SPECTRA,
    *PHASES,
    *WEIGHTS,
    *LOGITS,
    *GROKKING,
    *MEMORISATION,
)
