"""A figure as part of a page: vector graphics in the page itself, the same bytes each time."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from io import BytesIO

from matplotlib import rc_context
from matplotlib.figure import Figure

from odekit.report.figures import styled

__all__ = ["Drawing", "drawing"]

MOST_BYTES = 150_000  # of vector graphics; what has more points is shown as an image
DPI = 200
POINTS = 72.0
SALT = "odekit"  # from which the file's names for its parts are made, instead of at random


@dataclass(frozen=True)
class Drawing:
    """A figure in a page.

    Parameters
    ----------
    source: a data URI.
    width, height: in pixels of a page.
    words: what it shows, for whoever does not see it.
    caption: below the figure; formulas between dollar signs.
    """

    source: str
    width: int
    height: int
    words: str
    caption: str


def drawing(figure: Figure, words: str, caption: str) -> Drawing:
    """A figure as a data URI, transparent so that the page's ground shows."""
    kind, content = "svg+xml", _content(figure, "svg")
    if len(content) > MOST_BYTES:
        kind, content = "png", _content(figure, "png")
    source = f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"
    width, height = (round(inches * POINTS * 4 / 3) for inches in figure.get_size_inches())
    return Drawing(source, width, height, words, caption)


def _content(figure: Figure, kind: str) -> bytes:
    written = BytesIO()
    with styled(), rc_context({"svg.hashsalt": SALT, "svg.fonttype": "path"}):
        about = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
        figure.savefig(written, format=kind, dpi=DPI, transparent=True, metadata=about)
    return written.getvalue()
