"""What trained networks answer: the peak at the sum, and the spurious ones at twice an input."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from odekit.arrays import FloatArray
from odekit.derivation import population_logits
from odekit.networks import Network
from odekit.report.figures import figure_of, styled
from odekit.report.papers.modular_addition.trained import COLUMNS, ORDER, SETTINGS, sides
from odekit.report.papers.paper_figure import Drawing, PaperFigure
from odekit.report.papers.side_by_side import label_columns, side_by_side
from odekit.simulation import Run, logits

__all__ = ["FIGURES"]

PAPER = "2602.16849"
FIRST_INPUT = 0  # as published
COLOURS, HIGHEST = "RdBu_r", 1.5


def shown_logits(run: Run) -> FloatArray:
    """Logits (n, n) by second input and output, less their mean over outputs, the right ones 1 on average."""
    values = np.asarray(logits(run.network, *run.snapshot(-1)))
    centred = values - values.mean(axis=-1, keepdims=True)
    x, y = np.indices(centred.shape[:2])
    return np.asarray(centred[FIRST_INPUT] / centred[x, y, (x + y) % len(centred)].mean())


def ghost_ratio(run: Run) -> float:
    """Mean height of the two spurious peaks over that of the right one, above the plateau, at all inputs."""
    values = np.asarray(logits(run.network, *run.snapshot(-1)))
    n = len(values)
    x, y = np.nonzero(~np.eye(n, dtype=bool))
    rows, answers = np.arange(len(x)), values[x, y]
    right, first, second = (answers[rows, place % n] for place in (x + y, 2 * x, 2 * y))
    plateau = (answers.sum(axis=1) - right - first - second) / (n - 3)
    return float(((first + second) / 2 - plateau).mean() / (right - plateau).mean())


def draw(seed: int) -> Drawing:
    """The logits at a fixed first input, with the three peaks outlined."""
    runs = sides(seed)
    ratios = [ghost_ratio(run) for run in runs]
    with styled():
        (axes,) = side_by_side(1, 1.8, columns=COLUMNS)
        for side, run in zip(axes, runs, strict=True):
            image = side.imshow(shown_logits(run).T, cmap=COLOURS, vmin=-HIGHEST, vmax=HIGHEST)
            side.grid(visible=False)
            _outline(side)
            side.set_xticks([0, 10, 20])
            side.set_yticks([0, 10, 20])
        axes[0].set_ylabel("output")
        figure_of(axes[0]).colorbar(image, ax=axes, aspect=25, pad=0.02, extend="both")
        label_columns([axes], f"input y, at x = {FIRST_INPUT}")
    heights = {wave.form: wave.evaluate(alpha=1.0, beta=1.0) for wave in population_logits(Network("Zp"))}
    return Drawing(
        figure_of(axes[0]),
        "logits of the network whose neurons all sit at the winner and the phases that are foretold from "
        f"the initial weights, with one common size. The spurious peaks reach {ratios[0]:.2f} of the right "
        f"one; for phases that are exactly spread out, {heights[2, 0, -1] / heights[1, 1, -1]:g} is derived.",
        f"logits after training; the spurious peaks reach {ratios[1]:.2f} of the right one under z^2, and "
        f"{ratios[2]:.2f} under ReLU. The quadratic neurons that blow up first end the race of the others, "
        "so that few of them carry the vote.",
        f"{SETTINGS} Logits less their mean over the outputs, the right ones of all inputs being 1 on "
        "average. Outlined: x + y, 2x and 2y.",
        "Its scale is cut at 0.8 of the largest logit, and the blog's caption says quadratic activation "
        "and a height alpha beta^2 where the code trains ReLU and alpha^2 beta is derived. Half the right "
        "peak is the height of the spurious ones for z^2 with evenly spread phases and one size of all "
        "neurons only.",
    )


def _outline(axes: Axes) -> None:
    for y in range(ORDER):
        for place in {(FIRST_INPUT + y) % ORDER, 2 * FIRST_INPUT % ORDER, 2 * y % ORDER}:
            axes.add_patch(
                Rectangle((y - 0.5, place - 0.5), 1, 1, fill=False, linewidth=0.25, edgecolor="black")
            )


FIGURES = (
    PaperFigure(
        "logits", PAPER, "Logits, with their spurious peaks", "output_logits.png", draw, ("majority-vote",)
    ),
)
