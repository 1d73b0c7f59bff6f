"""Spectra of trained neurons on a group, and their phases by character."""

from __future__ import annotations

from functools import partial

import numpy as np

from odekit.arrays import FloatArray, IndexArray
from odekit.comparison import project
from odekit.groups import mode_basis
from odekit.report.figures import COLOURS, GREY, figure_of, panels, styled
from odekit.report.papers.group_composition.spheres import (
    PAPER,
    end_shares,
    named,
    reduced,
    settings,
    trained,
)
from odekit.report.papers.heatmaps import draw_spectra, spectrum, spectrum_labels
from odekit.report.papers.paper_figure import Drawing, PaperFigure
from odekit.report.papers.side_by_side import label_columns, side_by_side
from odekit.simulation import Run

__all__ = ["FIGURES"]

SHOWN = 16  # neurons
LETTERS = {"theta1": r"$\theta_1$", "theta2": r"$\theta_2$", "xi": r"$\xi$"}
DOT = 3.0  # points^2


def draw_spectra_of(name: str, seed: int) -> Drawing:
    """Theta1, theta2 and xi of a few neurons by irrep, at the start and at the end."""
    G, run, ode = named(name), trained(name, seed), reduced(name, seed)
    _, winner = end_shares(run)
    own = np.argsort(winner[:SHOWN], kind="stable")
    sides = ((run, 0), (ode, -1), (run, -1))
    rows = [[spectrum(side.weights[key][place][own], G) for side, place in sides] for key in LETTERS]
    with styled():
        grid = panels(3, 3, height=3.3, share_x=True)
        for axes, title in zip(grid[0], ("start", "reduced ODE", "network"), strict=True):
            axes.set_title(title)
        for row, letter in zip(grid, LETTERS.values(), strict=True):
            row[0].set_ylabel(letter)
        draw_spectra(grid, rows, spectrum_labels(G), "$k$" if G.is_abelian else "irrep")
    apart = max(float(np.abs(row[1] - row[2]).max()) for row in rows)
    return Drawing(
        figure_of(grid[0][0]),
        f"{SHOWN} neurons (down) by real irrep (across) where the lifted flow has taken them: one irrep "
        "each.",
        "the same neurons after training, on the right; the start of both on the left. Sizes differ from "
        f"the ODE's by {apart:.0e} at most.",
        f"{settings(name)} Amplitudes of characters, or of the entries of an irrep's block, over each "
        "neuron's largest.",
        "The published columns are single characters or matrix entries. One of a conjugate pair never "
        "stands alone, and which entries of a block are large depends on the basis chosen: what a neuron "
        "has is an irrep.",
    )


def draw_phases(name: str, seed: int) -> Drawing:
    """Phases of theta1 of the neurons that each character wins, on circles."""
    sides = (reduced(name, seed), trained(name, seed))
    labels = mode_basis(named(name)).labels
    radii = np.linspace(1.0, 0.3, len(labels))
    largest = []
    with styled():
        (axes,) = side_by_side(1, 2.2)
        for side, run in zip(axes, sides, strict=True):
            winner, phase, _, _ = _last_phases(run)
            around = np.linspace(0, 2 * np.pi, 181)
            largest.append(_mean_resultant(winner, phase, len(labels)))
            for place, (radius, label) in enumerate(zip(radii, labels, strict=True)):
                own = phase[winner == place]
                colour = COLOURS[place % len(COLOURS)]
                side.plot(
                    radius * np.cos(around), radius * np.sin(around), color=GREY, linewidth=0.3, linestyle="-"
                )
                side.scatter(
                    radius * np.cos(own), radius * np.sin(own), s=DOT, color=colour, label=label, linewidths=0
                )
            side.set_aspect("equal")
            side.axis("off")
        handles, texts = axes[0].get_legend_handles_labels()
        figure_of(axes[0]).legend(handles, texts, loc="outside lower center", ncols=4)
    count = sides[1].network.neurons / len(labels)
    return Drawing(
        figure_of(axes[0]),
        "phases of theta1hat at the character that wins where the lifted flow ends, one circle a conjugate "
        "pair, named below; the angle is the phase.",
        f"the same after training. The largest |mean exp(i phase)| of any pair is {largest[1]:.2f} "
        f"({largest[0]:.2f} by the ODE), where uniform phases of {count:.0f} neurons a pair have about "
        f"{count**-0.5:.2f}.",
        settings(name),
        "Phases are uniform at the start and stay so by symmetry; that is no outcome of training. They are "
        "uniform as a random sample is, not evenly spread.",
    )


def draw_sums(name: str, seed: int) -> Drawing:
    """The readout's phase against the sum of the embeddings' phases."""
    sides = (reduced(name, seed), trained(name, seed))
    apart = []
    with styled():
        (axes,) = side_by_side(1, 2.2)
        for side, run in zip(axes, sides, strict=True):
            _, first, second, last = _last_phases(run)
            total = np.angle(np.exp(1j * (first + second)))
            apart.append(float(np.abs(np.angle(np.exp(1j * (last - total)))).max()))
            side.plot([-np.pi, np.pi], [-np.pi, np.pi], color=GREY, linewidth=0.6, linestyle="-")
            side.scatter(total, last, s=DOT, color=COLOURS[0], linewidths=0)
            side.set_aspect("equal")
            side.set_xticks([-np.pi, 0, np.pi], [r"$-\pi$", "0", r"$\pi$"])
        axes[0].set_yticks([-np.pi, 0, np.pi], [r"$-\pi$", "0", r"$\pi$"])
        axes[0].set_ylabel(r"phase of $\xi$ (rad)")
        label_columns([axes], r"phase of $\theta_1$ + phase of $\theta_2$ (rad)")
    return Drawing(
        figure_of(axes[0]),
        f"where the lifted flow ends: no neuron is more than {apart[0]:.0e} rad off the diagonal.",
        f"after training: no neuron is more than {apart[1]:.0e} rad off.",
        f"{settings(name)} Phases at the character that wins.",
    )


def _last_phases(run: Run) -> tuple[IndexArray, FloatArray, FloatArray, FloatArray]:
    """The winning mode of every neuron at the end, and the phases of theta1, theta2 and xi there."""
    last = project(run).at(-1)
    own = (np.arange(len(last.dominant)), last.dominant)
    first, second, third = (np.angle(last.amplitudes[key][own]) for key in LETTERS)
    return last.dominant, first, second, third


def _mean_resultant(winner: IndexArray, phase: FloatArray, count: int) -> float:
    """Largest |mean exp(i phase)| of the neurons of one mode."""
    return max(float(np.abs(np.exp(1j * phase[winner == place]).mean())) for place in range(count))


FIGURES = (
    PaperFigure(
        "spectra-Z3xZ5",
        PAPER,
        "Spectra on Z3xZ5, start and end",
        "modular_addition_dft_heatmap.jpg and modular_addition_xi_heatmap_example.jpg",
        partial(draw_spectra_of, "Z3xZ5"),
        ("single-irrep",),
    ),
    PaperFigure(
        "spectra-F21",
        PAPER,
        "Spectra on F21, start and end",
        "frobenius21_dft_heatmap.jpg and frobenius21_dft_magnitude.jpg",
        partial(draw_spectra_of, "F21"),
        ("single-irrep",),
    ),
    PaperFigure(
        "phase-circles-Z3xZ5",
        PAPER,
        "Phases at each character of Z3xZ5",
        "modular_addition_phase_circles.jpg",
        partial(draw_phases, "Z3xZ5"),
        ("haar-phases",),
    ),
    PaperFigure(
        "phase-sum-Z3xZ5",
        PAPER,
        "The readout's phase against the embeddings' sum",
        "modular_addition_phase_alignment.jpg",
        partial(draw_sums, "Z3xZ5"),
        ("alignment-rate",),
    ),
)
