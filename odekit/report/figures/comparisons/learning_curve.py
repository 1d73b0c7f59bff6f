"""A predicted training: the loss with its band, where the regimes begin, and what a run measured of it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes

from odekit.arguments import expect
from odekit.comparison import LearningCurve
from odekit.comparison.learning_curve import guessing
from odekit.report.figures.drawing import COLOURS, HORIZON, TIME, TINTS, drawn_on, legend_below
from odekit.report.figures.measures import check_run_given
from odekit.simulation import LossGradient, Run

__all__ = ["plot_learning_curve"]

# Share of the loss of guessing that is left free above it.
ABOVE = 0.08
DASHES = ((0, (1, 1.5)), (0, (4, 2)))
FINE = 600  # times at which the line is drawn


def plot_learning_curve(curve: LearningCurve, run: Run | None = None, *, axes: Axes | None = None) -> Axes:
    """The predicted loss as a line with its band, a run's own loss as marks, and that of guessing.

    Upright lines tell from where the whole softmax is followed, and steps of descent go on.

    Parameters
    ----------
    curve: what `odekit.predict` hands back with ``until``.
    run: of the same training, whose snapshots within the curve are shown.
    axes: where to draw.

    Raises
    ------
    InputError: no predicted training, or no run.
    """
    is_curve = isinstance(curve, LearningCurve)
    expect(is_curve, "this is no predicted training", 'odekit.predict(run, until="end")', curve)
    guess = guessing(curve.network)
    times = np.union1d(np.linspace(curve.t[0], curve.t[-1], FINE), curve.t).clip(curve.t[0], curve.t[-1])
    loss, band = curve.loss_at(times), np.interp(times, curve.t, curve.loss_band)
    low, high = (np.nan_to_num(loss + side * band, nan=edge) for side, edge in ((-1, 0.0), (1, 2 * guess)))
    with drawn_on(axes) as chosen:
        chosen.fill_between(
            times, low.clip(0), high.clip(max=2 * guess), color=TINTS[0], linewidth=0, label="band"
        )
        chosen.plot(times, loss, color=COLOURS[0], linestyle="-", label="predicted")
        if run is not None:
            _draw_run(chosen, curve, check_run_given(run))
        chosen.axhline(guess, color=HORIZON["color"], linewidth=0.7, zorder=1, label="uniform guess")
        changes = [after for before, after in pairwise(curve.regimes) if after.name != before.name]
        for regime, dash in zip(changes, DASHES, strict=False):
            chosen.axvline(regime.start, **{**HORIZON, "linestyle": dash}, label=f"{regime.name} from here")
        chosen.set(xlabel=TIME, ylabel=f"cross-entropy, {curve.network.loss} (nats)")
        chosen.set_xlim(curve.t[0], curve.t[-1])
        chosen.set_ylim(0.0, max(guess, float(curve.loss.max())) * (1 + ABOVE))
        legend_below(chosen)
    return chosen


def _draw_run(axes: Axes, curve: LearningCurve, run: Run) -> None:
    gradient = LossGradient(run.network)
    shown = np.flatnonzero((run.t >= curve.t[0]) & (run.t <= curve.t[-1]))
    losses = [gradient(*run.snapshot(int(place)))[0] for place in shown]
    axes.plot(run.t[shown], losses, color=COLOURS[1], linestyle="", marker="o", alpha=0.75, label="training")
