"""What training does: the loss against guessing, and the measures of grokking, one quantity an axis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from odekit.arguments import chosen as named
from odekit.arguments import expect
from odekit.arrays import FloatArray
from odekit.comparison import Progress
from odekit.report.figures.drawing import (
    COLOURS,
    HORIZON,
    TIME,
    drawn_on,
    legend_below,
    line_styles,
    logarithmic,
    panels,
    positive_part,
    styled,
)
from odekit.report.figures.measures import check_run_given
from odekit.simulation import LossGradient, Run

__all__ = ["MEASURES", "plot_loss", "plot_progress"]

MANY = 40  # snapshots, with more of which markers run into each other
TINY_LOSS = 1e-12  # nats; smaller ones are rounding


@dataclass(frozen=True)
class _Measure:
    """Curves of one quantity with their words, its label, and whether its axis is logarithmic."""

    curves: Mapping[str, str]
    label: str
    is_logarithmic: bool = False


_MEASURES = {
    "loss": _Measure({"train_loss": "training set", "test_loss": "test set"}, "loss (nats)", True),
    "accuracy": _Measure({"train_acc": "training set", "test_acc": "test set"}, "accuracy"),
    "sin_D": _Measure({"sin_D": "neurons' mean"}, r"mean $|\sin D|$"),
    "ipr": _Measure({"ipr": "neurons' mean"}, "mean IPR"),
    "norm": _Measure({"norm": "all weights"}, r"norm $\|w\|$"),
}
MEASURES = tuple(_MEASURES)


def plot_loss(run: Run, *, axes: Axes | None = None) -> Axes:
    """Loss over time, against that of guessing, which is ln n for the mean loss.

    Parameters
    ----------
    run: whose record of its loss is drawn, or whose loss is computed where it kept none.

    Raises
    ------
    InputError: no run.
    """
    guess = np.log(check_run_given(run).network.finite_group.order)
    if run.network.loss == "sum":
        guess *= run.network.labels().size
    loss = run.records.get("loss")
    values = loss if loss is not None and loss.shape == run.t.shape else _losses(run)
    with drawn_on(axes) as chosen:
        mark = "o" if len(run.t) <= MANY else ""
        chosen.plot(run.t, values, color=COLOURS[0], linestyle="-", marker=mark, label="training loss")
        chosen.axhline(guess, **HORIZON, label=r"uniform guess")
        chosen.set(xlabel=TIME, ylabel=f"cross-entropy, {run.network.loss} (nats)")
        chosen.set_ylim(bottom=min(0.0, float(np.min(values))))
        legend_below(chosen)
    return chosen


def plot_progress(progress: Progress, measure: str | None = None, *, axes: Axes | None = None) -> Axes:
    """A progress measure over the optimiser's steps, with the steps at which the stages of grokking end.

    Without ``axes`` and ``measure`` all five lie beneath each other, and the uppermost axes are returned.

    Parameters
    ----------
    progress: what `odekit.comparison.measure_progress` measured.
    measure: ``"loss"``, ``"accuracy"``, ``"sin_D"``, ``"ipr"`` or ``"norm"``; ``"accuracy"`` where omitted
        and there are axes.

    Raises
    ------
    InputError: no progress.
    UnknownNameError: an unknown measure.

    Source: arXiv 2602.16849, part III.
    """
    is_progress = isinstance(progress, Progress)
    expect(is_progress, "this is no progress", "what odekit.comparison.measure_progress measures", progress)
    if measure is None and axes is None:
        with styled():
            rows = panels(len(MEASURES), height=5.6, share_x=True)
            for (panel,), name in zip(rows, MEASURES, strict=True):
                _draw(panel, progress, name)
                if panel is not rows[-1][0]:
                    panel.set_xlabel("")
            legend_below(rows[-1][0], rows[0][0].get_legend_handles_labels()[0])
        return rows[0][0]
    name = "accuracy" if measure is None else named("measure", measure, MEASURES)
    with drawn_on(axes) as chosen:
        _draw(chosen, progress, name)
        legend_below(chosen)
    return chosen


def _draw(axes: Axes, progress: Progress, name: str) -> None:
    measure = _MEASURES[name]
    for (key, words), style in zip(measure.curves.items(), line_styles(), strict=False):
        values = progress.curves()[key]
        if np.isfinite(values).any():
            shown = positive_part(np.maximum(values, TINY_LOSS)) if measure.is_logarithmic else values
            axes.plot(progress.steps, shown, label=words, **{**style, "marker": ""})
    if measure.is_logarithmic:
        logarithmic(axes, "y")
    for (words, step), dash in zip(_stages(progress).items(), ((0, (1, 1.5)), (0, (4, 2))), strict=True):
        if np.isfinite(step):
            axes.axvline(step, **{**HORIZON, "linestyle": dash}, label=words)
    axes.set(xlabel="optimiser step", ylabel=measure.label)


def _stages(progress: Progress) -> Mapping[str, float]:
    if np.isnan(progress.test_acc).all():
        return {"memorised": np.nan, "generalised": np.nan}
    stages = progress.stages
    return {"memorised": stages.memorised, "generalised": stages.generalised}


def _losses(run: Run) -> FloatArray:
    gradient = LossGradient(run.network)
    return np.array([gradient(*run.snapshot(index))[0] for index in range(len(run))])
