"""Work against precision: time for one trajectory over achieved error, as PNG and PDF."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import closed_form
import work_precision
from harness import Row

__all__ = ["draw"]

_OURS = ("#b2182b", "#fc8d59", "#7f0000", "#ef3b2c", "#d6604d")
_PEERS = ("#1a1a1a", "#7f7f7f", "#2166ac", "#92c5de", "#35978f", "#8073ac", "#b58900")
_MARKS = "osD^vPX"


def draw(rows: Sequence[Row], folder: Path) -> list[Path]:
    """Writes the figure; nothing where its rows are missing."""
    drawn = [row for row in rows if row.bench == work_precision.NAME and row.error]
    if not drawn:
        return []
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8.0, 5.0), layout="constrained")
    _draw_curves(axes, drawn)
    _draw_closed_form(axes, [row for row in rows if row.bench == closed_form.NAME and row.error])
    _label(axes)
    paths = [folder / f"work_precision.{ending}" for ending in ("png", "pdf")]
    for path in paths:
        figure.savefig(path, dpi=160)
    pyplot.close(figure)
    return paths


def _draw_curves(axes: Any, rows: Sequence[Row]) -> None:
    for mine, colours in ((False, _PEERS), (True, _OURS)):
        named = [row for row in rows if row.name.startswith("odekit") == mine]
        for place, name in enumerate(dict.fromkeys(row.name for row in named)):
            points = [(row.error, row.microseconds) for row in named if row.name == name]
            line = {"linestyle": "-", "linewidth": 1.8} if mine else {"linestyle": "--", "linewidth": 1.0}
            marks = {"marker": _MARKS[place % len(_MARKS)], "markersize": 5}
            colour = colours[place % len(colours)]
            axes.loglog(*zip(*points, strict=True), color=colour, label=name, **line, **marks)


def _draw_closed_form(axes: Any, rows: Sequence[Row]) -> None:
    if rows:
        best = min(rows, key=lambda row: row.microseconds)
        label = f"odekit, closed form and T*, N {best.items:,}"
        axes.loglog(best.error, best.microseconds, "*", color=_OURS[0], markersize=14, label=label)


def _label(axes: Any) -> None:
    axes.set_xlabel("achieved error (largest relative, against 40 digits)")
    axes.set_ylabel("time for one trajectory [µs]")
    axes.invert_xaxis()
    axes.grid(True, which="major", linewidth=0.4, alpha=0.6)
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
