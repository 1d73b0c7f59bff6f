"""The layout of all of these figures: the reduced ODE on the left, the network on the right."""

from collections.abc import Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes

from odekit.report.figures import figure_of, panels

__all__ = ["COLUMNS", "label_columns", "share_legend", "side_by_side"]

COLUMNS = ("reduced ODE", "network")


def side_by_side(
    rows: int,
    height: float,
    *,
    heights: Sequence[float] | None = None,
    columns: Sequence[str] = COLUMNS,
    share_x: bool = True,
    share_y: bool = True,
) -> list[list[Axes]]:
    """Axes by row and column, titled, inside of `styled`; a column shares x, and a row y, unless told not to.

    Parameters
    ----------
    rows: their number.
    height: of the figure, in inches.
    heights: of the rows, relative to each other.
    columns: their titles.
    """
    axes = panels(rows, len(columns), height=height, heights=heights, share_x=share_x, share_y=share_y)
    for top, title in zip(axes[0], columns, strict=True):
        top.set_title(title)
    return axes


def label_columns(axes: Sequence[Sequence[Axes]], label: str) -> None:
    """Name what x is, once for all columns, below the last row."""
    size = axes[-1][0].xaxis.label.get_fontsize()
    figure_of(axes[-1][0]).supxlabel(label, fontsize=size)


def share_legend(axes: Sequence[Sequence[Axes]], columns: int) -> None:
    """One legend below the figure, of so many columns, instead of one below each panel."""
    found: dict[str, Artist] = {}
    for panel in (panel for row in axes for panel in row):
        handles, labels = panel.get_legend_handles_labels()
        found |= dict(zip(labels, handles, strict=True))
        legend = panel.get_legend()
        if legend is not None:
            legend.remove()
    figure_of(axes[0][0]).legend(list(found.values()), list(found), loc="outside lower center", ncols=columns)
