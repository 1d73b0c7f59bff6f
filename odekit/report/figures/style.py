"""How figures look, and how they become files: ready for one column of a paper, the same bytes each time."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any, Literal

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

__all__ = ["COLOURS", "column_figure", "line_styles", "logarithmic", "save_figure", "styled"]

# Inches, for one column of a paper in two, and dots per inch for print.
COLUMN_WIDTH = 3.4
HEIGHT = 2.6
DPI = 300
FEW_DECADES = 100.0  # an axis that spans less may show no power of ten but one
# Okabe and Ito's palette, which the colour-blind can tell apart, without its yellow, too pale for lines.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("-", "--", ":", "-.")

STYLE: Mapping[Any, Any] = {
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.labelsize": 8,
    "axes.linewidth": 0.6,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "grid.color": "#e0e0e0",
    "grid.linewidth": 0.4,
    "legend.fontsize": 6.5,
    "legend.framealpha": 0.9,
    "legend.edgecolor": "none",
    "legend.handlelength": 1.8,
    "lines.linewidth": 1.1,
    "lines.markersize": 2.8,
    "pdf.fonttype": 42,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
}


@contextmanager
def styled() -> Iterator[None]:
    """Matplotlib's defaults with this style on top, whatever the user's settings, until the block ends."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        for name, value in STYLE.items():
            matplotlib.rcParams[name] = value
        yield


def column_figure() -> tuple[Figure, Axes]:
    """An empty figure 3.4 inches wide with one pair of axes; call it inside `styled`."""
    figure = Figure(figsize=(COLUMN_WIDTH, HEIGHT), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()


def line_styles() -> Iterator[tuple[str, str]]:
    """Colours and dashes without end, so that curves on top of each other both show."""
    return zip(cycle(COLOURS), cycle(DASHES), strict=False)


def logarithmic(axes: Axes, direction: Literal["x", "y"]) -> None:
    """Make an axis logarithmic, with labels at 1, 2, 5 where it spans less than two decades."""
    axis = axes.xaxis if direction == "x" else axes.yaxis
    (axes.set_xscale if direction == "x" else axes.set_yscale)("log")
    low, high = axis.get_view_interval()
    if low > 0 and high < FEW_DECADES * low:
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axis.set_major_formatter(FuncFormatter(lambda value, place: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def save_figure(
    figure: Figure, folder: str | os.PathLike[str], name: str, about: Mapping[str, str] | None = None
) -> tuple[Path, Path]:
    """Write ``name.pdf`` and ``name.png``.

    Parameters
    ----------
    figure: what to write.
    folder, name: where.
    about: ``Title`` and ``Subject``, kept inside of both files; no date is, so that the bytes repeat.
    """
    kept = dict(about or {})
    pdf, png = (Path(folder) / f"{name}.{suffix}" for suffix in ("pdf", "png"))
    with styled():
        figure.savefig(pdf, metadata={**kept, "Creator": "odekit", "CreationDate": None})
        figure.savefig(png, dpi=DPI, metadata={**kept, "Software": "odekit"})
    return pdf, png
