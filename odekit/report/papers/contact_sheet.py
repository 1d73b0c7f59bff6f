"""All figures of a folder on one sheet, small, each under its name."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imread
from numpy.typing import NDArray

from odekit.report.figures import figure_bytes, styled

__all__ = ["DPI", "contact_sheet", "small_picture"]

COLUMNS, WIDTH = 5, 2.2  # number, and width in inches
GAP, NAME = 0.12, 0.16  # inches between pictures, and for the name above each
DPI = 200  # of the sheet, at which pictures are drawn anew, so that their text stays sharp
NAME_SIZE = 7.0


def small_picture(figure: Figure) -> NDArray[np.float32]:
    """The figure as it goes onto the sheet, (height, width, 4)."""
    drawn = figure_bytes(figure, "png", dpi=round(DPI * WIDTH / figure.get_figwidth()))
    return np.asarray(imread(BytesIO(drawn)))


def contact_sheet(pictures: Mapping[str, NDArray[np.float32]]) -> Figure:
    """A figure with all pictures in columns, the next one always where most room is left.

    Parameters
    ----------
    pictures: by name, in order, as `small_picture` gives them.
    """
    columns = min(COLUMNS, len(pictures))
    filled = [GAP] * columns
    places = []
    for picture in pictures.values():
        column = int(np.argmin(filled))
        height = WIDTH * picture.shape[0] / picture.shape[1]
        places.append((column, filled[column] + NAME, height))
        filled[column] += NAME + height + GAP
    size = (GAP + columns * (WIDTH + GAP), max(filled))
    with styled():
        figure = Figure(figsize=size)
        figure.set_layout_engine("none")
        FigureCanvasAgg(figure)
        for (name, picture), (column, top, height) in zip(pictures.items(), places, strict=True):
            left = GAP + column * (WIDTH + GAP)
            box = (left / size[0], 1 - (top + height) / size[1], WIDTH / size[0], height / size[1])
            axes = figure.add_axes(box)
            axes.imshow(picture, aspect="auto", interpolation="nearest")
            axes.axis("off")
            figure.text(box[0], 1 - (top - 0.03) / size[1], name, fontsize=NAME_SIZE, fontweight="bold")
    return figure
