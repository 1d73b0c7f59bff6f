"""What each figure shows: amplitudes, gaps and budgets of a comparison, a verdict's series, a run's loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from odekit.arrays import FloatArray
from odekit.comparison import project
from odekit.errors import InputError
from odekit.report.figures.drawing import COLOURS, column_axes, figure_of, line_styles, logarithmic, styled
from odekit.simulation import LossGradient

if TYPE_CHECKING:
    from odekit.claims import Verdict
    from odekit.comparison import Comparison
    from odekit.simulation import Run

__all__ = ["gap_figure", "has_series", "loss_figure", "trajectory_figure", "verdict_figure"]

MANY_POINTS = 25  # with more, markers run into each other
MAX_LEGEND = 8  # a longer legend would take the place of the axes
X_LABEL, Y_LABEL = 52, 36  # characters that fit along the axes of a column
NEGLIGIBLE = 1000.0  # a part of the budget so many times smaller decides nothing
HORIZON_STYLE: Mapping[str, Any] = {"color": "#666666", "linestyle": (0, (1, 1.5)), "linewidth": 0.9}


def trajectory_figure(comparison: Comparison, neurons: Sequence[int] | None = None) -> Figure:
    """Amplitude of the leading mode of a few neurons: the run as dots, the reduced ODE as lines.

    Parameters
    ----------
    comparison: one with a prediction.
    neurons: whose; by default four, evenly spaced in the order of their last amplitudes.

    Raises
    ------
    InputError: the comparison was not applicable, or there is no such neuron.
    """
    predicted = comparison.predicted
    if predicted is None:
        raise _not_compared(comparison)
    measured = project(comparison.run)
    leading = measured.dominant[-1]
    chosen = _spread(measured.alpha[-1].max(axis=-1)) if neurons is None else list(neurons)
    _check_neurons(chosen, len(leading))
    with styled():
        axes = column_axes()
        figure = figure_of(axes)
        for colour, neuron in zip(COLOURS, chosen, strict=False):
            mode = leading[neuron]
            label = f"neuron {neuron}, mode {measured.basis.labels[mode]}"
            axes.plot(comparison.run.t, _finite(predicted.alpha[:, neuron, mode]), color=colour, label=label)
            axes.plot(comparison.run.t, measured.alpha[:, neuron, mode], "o", color=colour, alpha=0.7)
        shown = np.concatenate([measured.alpha[:, neuron, leading[neuron]] for neuron in chosen])
        axes.set(xlabel=_time_label(comparison.run), ylabel=r"amplitude $\alpha$", yscale="log")
        axes.set_ylim(shown[shown > 0].min() / 1.5, 1.5 * shown.max())
        axes.margins(x=0.02)
        axes.plot([], [], "o", color="#444444", label="network")
        axes.plot([], [], color="#444444", label="reduced ODE")
        _mark_horizon(axes, comparison)
        _legend_above(axes)
    return figure


def gap_figure(comparison: Comparison) -> Figure:
    """Median gap between network and ODE over time, its budget, and the parts that make up the budget.

    A part that always stays below a thousandth of the budget is left out, and so is the first snapshot, at
    which both agree.

    Raises
    ------
    InputError: the comparison was not applicable.
    """
    if comparison.gap is None or comparison.budget is None:
        raise _not_compared(comparison)
    t = comparison.run.t
    curves = {"gap": comparison.gap, "budget": comparison.budget.total, **comparison.budget.parts()}
    medians = {name: _positive(np.median(values, axis=1)) for name, values in curves.items()}
    with styled():
        axes = column_axes()
        figure = figure_of(axes)
        for (name, median), style in zip(medians.items(), _gap_styles(), strict=True):
            if name in ("gap", "budget") or (median[1:] > medians["budget"][1:] / NEGLIGIBLE).any():
                axes.plot(t[1:], median[1:], label=name.replace("_", " "), **style)
        axes.set(yscale="log", xlabel=_time_label(comparison.run), ylabel="relative, median over neurons")
        axes.margins(x=0.02)
        _mark_horizon(axes, comparison)
        _legend_above(axes)
    return figure


def loss_figure(run: Run) -> Figure:
    """Loss over time, against that of guessing, which is ln n for the mean loss."""
    guess = np.log(run.network.finite_group.order)
    if run.network.loss == "sum":
        guess *= run.network.labels().size
    loss = run.records.get("loss")
    values = loss if loss is not None and loss.shape == run.t.shape else _losses(run)
    with styled():
        axes = column_axes()
        figure = figure_of(axes)
        axes.plot(run.t, values, "o-", color=COLOURS[0], label="training loss")
        axes.axhline(guess, **HORIZON_STYLE, label="uniform guess")
        axes.set(xlabel=_time_label(run), ylabel=f"cross-entropy ({run.network.loss}, nats)")
        axes.set_ylim(bottom=min(0.0, float(np.min(values))))
        axes.margins(x=0.02)
        axes.legend(loc="lower left")
    return figure


def _time_label(run: Run) -> str:
    """Descent counts its time in learning rates; a flow has a time of its own."""
    return "time t of the flow" if run.steps is None else "time t (sum of learning rates)"


def has_series(verdict: Verdict) -> bool:
    """Whether a verdict's evidence holds something to plot."""
    return bool(verdict.evidence.get("series"))


def verdict_figure(verdict: Verdict) -> Figure:
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
    with styled():
        axes = column_axes()
        figure = figure_of(axes)
        mark = "o" if len(x) <= MANY_POINTS else ""
        for (name, values), curve in zip(series["curves"].items(), line_styles(), strict=False):
            axes.plot(x, _shown(values, scale), label=name, **{**curve, "marker": mark})
        if scale in ("loglog", "semilogx"):
            logarithmic(axes, "x")
        if scale in ("loglog", "semilogy"):
            logarithmic(axes, "y")
        if scale == "semilogy":
            _leave_out_rounding(axes, [_shown(values, scale) for values in series["curves"].values()])
        axes.set_xlabel(fill(series["x"]["label"], X_LABEL))
        axes.set_ylabel(fill(series["y"]["label"], Y_LABEL))
        _legend(axes, len(series["curves"]))
    return figure


def _legend(axes: Axes, curves: int) -> None:
    """Inside of the axes where it is short, else above them in two columns."""
    if 1 < curves <= 3:
        axes.legend(loc="best")
    elif 3 < curves <= MAX_LEGEND:
        _legend_above(axes)


def _legend_above(axes: Axes) -> None:
    """Where it hides nothing: above the axes, in two columns."""
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, borderaxespad=0.2)


def _leave_out_rounding(axes: Axes, curves: Sequence[FloatArray]) -> None:
    """End a logarithmic axis a decade below the bulk of the values, though one be zero up to rounding."""
    values = np.concatenate([curve[np.isfinite(curve)] for curve in curves])
    if len(values) > MANY_POINTS:
        axes.set_ylim(bottom=max(values.min(), 0.1 * float(np.quantile(values, 0.05))) / 1.5)


def _spread(amplitudes: FloatArray, count: int = 4) -> list[int]:
    """Indices evenly spaced in the order of the amplitudes, the largest first."""
    order = np.argsort(-amplitudes, kind="stable")
    places = np.linspace(0, len(order) - 1, min(count, len(order))).round().astype(int)
    return [int(index) for index in order[places]]


def _check_neurons(chosen: Sequence[int], count: int) -> None:
    if not chosen or len(chosen) > len(COLOURS) or not all(0 <= neuron < count for neuron in chosen):
        raise InputError(
            "these neurons can't be shown",
            expected=f"one to {len(COLOURS)} of them, from 0 to {count - 1}",
            received=str(list(chosen)),
        )


def _mark_horizon(axes: Axes, comparison: Comparison) -> None:
    if comparison.horizon is not None and np.isfinite(comparison.horizon):
        axes.axvline(comparison.horizon, **HORIZON_STYLE, label="horizon")


def _gap_styles() -> list[dict[str, Any]]:
    bold: list[dict[str, Any]] = [{"color": COLOURS[0], "marker": "o"}, {"color": "#000000"}]
    return bold + [{"color": colour, "linewidth": 0.8, "linestyle": "--"} for colour in COLOURS[1:5]]


def _finite(values: FloatArray) -> FloatArray:
    return np.where(np.isfinite(values), values, np.nan)


def _positive(values: FloatArray) -> FloatArray:
    return np.where(np.isfinite(values) & (values > 0), values, np.nan)


def _shown(values: ArrayLike, scale: str) -> FloatArray:
    array = np.array(values, dtype=np.float64)
    return _positive(array) if scale in ("loglog", "semilogy") else _finite(array)


def _losses(run: Run) -> FloatArray:
    gradient = LossGradient(run.network)
    return np.array([gradient(*run.snapshot(index))[0] for index in range(len(run))])


def _not_compared(comparison: Comparison) -> InputError:
    return InputError(
        "there is nothing to draw",
        expected="a comparison that is applicable",
        received=f"{comparison.name}: {comparison.reason}",
    )
