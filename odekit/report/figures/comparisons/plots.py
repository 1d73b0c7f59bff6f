"""Figures of a comparison: trajectories, the gap beneath them, and the gap against its budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice, pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from odekit.arrays import FloatArray
from odekit.comparison import Comparison, TrajectoryComparison
from odekit.report.figures.comparisons.curves import READABLE, Curves, curves_of
from odekit.report.figures.drawing import (
    COLOURS,
    GREY,
    HORIZON,
    MARKERS,
    angular,
    drawn_on,
    finite,
    legend_below,
    line_styles,
    logarithmic,
    panels,
    positive_part,
    styled,
)

__all__ = ["plot_budget", "plot_residuals", "plot_trajectories"]

FINE = 400  # times of the ODE's own, at least
LEAST = 1e-17  # relative, below rounding
NEGLIGIBLE = 1000.0  # a part of the budget so many times smaller decides nothing
BUDGET = "budget"
MANY = 40  # snapshots, with more of which markers run into each other


def plot_trajectories(
    comparison: Comparison | TrajectoryComparison,
    rows: Sequence[int] | None = None,
    quantity: str | None = None,
    *,
    axes: Axes | None = None,
) -> Axes:
    """What was measured as marks, the ODE from the first snapshot as lines on a fine grid of its own.

    Without ``axes`` the gap lies beneath, as `plot_residuals` draws it.

    Parameters
    ----------
    comparison: of a run, by modes or lifted, or of a `Trajectory`.
    rows: the neurons, or the recorded runs, one to seven; by default four, spread in the order of their last
        values.
    quantity: of modes ``"alpha"`` (the default), ``"beta"`` or ``"D"``, each at the neuron's dominant mode;
        on non-Abelian groups a weight group, such as ``"theta"``, whose length in the neuron's dominant irrep
        is shown; of a trajectory the name of what was recorded.
    axes: where to draw.

    Raises
    ------
    InputError: the comparison was not applicable, or there is no such neuron or run.
    UnknownNameError: an unknown quantity.
    """
    curves = curves_of(comparison, rows, quantity)
    if axes is not None:
        with drawn_on(axes) as chosen:
            _draw_trajectories(chosen, curves)
            _finish(chosen, curves, legend=True)
        return axes
    with styled():
        (top,), (bottom,) = panels(2, height=3.4, heights=(2.2, 1), share_x=True)
        _draw_trajectories(top, curves)
        _draw_residuals(bottom, curves)
        _finish(top, curves, legend=False)
        top.set_xlabel("")
        _finish(bottom, curves, legend=False)
        handles, _ = top.get_legend_handles_labels()
        lower, _ = bottom.get_legend_handles_labels()
        legend_below(bottom, [*handles, *(line for line in lower if line.get_label() == BUDGET)])
    return top


def plot_residuals(
    comparison: Comparison | TrajectoryComparison,
    rows: Sequence[int] | None = None,
    quantity: str | None = None,
    *,
    axes: Axes | None = None,
) -> Axes:
    """The gap between measurement and ODE at each snapshot as marks, relative, and its bound as a line.

    Parameters and errors are those of `plot_trajectories`. Of a network it is the distance of all of a
    neuron's weights over their length, whatever the quantity.
    """
    curves = curves_of(comparison, rows, quantity)
    with drawn_on(axes) as chosen:
        _draw_residuals(chosen, curves)
        _finish(chosen, curves, legend=True)
    return chosen


def plot_budget(
    comparison: Comparison | TrajectoryComparison, quantity: str | None = None, *, axes: Axes | None = None
) -> Axes:
    """Median gap over time against its error budget and the parts of that, with the horizon.

    The axes end where gap and budget pass ten times the size of what is compared: nothing can be read there.
    A part that stays below a thousandth of the budget is left out, and so is the first snapshot, at which
    both agree.

    Parameters
    ----------
    comparison: of a run, by modes or lifted, or of a `Trajectory`.
    quantity: of a trajectory, the name of what was recorded.

    Raises
    ------
    InputError: the comparison was not applicable.
    UnknownNameError: an unknown quantity.
    """
    t, gap, parts, label, time, horizon = _medians(comparison, quantity)
    total = np.sum([*parts.values()], axis=0)
    with drawn_on(axes) as chosen:
        mark = "o" if len(t) <= MANY else ""
        chosen.plot(t, _readable(gap), color=COLOURS[0], marker=mark, linestyle="-", label="gap")
        chosen.plot(t, _readable(total), color="black", linestyle="-", linewidth=1.8, label="budget")
        for (name, part), style in zip(parts.items(), islice(line_styles(), 1, None), strict=False):
            if (part > total / NEGLIGIBLE).any():
                thin = {**style, "marker": "", "linewidth": 0.8}
                chosen.plot(t, _readable(part), label=name.replace("_", " "), **thin)
        chosen.set(xlabel=time, ylabel=label)
        logarithmic(chosen, "y")
        _cut(chosen, t, np.fmin(gap, total))
        _mark_horizon(chosen, horizon)
        legend_below(chosen)
    return chosen


def _medians(
    comparison: Comparison | TrajectoryComparison, quantity: str | None
) -> tuple[FloatArray, FloatArray, Mapping[str, FloatArray], str, str, float]:
    """Times, gap and parts of the budget after the first snapshot, labels of both axes, and the horizon."""
    curves = curves_of(comparison, None, quantity)
    if isinstance(comparison, TrajectoryComparison):
        name = next(iter(comparison.gaps)) if quantity is None else quantity
        size = np.abs(comparison.trajectory[name]).max(axis=0)
        unit = np.where(size > 0, size, 1.0)
        gap = comparison.gaps[name] / unit
        parts = {part: values[name] / unit for part, values in comparison.parts.items()}
        label = curves.gap_label
    elif comparison.gap is not None and comparison.budget is not None:
        gap, parts, label = comparison.gap, dict(comparison.budget.parts()), "relative gap"
    with np.errstate(all="ignore"):
        medians = {part: np.median(values, axis=1)[1:] for part, values in parts.items()}
        middle = np.median(gap, axis=1)[1:]
    return curves.t[1:], middle, medians, f"{label}, median", curves.time, curves.horizon


def _draw_trajectories(axes: Axes, curves: Curves) -> None:
    times = _refined(curves.t)
    with np.errstate(all="ignore"):
        expected = finite(curves.follow(times))
    if curves.is_angle:
        expected[:-1][np.abs(np.diff(expected, axis=0)) > np.pi] = np.nan
    every = _every(len(curves.t))
    for row, (label, colour, marker) in enumerate(zip(curves.labels, COLOURS, MARKERS, strict=False)):
        axes.plot(times, expected[:, row], color=colour, linestyle="-")
        look: dict[str, Any] = {"color": colour, "marker": marker, "alpha": 0.75, "label": label}
        axes.plot(curves.t[every], curves.measured[every, row], linestyle="", **look)
    axes.plot([], [], linestyle="", marker="o", color=GREY, label=curves.source)
    axes.plot([], [], linestyle="-", color=GREY, label="ODE")
    axes.set_ylabel(curves.quantity)
    _fit(axes, curves.measured, curves.is_positive)
    if curves.is_angle:
        angular(axes, "y")


def _draw_residuals(axes: Axes, curves: Curves) -> None:
    every = _every(len(curves.t) - 1)
    for row, (label, colour, marker) in enumerate(zip(curves.labels, COLOURS, MARKERS, strict=False)):
        gap, budget = _readable(curves.gap[1:, row]), _readable(curves.budget[1:, row])
        axes.plot(curves.t[1:], budget, color=colour, linestyle="-", linewidth=0.7)
        look: dict[str, Any] = {"color": colour, "marker": marker, "alpha": 0.75, "label": label}
        axes.plot(curves.t[1:][every], gap[every], linestyle="", markersize=2, **look)
    axes.plot([], [], linestyle="-", linewidth=0.7, color=GREY, label=BUDGET)
    axes.set_ylabel(curves.gap_label)
    logarithmic(axes, "y")


def _finish(axes: Axes, curves: Curves, legend: bool) -> None:
    axes.set_xlabel(curves.time)
    _mark_horizon(axes, curves.horizon)
    if legend:
        legend_below(axes)


def _mark_horizon(axes: Axes, horizon: float) -> None:
    if np.isfinite(horizon):
        axes.axvline(horizon, **HORIZON, label="horizon")


def _fit(axes: Axes, values: FloatArray, is_positive: bool) -> None:
    """Show all that was measured; the ODE may leave."""
    known = values[np.isfinite(values) & (values > 0 if is_positive else True)]
    if is_positive and known.size:
        axes.set_ylim(known.min() / 1.3, 1.3 * known.max())
        logarithmic(axes, "y")
    elif known.size:
        margin = 0.08 * (float(np.ptp(known)) or 1.0)
        axes.set_ylim(known.min() - margin, known.max() + margin)


def _cut(axes: Axes, t: FloatArray, smallest: FloatArray) -> None:
    """End the axis of time where the last curve has left."""
    shown = np.flatnonzero(smallest <= READABLE)
    last = min(int(shown[-1]) + 1, len(t) - 1) if len(shown) else len(t) - 1
    axes.set_xlim(float(t[0]), float(t[last]) if last else float(t[0]) + 1.0)


def _readable(values: FloatArray) -> FloatArray:
    """What is neither below rounding nor so large that it tells nothing, NaN elsewhere."""
    array = positive_part(values)
    return np.where((array <= READABLE) & (array >= LEAST), array, np.nan)


def _refined(t: FloatArray) -> FloatArray:
    """The times with as many between each two as make 400 together."""
    if len(t) < 2:
        return t
    count = int(np.ceil(FINE / (len(t) - 1)))
    parts = [np.linspace(first, last, count + 1) for first, last in pairwise(t)]
    return np.unique(np.concatenate(parts))


def _every(count: int) -> Any:
    """Every so manyth of the snapshots, so that marks can be told apart."""
    return slice(None, None, max(1, -(-count // MANY)))
