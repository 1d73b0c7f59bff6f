"""A figure as part of a page: vector graphics in the page itself, the same bytes each time."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from io import BytesIO

from matplotlib import rc_context
from matplotlib.axes import Axes

from odekit.report.figures import figure_of, styled

__all__ = ["Drawing", "draw"]

MOST_BYTES = 150_000  # of vector graphics; what has more points is shown as an image
DPI = 200
PIXELS = 96.0  # of a page, to the inch


@dataclass(frozen=True)
class Drawing:
    """A figure in a page.

    Parameters
    ----------
    source: a data URI.
    width, height: in pixels of a page.
    words: what it shows, for whoever does not see it.
    caption: below the figure; formulas stand between dollar signs.
    """

    source: str
    width: int
    height: int
    words: str
    caption: str


def draw(axes: Axes, words: str, caption: str) -> Drawing:
    """The figure of axes as a data URI, transparent so that the page's ground shows."""
    kind, content = "svg+xml", _content(axes, "svg")
    if len(content) > MOST_BYTES:
        kind, content = "png", _content(axes, "png")
    source = f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"
    width, height = (round(inches * PIXELS) for inches in figure_of(axes).get_size_inches())
    return Drawing(source, width, height, words, caption)


def _content(axes: Axes, kind: str) -> bytes:
    """A file's bytes, its letters drawn, since a page can't know which fonts there are."""
    written = BytesIO()
    about = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
    with styled(), rc_context({"svg.fonttype": "path"}):
        figure_of(axes).savefig(written, format=kind, dpi=DPI, transparent=True, metadata=about)
    return written.getvalue()
