"""All figures of both papers, in the order in which they are drawn."""

from collections.abc import Sequence
from typing import Any

from odekit.arguments import expect
from odekit.errors import UnknownNameError
from odekit.report.papers.group_composition import FIGURES as GROUP_COMPOSITION
from odekit.report.papers.modular_addition import FIGURES as MODULAR_ADDITION
from odekit.report.papers.paper_figure import PaperFigure
from odekit.report.tables import Table

__all__ = ["figures_table", "select_figures"]

ALL = "all"
FIGURES: tuple[PaperFigure, ...] = (*MODULAR_ADDITION, *GROUP_COMPOSITION)


def select_figures(figures: str | Sequence[str] | None = None) -> tuple[PaperFigure, ...]:
    """The figures asked for, each once and in the catalogue's order; all for None or ``"all"``.

    Raises
    ------
    UnknownNameError: an unknown figure, with the nearest name.
    InputError: something else than names.
    """
    known = {figure.id: figure for figure in FIGURES}
    names: Any = [figures] if isinstance(figures, str) else figures
    expect(
        names is None or isinstance(names, Sequence),
        "the figures are no names",
        "a name, several, or None",
        figures,
        "odekit reproduce",
    )
    for name in names or ():
        if not isinstance(name, str) or name not in (*known, ALL):
            raise UnknownNameError("figure", name, (*known, ALL))
    if not names or ALL in names:
        return FIGURES
    return tuple(figure for figure in FIGURES if figure.id in names)


def figures_table(figures: Sequence[PaperFigure]) -> Table:
    """One row per figure: its name and what it shows."""
    rows = tuple((figure.id, figure.title) for figure in figures)
    return Table(("figure", "shows"), rows, "What can be drawn again.")
