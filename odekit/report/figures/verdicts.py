"""What an experiment of a claim found: the series in its verdict's evidence."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from odekit.arrays import FloatArray
from odekit.errors import InputError
from odekit.report.figures.drawing import (
    drawing,
    finite,
    legend_below,
    line_styles,
    logarithmic,
    positive_part,
)

if TYPE_CHECKING:
    from odekit.claims import Verdict

__all__ = ["has_series", "plot_verdict"]

MANY_POINTS = 25  # with more, markers run into each other
X_LABEL, Y_LABEL = 52, 36  # characters that fit along the axes of a column


def has_series(verdict: Verdict) -> bool:
    """Whether a verdict's evidence holds something to plot."""
    return bool(verdict.evidence.get("series"))


def plot_verdict(verdict: Verdict, *, axes: Axes | None = None) -> Axes:
    """The series in a verdict's evidence, each curve against the same x.

    Parameters
    ----------
    verdict: with ``evidence["series"]``: ``{"x": {"label", "values"}, "y": {"label"}, "curves": {name:
        values}, "scale": "linear" | "loglog" | "semilogy" | "semilogx"}``.

    Raises
    ------
    InputError: there is no such series.
    """
    series = verdict.evidence.get("series")
    if not series:
        raise InputError(f"{verdict.id} has nothing to plot", expected="evidence['series']", received="none")
    x = np.asarray(series["x"]["values"], dtype=np.float64)
    scale = series.get("scale", "linear")
    with drawing(axes) as chosen:
        for (name, values), curve in zip(series["curves"].items(), line_styles(), strict=False):
            mark = curve["marker"] if len(x) <= MANY_POINTS else ""
            chosen.plot(x, _shown(values, scale), label=name, **{**curve, "marker": mark})
        if scale in ("loglog", "semilogx"):
            logarithmic(chosen, "x")
        if scale in ("loglog", "semilogy"):
            logarithmic(chosen, "y")
        if scale == "semilogy":
            _leave_out_rounding(chosen, [_shown(values, scale) for values in series["curves"].values()])
        chosen.set_xlabel(fill(series["x"]["label"], X_LABEL))
        chosen.set_ylabel(fill(series["y"]["label"], Y_LABEL))
        legend_below(chosen)
    return chosen


def _leave_out_rounding(axes: Axes, curves: Sequence[FloatArray]) -> None:
    """End a logarithmic axis a decade below the bulk of the values, though one be zero up to rounding."""
    values = np.concatenate([curve[np.isfinite(curve)] for curve in curves])
    if len(values) > MANY_POINTS:
        axes.set_ylim(bottom=max(values.min(), 0.1 * float(np.quantile(values, 0.05))) / 1.5)


def _shown(values: ArrayLike, scale: str) -> FloatArray:
    return positive_part(values) if scale in ("loglog", "semilogy") else finite(values)
