"""Grokking: the measures of a training on three quarters of the pairs with weight decay."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from matplotlib.axes import Axes

from odekit.arrays import FloatArray
from odekit.comparison import Progress, measure_progress, predict
from odekit.networks import Network
from odekit.report.figures import COLOURS, HORIZON, figure_of, styled
from odekit.report.papers.paper_figure import KEPT, Drawing, PaperFigure, run_seed
from odekit.report.papers.reduced_run import reduced_run
from odekit.report.papers.side_by_side import side_by_side
from odekit.simulation import Run, simulate

__all__ = ["FIGURES", "LEARNING_RATE", "ORDER", "SETTINGS", "measured", "training"]

PAPER = "2602.16849"
ORDER, NEURONS, SCALE = 23, 512, 0.1
STEPS, SPACING = 20_000, 100
LEARNING_RATE, WEIGHT_DECAY, FRAC_TRAIN = 1e-4, 2.0, 0.75
REMAINING, POINTS = 0.1, 61  # of the first blow-up time: until then the ODE is followed
SETTINGS = (
    f"Z{ORDER}, {NEURONS} neurons with ReLU, weights normal with standard deviation {SCALE:g}, mean loss on "
    f"{100 * FRAC_TRAIN:.0f} % of the pairs, AdamW with learning rate {LEARNING_RATE:g} and decoupled decay "
    f"{WEIGHT_DECAY:g}, {STEPS} full-batch steps (published: 50,000)."
)


@lru_cache(maxsize=KEPT)
def training(seed: int) -> Run:
    """The published protocol, for fewer steps."""
    return simulate(
        Network(f"Z{ORDER}", neurons=NEURONS, activation="relu"),
        seed=run_seed(seed, "grokking"),
        scale=SCALE,
        method="adamw",
        learning_rate=LEARNING_RATE,
        weight_decay=WEIGHT_DECAY,
        frac_train=FRAC_TRAIN,
        steps=STEPS,
        snapshots=STEPS // SPACING + 1,
    )


@lru_cache(maxsize=KEPT)
def measured(seed: int) -> Progress:
    """Its progress measures."""
    return measure_progress(training(seed))


def followed(seed: int) -> tuple[FloatArray, Progress]:
    """The same measures of the reduced ODE of a quadratic network, and the times over the first blow-up's."""
    start = Run(
        np.zeros(1),
        {name: values[:1] for name, values in training(seed).weights.items()},
        Network(f"Z{ORDER}", neurons=NEURONS),
    )
    first = float(predict(start).blow_up_time.min())
    shares = np.linspace(0, 1 - REMAINING, POINTS)
    return shares, measure_progress(reduced_run(start, shares * first))


def draw(seed: int) -> Drawing:
    """Loss, accuracy, alignment, sparsity and norm."""
    progress, (shares, ode) = measured(seed), followed(seed)
    steps = progress.steps / 1000
    stages = progress.stages
    with styled():
        axes = side_by_side(5, 6.0)
        left, right = ([row[column] for row in axes] for column in (0, 1))
        _draw_measures(left, shares, ode)
        _draw_measures(right, steps, progress)
        for side in right:
            for end in (stages.memorised, stages.generalised):
                side.axvline(end / 1000, **HORIZON)
        labels = ("loss (mean, nats)", "accuracy", r"mean $|\sin D|$", "mean IPR", "norm / at the start")
        for row, label in zip(axes, labels, strict=True):
            row[0].set_ylabel(label)
            row[0].set_ylim(bottom=0)
        left[-1].set_xlabel("time / first blow-up")
        right[-1].set_xlabel("step / 1000")
        right[0].legend(loc="upper right")
        right[1].legend(loc="lower right")
    slope = _norm_slope(progress)
    return Drawing(
        figure_of(left[0]),
        "no ODE describes AdamW on a part of the pairs. Shown is what the four-variable ODE says of a "
        "quadratic network from the same weights on all pairs without decay, until shortly before the "
        f"first neuron blows up: phases align before spectra become sparse (mean |sin D| {ode.sin_D[0]:.2f} "
        f"to {ode.sin_D[-1]:.2f}, mean inverse participation ratio {ode.ipr[0]:.2f} to {ode.ipr[-1]:.2f}). "
        "It knows no pair from another, so that nothing is memorised; its loss and accuracy are those of a "
        "network with its weights.",
        f"snapshots every {SPACING} steps. Dotted: the ends of the stages, steps {stages.memorised:.0f} and "
        f"{stages.generalised:.0f}, where the accuracies on the training and on the test pairs have covered "
        "95 % of their rise. Of the test pairs, a mirror-seen one was trained on in the other order.",
        f"{SETTINGS} D at each neuron's dominant frequency; IPR: inverse participation ratio of the "
        "embedding's powers, 1 for a single frequency. The published panel has two quantities on two axes; "
        "here each has its own.",
        "It is printed that in the last stage the norm shrinks at the rate of the decay. That can't be "
        "right while the loss holds the weights: after the last stage's beginning the logarithm of the "
        f"norm changes by {slope:.1e} a step, learning rate times decay being "
        f"{LEARNING_RATE * WEIGHT_DECAY:.1e}.",
    )


def _draw_measures(column: Sequence[Axes], x: FloatArray, progress: Progress) -> None:
    rows = (
        {"training": progress.train_loss, "test": progress.test_loss},
        {"seen": progress.accuracy["seen"], "mirror seen": progress.accuracy["mirror seen"]}
        | {"unseen": progress.accuracy["unseen"]},
        {"": progress.sin_D},
        {"": progress.ipr},
        {"": progress.norm / progress.norm[0]},
    )
    for axes, curves in zip(column, rows, strict=True):
        for (label, values), colour in zip(curves.items(), COLOURS, strict=False):
            if np.isfinite(values).any():
                axes.plot(x, values, color=colour, linestyle="-", label=label)


def _norm_slope(progress: Progress) -> float:
    """Mean change of log norm a step after the last stage has ended; over the last quarter if it doesn't."""
    since = progress.stages.generalised
    first = 3 * len(progress.steps) // 4 if np.isnan(since) else int(np.searchsorted(progress.steps, since))
    first = min(first, len(progress.steps) - 2)
    change = np.log(progress.norm[-1] / progress.norm[first])
    return float(change / (progress.steps[-1] - progress.steps[first]))


FIGURES = (
    PaperFigure(
        "grokking",
        PAPER,
        "Loss, accuracy, alignment, sparsity and norm",
        "grokk_loss.png, grokk_acc.png, grokk_abs_phase_diff.png and grokk_avg_ipr.png",
        draw,
        ("grokking-stages",),
    ),
)
