"""Axes to draw on: the caller's own, or new ones in a figure one column wide that a notebook shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from odekit.errors import InputError, shown
from odekit.report.figures.drawing.files import figure_bytes, figure_of
from odekit.report.figures.drawing.style import styled

__all__ = ["COLUMN_WIDTH", "HEIGHT", "ColumnAxes", "column_axes", "drawn_on", "panels"]

# Inches, for one column of a paper in two.
COLUMN_WIDTH = 3.4
HEIGHT = 2.6
# A notebook's picture has twice the dots that it takes up.
SCREEN = 110


class ColumnAxes(Axes):
    """Axes that show the figure they belong to where they end a notebook's cell."""

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        width, height = figure_of(self).get_size_inches()
        size = {"width": round(width * SCREEN), "height": round(height * SCREEN)}
        return figure_bytes(self, "png", dpi=2 * SCREEN), size


def column_axes(height: float = HEIGHT) -> Axes:
    """Empty axes in a figure of their own, 3.4 inches wide.

    Parameters
    ----------
    height: of the figure, in inches.
    """
    return panels(height=height)[0][0]


def panels(
    rows: int = 1,
    columns: int = 1,
    *,
    width: float = COLUMN_WIDTH,
    height: float = HEIGHT,
    heights: Sequence[float] | None = None,
    share_x: bool = False,
    share_y: bool = False,
) -> list[list[Axes]]:
    """Empty axes in rows and columns of one figure.

    Parameters
    ----------
    rows, columns: their numbers.
    width, height: of the figure, in inches; 3.4 for one column of a paper, 7 for two.
    heights: of the rows, relative to each other.
    share_x, share_y: whether all of a column share x, and all of a row y.

    Returns
    -------
    axes: by row, then column.
    """
    with styled():
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(figure)
        made: Any = figure.subplots(
            rows,
            columns,
            squeeze=False,
            sharex="col" if share_x else False,
            sharey="row" if share_y else False,
            subplot_kw={"axes_class": ColumnAxes},
            gridspec_kw={"height_ratios": heights},
        )
    return [list(row) for row in made]


@contextmanager
def drawn_on(axes: Axes | None, height: float = HEIGHT) -> Iterator[Axes]:
    """The style until the block ends, and the axes given, or new ones.

    Raises
    ------
    InputError: no axes of matplotlib.
    """
    if axes is not None and not isinstance(axes, Axes):
        raise InputError("these are no axes", expected="axes of matplotlib, or None", received=shown(axes))
    with styled():
        yield column_axes(height) if axes is None else axes
