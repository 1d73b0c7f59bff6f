"""What an experiment of a claim found: the series in its verdict's evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from odekit.arguments import expect
from odekit.arrays import FloatArray
from odekit.claims import Verdict
from odekit.errors import InputError
from odekit.numbers import is_real
from odekit.report.figures.drawing import (
    COLOURS,
    drawn_on,
    finite,
    legend_below,
    line_styles,
    logarithmic,
    plain_text,
    positive_part,
)

__all__ = ["has_figure", "has_series", "plot_verdict"]

MANY_POINTS = 25  # with more, markers run into each other
X_LABEL, Y_LABEL, ROW_LABEL = 52, 36, 30  # characters that fit along the axes, and beside a row
# Inches: height of a row, of what is around them, and of the least figure.
ROW, MARGIN, LEAST = 0.24, 1.0, 2.1
MOST_ROWS = 12

_PREDICTED: Mapping[str, Any] = {
    "color": COLOURS[1],
    "marker": "D",
    "markerfacecolor": "white",
    "markersize": 5,
    "linestyle": "",
}
_MEASURED: Mapping[str, Any] = {"color": COLOURS[0], "marker": "o", "markersize": 3, "linestyle": ""}
_KINDS = {"measured": _MEASURED, "predicted": _PREDICTED}


def has_series(verdict: Verdict) -> bool:
    """Whether a verdict's evidence holds a series."""
    return bool(verdict.evidence.get("series"))


def has_figure(verdict: Verdict) -> bool:
    """Whether `plot_verdict` has something to draw: a series, or finite numbers that were measured."""
    return has_series(verdict) or bool(_numbers(verdict.measured))


def plot_verdict(verdict: Verdict, *, axes: Axes | None = None) -> Axes:
    """What a verdict rests on: the series in its evidence, else what was measured beside what was predicted.

    Parameters
    ----------
    verdict: with ``evidence["series"]``: ``{"x": {"label", "values"}, "y": {"label"}, "curves": {name:
        values}, "scale": "linear" | "loglog" | "semilogy" | "semilogx"}``; without, with numbers measured.

    Raises
    ------
    InputError: no verdict, or one without a series and without numbers.
    """
    expect(isinstance(verdict, Verdict), "this is no verdict", "one of a report of odekit.verify", verdict)
    if not has_figure(verdict):
        raise InputError(
            f"{verdict.id} has nothing to plot", expected="evidence['series'], or numbers", received="none"
        )
    if has_series(verdict):
        with drawn_on(axes) as chosen:
            _draw_series(chosen, verdict.evidence["series"])
        return chosen
    measured, predicted = _numbers(verdict.measured), _numbers(verdict.predicted)
    with drawn_on(axes, height=max(LEAST, MARGIN + ROW * min(len(measured), MOST_ROWS))) as chosen:
        _draw_numbers(chosen, measured, predicted, verdict.interval)
    return chosen


def _draw_series(axes: Axes, series: Mapping[str, Any]) -> None:
    x = np.asarray(series["x"]["values"], dtype=np.float64)
    scale = series.get("scale", "linear")
    for (name, values), curve in zip(series["curves"].items(), line_styles(), strict=False):
        mark = curve["marker"] if len(x) <= MANY_POINTS else ""
        axes.plot(x, _shown(values, scale), label=_named(name), **{**curve, "marker": mark})
    if scale in ("loglog", "semilogx"):
        logarithmic(axes, "x")
    if scale in ("loglog", "semilogy"):
        logarithmic(axes, "y")
    if scale == "semilogy":
        _leave_out_rounding(axes, [_shown(values, scale) for values in series["curves"].values()])
    axes.set_xlabel(fill(plain_text(series["x"]["label"]), X_LABEL))
    axes.set_ylabel(fill(plain_text(series["y"]["label"]), Y_LABEL))
    legend_below(axes)


def _draw_numbers(
    axes: Axes,
    measured: Mapping[str, float],
    predicted: Mapping[str, float],
    interval: tuple[float, float] | None,
) -> None:
    """One row a number, the first ones where there are too many."""
    names = list(measured)[:MOST_ROWS]
    for place, name in enumerate(names):
        if name in predicted:
            axes.plot(predicted[name], place, **_PREDICTED)
        axes.plot(measured[name], place, **_MEASURED)
    if interval is not None and len(names) == 1 and np.isfinite(interval).all():
        axes.plot(interval, (0, 0), color=_MEASURED["color"], linestyle="-", linewidth=2.5, alpha=0.4)
    axes.set_yticks(range(len(names)), [fill(_named(name), ROW_LABEL) for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.margins(x=0.08)
    axes.set(xlabel="value", ylabel="what was measured")
    handles = [Line2D([], [], label=label, **look) for label, look in _KINDS.items()]
    legend_below(axes, handles[: 2 if predicted else 1])


def _numbers(values: float | Mapping[str, float] | None) -> dict[str, float]:
    """Finite numbers by name."""
    named = values if isinstance(values, Mapping) else {"": values}
    return {str(name): float(value) for name, value in named.items() if value is not None and is_real(value)}


def _named(name: str) -> str:
    """A name as the label of a curve; what begins with an underscore would not be shown."""
    text = plain_text(name)
    return f" {text}" if text.startswith("_") else text


def _leave_out_rounding(axes: Axes, curves: Sequence[FloatArray]) -> None:
    """End a logarithmic axis a decade below the bulk of the values, though one be zero up to rounding."""
    values = np.concatenate([curve[np.isfinite(curve)] for curve in curves])
    if len(values) > MANY_POINTS:
        axes.set_ylim(bottom=max(values.min(), 0.1 * float(np.quantile(values, 0.05))) / 1.5)


def _shown(values: ArrayLike, scale: str) -> FloatArray:
    return positive_part(values) if scale in ("loglog", "semilogy") else finite(values)
