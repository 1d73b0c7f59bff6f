"""Spectra of neurons: at single frequencies and what leaks, after training, and while a network groks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison import measure_progress
from odekit.report.figures import figure_of, panels, styled
from odekit.report.papers.heatmaps import draw_spectra, spectrum, spectrum_labels
from odekit.report.papers.modular_addition.grokking import SETTINGS as GROKKING
from odekit.report.papers.modular_addition.grokking import measured, training
from odekit.report.papers.modular_addition.single_frequency import (
    harmonic_sizes,
    reduced,
    setting_text,
    trained,
)
from odekit.report.papers.modular_addition.trained import COLUMNS, SETTINGS, agreement, sides
from odekit.report.papers.paper_figure import Drawing, PaperFigure
from odekit.simulation import Run

__all__ = ["FIGURES"]

PAPER = "2602.16849"
SHOWN = 16  # neurons
STEPS = {"quadratic": (0, 1000, 5000), "relu": (0, 5000)}
FLOOR = 1e-5
LETTERS = {"theta": r"$\theta$", "xi": r"$\xi$"}


def draw_single(kind: str, seed: int) -> Drawing:
    """Theta and xi of neurons that start at one frequency, at a few steps."""
    run, ode = trained(kind, seed), reduced(kind, seed)
    steps = STEPS[kind]
    rows = [
        [_at(side, name, step / STEPS[kind][-1]) for name in LETTERS for side in (ode, run)] for step in steps
    ]
    with styled():
        grid = panels(len(steps), 4, height=0.85 + 0.85 * len(steps), share_x=True)
        titles = [f"{letter}, {side}" for letter in LETTERS.values() for side in ("ODE", "net")]
        for axes, title in zip(grid[0], titles, strict=True):
            axes.set_title(title)
        for row, step in zip(grid, steps, strict=True):
            row[0].set_ylabel(f"step {step}")
        draw_spectra(grid, rows, spectrum_labels(run.network.finite_group), "$k$", FLOOR)
    leaked = {name: _leak(run, name) for name in LETTERS}
    return Drawing(
        figure_of(grid[0][0]),
        f"|theta| and |xi| of {SHOWN} neurons (down) by frequency (across), each over its largest: the ODE "
        "keeps every neuron at its frequency, exactly.",
        "the full network at the same steps. At the last one the largest other frequency has "
        f"{leaked['theta']:.0e} (median) of |theta(k)| and {leaked['xi']:.0e} of |xi(k)|.",
        f"{setting_text(kind)} White is below {FLOOR:g}.",
        _leak_text(kind, run),
    )


def _leak_text(kind: str, run: Run) -> str:
    if kind == "quadratic":
        return (
            "On its linear scale no energy leaks between modes. That holds of the decoupled flow alone: at "
            "a finite scale neurons of one frequency couple, and theta leaks into 3k at a size of the "
            "order of the cube of the weights."
        )
    sizes = {name: harmonic_sizes(run, name) for name in LETTERS}
    return (
        "The sizes 1/9 of the third and 1/25 of the fifth harmonic that are printed can't be right: here "
        f"|theta(3k)| = {sizes['theta'][3]:.2f}, |theta(5k)| = {sizes['theta'][5]:.2f} of |theta(k)| and "
        f"|xi(2k)| = {sizes['xi'][2]:.2f}, |xi(3k)| = {sizes['xi'][3]:.2f} of |xi(k)|, as medians."
    )


def draw_learned(seed: int) -> Drawing:
    """Theta and xi of neurons after training, sorted by their frequency."""
    runs = sides(seed)
    chosen = [_sorted(run) for run in runs[:1]] * 2 + [_sorted(runs[2])]
    rows = [
        [
            spectrum(run.weights[name][-1][own], run.network.finite_group)
            for run, own in zip(runs, chosen, strict=True)
        ]
        for name in LETTERS
    ]
    with styled():
        grid = panels(2, 3, height=2.6, share_x=True)
        for axes, title in zip(grid[0], COLUMNS, strict=True):
            axes.set_title(title)
        for row, letter in zip(grid, LETTERS.values(), strict=True):
            row[0].set_ylabel(letter)
        draw_spectra(grid, rows, spectrum_labels(runs[0].network.finite_group), "$k$")
    hits, clear = agreement(seed)
    ipr = [float(measure_progress(run).ipr[-1]) for run in runs[1:]]
    return Drawing(
        figure_of(grid[0][0]),
        f"{SHOWN} neurons (down) by frequency (across), each at the winner that its smallest blow-up time "
        "foretells.",
        f"the same neurons of the quadratic network after training, and {SHOWN} of the ReLU network. The "
        f"foretold winner dominates in {100 * hits:.0f} % of all quadratic neurons, and in "
        f"{100 * clear:.0f} % of those that end with more than half of their power at one frequency. Mean "
        f"inverse participation ratio: {ipr[0]:.2f} and {ipr[1]:.2f}.",
        f"{SETTINGS} Sizes over each neuron's largest.",
        "That every neuron is at a single frequency can't be right of these runs: the mean inverse "
        "participation ratio would be 1. Under gradient flow from small weights the first neurons to blow "
        "up end the race of the others, which stay spread out.",
    )


def draw_grokking(seed: int) -> Drawing:
    """Theta and xi of neurons at the start and at the ends of both stages."""
    run, progress = training(seed), measured(seed)
    ends = (progress.stages.memorised, progress.stages.generalised)
    places = [0, *(min(int(np.searchsorted(progress.steps, end)), len(run) - 1) for end in ends)]
    group = run.network.finite_group
    rows = [[spectrum(run.weights[name][place][:SHOWN], group) for place in places] for name in LETTERS]
    with styled():
        grid = panels(2, 3, height=2.6, share_x=True)
        for axes, place in zip(grid[0], places, strict=True):
            axes.set_title(f"step {progress.steps[place]:.0f}")
        for row, letter in zip(grid, LETTERS.values(), strict=True):
            row[0].set_ylabel(letter)
        draw_spectra(grid, rows, spectrum_labels(run.network.finite_group), "$k$")
    ipr = ", ".join(f"{progress.ipr[place]:.2f}" for place in places)
    return Drawing(
        figure_of(grid[0][0]),
        "none: no ODE describes AdamW on a part of the pairs; see figure grokking for what it says of a "
        "quadratic network.",
        f"{SHOWN} neurons (down) by frequency (across) at the start, where memorisation ends, and where "
        f"generalisation ends. Mean inverse participation ratio: {ipr}.",
        f"{GROKKING} Sizes over each neuron's largest.",
        "It is printed that where generalisation ends essentially all energy is at one frequency. The "
        f"inverse participation ratio would be 1 then; it is {progress.ipr[places[-1]]:.2f}, and "
        f"{progress.ipr[-1]:.2f} at the end.",
    )


def _at(run: Run, name: str, share: float) -> FloatArray:
    """The spectra of the first neurons after a share of the run."""
    place = round(share * (len(run) - 1))
    return spectrum(run.weights[name][place][:SHOWN], run.network.finite_group)


def _leak(run: Run, name: str) -> float:
    values = np.sort(spectrum(run.weights[name][-1], run.network.finite_group), axis=-1)
    return float(np.median(values[:, -2]))


def _sorted(run: Run) -> Sequence[int]:
    """The first neurons, in the order of their frequency."""
    values = spectrum(run.weights["theta"][-1][:SHOWN], run.network.finite_group)
    return [int(row) for row in np.argsort(values.argmax(axis=1), kind="stable")]


PUBLISHED = {"quadratic": "single_freq_quad.png", "relu": "single_freq_relu.png"}
CLAIMS = {"quadratic": ("single-frequency",), "relu": ("relu-leakage",)}
NAMES = {"quadratic": "z^2", "relu": "ReLU"}
FIGURES = (
    *(
        PaperFigure(
            f"single-frequency-{kind}",
            PAPER,
            f"Spectra from single frequencies, {NAMES[kind]}",
            published,
            partial(draw_single, kind),
            CLAIMS[kind],
        )
        for kind, published in PUBLISHED.items()
    ),
    PaperFigure(
        "learned-spectra",
        PAPER,
        "Spectra of trained neurons, and those foretold",
        "full_training_para_origin.png and dft_heatmap_in.png, dft_heatmap_out.png",
        draw_learned,
        ("single-frequency", "lottery-ticket"),
    ),
    PaperFigure(
        "grokking-spectra",
        PAPER,
        "Spectra at the ends of the stages of grokking",
        "grokk_decoded_weights_dynamic.png",
        draw_grokking,
        ("grokking-stages",),
    ),
)
