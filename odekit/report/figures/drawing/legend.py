"""A legend below its axes, where it hides nothing, and a figure that grows by what the legend takes."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import ScaledTranslation

from odekit.report.figures.drawing.axes import ColumnAxes
from odekit.report.figures.drawing.files import figure_of

__all__ = ["MAX_LEGEND", "legend_below"]

MAX_LEGEND = 9  # a longer legend would take the place of the axes
CHARACTERS = 56  # of the legend's font, that fit beside each other into a column
HANDLE = 7  # characters that a handle and the space around it take
# Points: from the axes down to the legend past ticks, their labels and one line of a label; of further lines.
BELOW, LINE = 28.0, 10.0
DIGIT = 6.0  # points that the labels of ticks are high, lying
FREE, TAKEN = 2, 0.28  # rows that every figure has room for, and the share of it that is not the axes'


def legend_below(axes: Axes, handles: Sequence[Any] | None = None) -> None:
    """Name the curves below the axes, in as many columns as fit; call it once the labels of x are set.

    Parameters
    ----------
    axes: whose curves.
    handles: what to name instead, however little it is. Else a single curve is not named, nor are more than
        nine.
    """
    found, labels = axes.get_legend_handles_labels()
    chosen = found if handles is None else list(handles)
    names = labels if handles is None else [str(handle.get_label()) for handle in chosen]
    least = 2 if handles is None else 1
    if not least <= len(names) <= MAX_LEGEND:
        return
    lines = axes.get_xlabel().count("\n") if axes.get_xlabel() else -1
    upright = _upright(axes)
    below = ScaledTranslation(0, -(BELOW + LINE * lines + upright) / 72, axes.figure.dpi_scale_trans)
    columns = _columns([_width(name) + HANDLE for name in names])
    axes.legend(
        chosen,
        names,
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        bbox_transform=axes.transAxes + below,
        ncols=columns,
    )
    _grow(axes, -(-len(names) // columns) + max(lines, 0) - FREE + math.ceil(upright / LINE))


def _upright(axes: Axes) -> float:
    """Points that labels of x which stand upright take more than a line."""
    standing = [label for label in axes.get_xticklabels() if label.get_text() and label.get_rotation()]
    highest = max((label.get_window_extent().height for label in standing), default=0.0)
    return max(0.0, highest * 72 / figure_of(axes).dpi - DIGIT)


def _grow(axes: Axes, rows: int) -> None:
    """Make a figure of our own higher by what so many rows take, so that the axes keep their share of it."""
    if isinstance(axes, ColumnAxes) and rows > 0:
        figure = figure_of(axes)
        width, height = figure.get_size_inches()
        figure.set_size_inches(width, height + rows * LINE / 72 / TAKEN)


def _columns(widths: Sequence[int]) -> int:
    """The most columns that fit, filled one after the other."""
    for count in range(len(widths), 1, -1):
        if sum(int(column.max()) for column in np.array_split(widths, count)) <= CHARACTERS:
            return count
    return 1


def _width(label: str) -> int:
    """Characters that a label takes up: of TeX neither dollars nor braces, and one for each command."""
    return len(re.sub(r"[${}_^]", "", re.sub(r"\\[A-Za-z]+", "x", label)))
