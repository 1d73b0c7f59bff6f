"""Which pairs a grokking training answers rightly: grids of inputs, at the ends of its stages."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.patches import Patch

from odekit.arrays import BoolArray, FloatArray, IntArray
from odekit.comparison import Progress
from odekit.report.figures import figure_of, panels, styled
from odekit.report.papers.modular_addition.grokking import SETTINGS, measured, training
from odekit.report.papers.paper_figure import Drawing, PaperFigure
from odekit.simulation import Run, logits

__all__ = ["FIGURES"]

PAPER = "2602.16849"
# Unseen, mirror seen, seen in one order, seen in both: from light to dark, so that grey tells them apart.
KINDS = ("unseen", "mirror seen", "seen, one order", "seen, both orders")
SHADES = ("#ffffff", "#f0c27a", "#5aa0d0", "#0b3c6b")
UNSEEN_EDGE = "#D55E00"
NO_ODE = (
    "none: at uniform softmax the ODE knows no pair from another. What can be said before the training is "
    "on the upper left: by the symmetry f(x, y) = f(y, x) of a shared embedding a mirror-seen pair comes "
    "right with its mirror image, and nothing is known of an unseen one."
)


def kinds(train: BoolArray) -> IntArray:
    """Index into `KINDS` of every pair, (n, n)."""
    return np.where(train, np.where(train.T, 3, 2), np.where(train.T, 1, 0))


def softmax_at_answer(run: Run, index: int) -> tuple[BoolArray, FloatArray]:
    """Whether each pair is answered rightly, and the softmax at the right answer, (n, n)."""
    values = np.asarray(logits(run.network, *run.snapshot(index)))
    weights = np.exp(values - values.max(axis=-1, keepdims=True))
    x, y = np.indices(values.shape[:2])
    answer = (x + y) % len(values)
    return values.argmax(axis=-1) == answer, weights[x, y, answer] / weights.sum(axis=-1)


def _memorised(seed: int) -> tuple[Run, Progress, BoolArray, int]:
    """The training, its measures, the pairs that it is on (n, n), and at which snapshot these are known."""
    run, progress = training(seed), measured(seed)
    train = np.asarray(run.records["train_mask"], dtype=bool)
    return run, progress, train, int(np.searchsorted(progress.steps, progress.stages.memorised))


def draw_memorised(seed: int) -> Drawing:
    """The pairs' kinds, accuracy and softmax at the end of the first stage, and accuracy at the end."""
    run, progress, train, end = _memorised(seed)
    right, share = softmax_at_answer(run, end)
    last, _ = softmax_at_answer(run, -1)
    of = {name: float(right[kinds(train) == place].mean()) for place, name in enumerate(KINDS)}
    with styled():
        grid = panels(2, 2, height=3.75)
        flat = [axes for row in grid for axes in row]
        _draw_kinds(flat[0], train)
        _draw_grid(flat[1], right, train, f"right at step {progress.steps[end]:.0f}")
        _draw_grid(flat[2], share, train, f"softmax at step {progress.steps[end]:.0f}")
        _draw_grid(flat[3], last, train, f"right at step {progress.steps[-1]:.0f}")
        _label(grid)
    return Drawing(
        figure_of(flat[0]),
        NO_ODE,
        "where memorisation has ended, the share of right answers is "
        + ", ".join(f"{100 * value:.0f} % ({name})" for name, value in of.items())
        + f"; at the end {100 * last.mean():.0f} % of all pairs.",
        f"{SETTINGS} Outlined: pairs of which no order is trained on. Below left the softmax at the right "
        "answer, from white, 0, to dark, 1.",
    )


def draw_order(seed: int) -> Drawing:
    """Accuracy of pairs at the start, half way through memorisation, and at its end."""
    run, progress, train, end = _memorised(seed)
    lowest = _lowest_of_rare(run, train, end)
    shown = (0, lowest, end)
    answers = [softmax_at_answer(run, index)[0] for index in shown]
    rare, common = (kinds(train) == place for place in (2, 3))
    told = "; ".join(
        f"step {progress.steps[index]:.0f}: {100 * right[common].mean():.0f} % and "
        f"{100 * right[rare].mean():.0f} %"
        for index, right in zip(shown, answers, strict=True)
    )
    with styled():
        grid = panels(2, 2, height=3.75)
        flat = [axes for row in grid for axes in row]
        _draw_kinds(flat[0], train)
        for axes, index, right in zip(flat[1:], shown, answers, strict=True):
            _draw_grid(axes, right, train, f"right at step {progress.steps[index]:.0f}")
        _label(grid)
    return Drawing(
        figure_of(flat[0]),
        NO_ODE,
        f"right answers among the pairs seen in both orders and in one: {told}. The second step shown is "
        "the one at which fewest of the pairs seen in one order are right.",
        f"{SETTINGS} The published panels are of the steps 0, 1000 and 2200.",
    )


def _lowest_of_rare(run: Run, train: BoolArray, end: int) -> int:
    rare = kinds(train) == 2
    shares = [softmax_at_answer(run, index)[0][rare].mean() for index in range(1, max(end, 2))]
    return 1 + int(np.argmin(shares))


def _draw_kinds(axes: Axes, train: BoolArray) -> None:
    norm = BoundaryNorm(np.arange(len(KINDS) + 1) - 0.5, len(KINDS))
    axes.imshow(kinds(train), cmap=ListedColormap(SHADES), norm=norm, aspect="equal")
    _finish(axes, train, "pairs")
    patches = [
        Patch(facecolor=shade, edgecolor=UNSEEN_EDGE if place == 0 else "none", label=name)
        for place, (name, shade) in enumerate(zip(KINDS, SHADES, strict=True))
    ]
    figure_of(axes).legend(handles=patches, loc="outside lower center", ncols=2)


def _draw_grid(axes: Axes, values: BoolArray | FloatArray, train: BoolArray, title: str) -> None:
    axes.imshow(values.astype(float), cmap="Blues", vmin=0, vmax=1, aspect="equal")
    _finish(axes, train, title)


def _finish(axes: Axes, train: BoolArray, title: str) -> None:
    axes.grid(visible=False)
    axes.set_title(title)
    axes.set_xticks([0, 10, 20])
    axes.set_yticks([0, 10, 20])
    x, y = np.nonzero(kinds(train) == 0)
    axes.plot(
        y,
        x,
        linestyle="",
        marker="s",
        markersize=3.6,
        markerfacecolor="none",
        markeredgewidth=0.5,
        markeredgecolor=UNSEEN_EDGE,
    )


def _label(grid: Sequence[Sequence[Axes]]) -> None:
    for row in grid:
        row[0].set_ylabel("input x")
    for axes in grid[-1]:
        axes.set_xlabel("input y")


FIGURES = (
    PaperFigure(
        "grokking-memorised-pairs",
        PAPER,
        "Which pairs are right where memorisation ends",
        "grokk_memorization_accuracy.png",
        draw_memorised,
        ("grokking-stages",),
    ),
    PaperFigure(
        "grokking-common-to-rare",
        PAPER,
        "Pairs seen in both orders come right first",
        "grokk_memorization_common_to_rare.png",
        draw_order,
        ("grokking-stages",),
    ),
)
