"""How fast, and of which order? A decay with its rate, window and interval; values over scales."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from odekit.arguments import floats
from odekit.arrays import FloatArray
from odekit.comparison import RateEstimate, estimate_rate
from odekit.errors import InputError, shown
from odekit.numbers import real
from odekit.report.figures.drawing import (
    COLOURS,
    GREY,
    drawn_on,
    finite,
    legend_below,
    line_styles,
    logarithmic,
    plain_text,
    positive_part,
)

__all__ = ["plot_rate", "plot_scaling"]

MANY = 60  # points, with more of which markers run into each other
DIGITS = (3, 12)  # of a rate, least and most
FITTED = 3  # the smallest scales, through which an order is fitted


def plot_rate(
    t: ArrayLike, distance: ArrayLike, estimate: RateEstimate | None = None, *, axes: Axes | None = None
) -> Axes:
    """A distance over time on a logarithmic axis, with its rate, the rate's window, and its interval.

    The line has the estimated rate and passes through the window's last point; the wedge has the interval's.

    Parameters
    ----------
    t, distance: (T,), as `odekit.estimate_rate` takes them.
    estimate: what that hands back; made here where omitted.

    Raises
    ------
    InputError: arrays that `odekit.estimate_rate` refuses, fewer than two positive distances, or an estimate
        of other times.
    """
    found = estimate_rate(t, distance) if estimate is None else estimate
    if not isinstance(found, RateEstimate):
        raise InputError(
            "this is no estimate", expected="odekit.estimate_rate(...)", received=shown(estimate)
        )
    times, values = floats("times", t), floats("distances", distance)
    if times.ndim != 1 or times.shape != values.shape or not len(times):
        raise InputError(
            "times and distances differ in shape",
            expected="two arrays of shape (T,)",
            received=f"{times.shape} and {values.shape}",
        )
    if np.isfinite(positive_part(values)).sum() < 2:
        raise InputError(
            "distances can't be shown on a logarithmic axis",
            expected="two or more positive numbers",
            received=shown(distance),
        )
    if found.is_conclusive and not times[0] <= found.window[0] < found.window[1] <= times[-1]:
        raise InputError(
            "the estimate is of other times",
            expected=f"a window within {times[0]:g} to {times[-1]:g}",
            received=f"{found.window[0]:g} to {found.window[1]:g}",
        )
    with drawn_on(axes) as chosen:
        mark = "o" if len(times) <= MANY else ""
        look: dict[str, Any] = {"color": COLOURS[0], "linestyle": "" if mark else "-", "marker": mark}
        chosen.plot(times, positive_part(values), label="distance", **look)
        logarithmic(chosen, "y")
        limits = chosen.get_ylim()
        if np.isfinite(found.window).all():
            chosen.axvspan(*found.window, color="#dddddd", alpha=0.6, linewidth=0, label="window")
        if found.is_conclusive:
            _draw_fit(chosen, times, values, found)
        else:
            chosen.plot([], [], linestyle="", label=f"no rate: {plain_text(found.law)}")
        chosen.set_ylim(limits)
        chosen.set(xlabel="time $t$", ylabel="distance")
        legend_below(chosen)
    return chosen


def _draw_fit(axes: Axes, times: FloatArray, values: FloatArray, found: RateEstimate) -> None:
    last = int(np.searchsorted(times, found.window[1]))
    anchor, height = times[last], values[last]
    span = np.linspace(found.window[0], times[-1], 200)
    low, high = found.interval
    digits = _digits(low, high)
    with np.errstate(all="ignore"):
        bottom, top = (finite(height * np.exp(-rate * (span - anchor))) for rate in (low, high))
        fit = positive_part(height * np.exp(-found.rate * (span - anchor)))
    axes.plot(span, fit, color=COLOURS[1], linestyle=(0, (5, 1.5)), label=f"rate {found.rate:.{digits}g}")
    told = f"interval {low:.{digits}g} to {high:.{digits}g}"
    axes.fill_between(span, bottom, top, color=COLOURS[1], alpha=0.3, linewidth=0, label=told)


def _digits(low: float, high: float) -> int:
    """So many digits, of the two, that they differ.

    >>> _digits(1.9999, 2.0001), _digits(1.0, 3.0), _digits(2.0, 2.0)
    (6, 3, 12)
    """
    relative = (high - low) / max(abs(low), abs(high), np.finfo(np.float64).tiny)
    return int(np.clip(1 - np.floor(np.log10(max(relative, 1e-99))), DIGITS[0], DIGITS[1]))


def plot_scaling(
    scales: ArrayLike,
    values: ArrayLike | Mapping[str, ArrayLike],
    order: float | None = None,
    *,
    axes: Axes | None = None,
) -> Axes:
    """Values over scales on logarithmic axes, each with its order fitted through the three smallest scales.

    Parameters
    ----------
    scales: (S,) positive, at least two that differ.
    values: (S,), or several by name; what is not positive is left out.
    order: predicted, drawn as a line of that slope through the smallest of the first values.

    Raises
    ------
    InputError: other scales or values, or fewer than two positive values.
    """
    x = floats("scales", scales)
    named = values if isinstance(values, Mapping) else {"values": values}
    curves = {str(name): floats(str(name), each) for name, each in named.items()}
    if x.ndim != 1 or len(np.unique(x)) < 2 or not (np.isfinite(x) & (x > 0)).all() or not curves:
        raise InputError(
            "these scales can't be shown", expected="two or more positive numbers", received=shown(scales)
        )
    for name, curve in curves.items():
        if curve.shape != x.shape or np.isfinite(positive_part(curve)).sum() < 2:
            raise InputError(
                f"{name} can't be shown over the scales",
                expected=f"shape {x.shape}, two or more of them positive",
                received=f"shape {curve.shape}",
            )
    with drawn_on(axes) as chosen:
        for (name, curve), style in zip(curves.items(), line_styles(), strict=False):
            points, slope, level = _fitted(x, curve)
            words = plain_text(name) if isinstance(values, Mapping) else "fitted"
            chosen.plot(x, positive_part(curve), **{**style, "linestyle": ""})
            with np.errstate(all="ignore"):
                line = positive_part(np.exp(level + slope * np.log(points)))
            chosen.plot(points, line, label=f"{words}: order {slope:.3f}", **{**style, "marker": ""})
        if order is not None:
            exponent = real(order, "the order")
            points, _, _ = _fitted(x, first := next(iter(curves.values())))
            smallest = int(np.nanargmin(np.where(np.isfinite(positive_part(first)), x, np.nan)))
            with np.errstate(all="ignore"):
                line = positive_part(first[smallest] * (points / x[smallest]) ** exponent)
            chosen.plot(points, line, color=GREY, linestyle=(0, (1.2, 1.2)), label=f"predicted: {exponent:g}")
        logarithmic(chosen, "x")
        logarithmic(chosen, "y")
        chosen.set(xlabel="scale", ylabel="value")
        legend_below(chosen)
    return chosen


def _fitted(x: FloatArray, curve: FloatArray) -> tuple[FloatArray, float, float]:
    """All scales, ascending, and slope and level of the logarithms at the smallest ones with a value."""
    known = np.flatnonzero(np.isfinite(positive_part(curve)))
    smallest = known[np.argsort(x[known], kind="stable")][:FITTED]
    slope, level = np.polyfit(np.log(x[smallest]), np.log(curve[smallest]), 1)
    return np.sort(x[known]), float(slope), float(level)
