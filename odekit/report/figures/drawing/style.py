"""The style of every figure, from the package's own file ``odekit.mplstyle``."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from itertools import cycle
from typing import Any

from matplotlib import rcParams, style

__all__ = ["COLOURS", "GREY", "HORIZON", "MARKERS", "STYLE", "TINTS", "line_styles", "styled"]

# As matplotlib knows the file: `matplotlib.style.use(STYLE)` gives a figure of one's own the same look.
STYLE = "odekit.report.figures.odekit"


def styled() -> AbstractContextManager[None]:
    """Matplotlib's defaults with this style on top, whatever the user's settings, until the block ends."""
    return style.context(STYLE, after_reset=True)


def _cycle() -> list[dict[str, Any]]:
    with styled():
        return list(rcParams["axes.prop_cycle"])


_CURVES = _cycle()
COLOURS: tuple[str, ...] = tuple(f"#{curve['color'].lstrip('#')}" for curve in _CURVES)
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
GREY = "#666666"
# Of areas: light, and neighbours apart in grey.
TINTS = ("#b8d4ea", "#fdeadb", "#8fc4ad", "#ecc6dd", "#d8b365", "#f4f4f4")
HORIZON: Mapping[str, Any] = {"color": GREY, "linestyle": (0, (1, 1.5)), "linewidth": 0.9}


def line_styles() -> Iterator[dict[str, Any]]:
    """Colours with dashes and markers without end, so that curves differ in grey and on top of each other."""
    dashes = [curve["linestyle"] for curve in _CURVES[:4]]
    for colour, dash, marker in zip(cycle(COLOURS), cycle(dashes), cycle(MARKERS[:5]), strict=False):
        yield {"color": colour, "linestyle": dash, "marker": marker}
