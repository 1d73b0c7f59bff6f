"""From random weights on spheres: the competition of irreps, rank one, and the level of alignment."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from odekit.comparison import irrep_shares
from odekit.report.figures import figure_of, plot_alignment_level, plot_competition, plot_rank_one, styled
from odekit.report.papers.group_composition.spheres import (
    END,
    PAPER,
    end_shares,
    energies,
    in_units,
    named,
    reduced,
    settings,
    trained,
)
from odekit.report.papers.paper_figure import Drawing, PaperFigure
from odekit.report.papers.side_by_side import share_legend, side_by_side
from odekit.simulation import Run

__all__ = ["FIGURES"]

HEIGHT = 2.5
CLAIMS = {
    "competition": ("competition-rate", "blow-up-winner", "single-irrep"),
    "rank-one": ("rank-one", "local-rates"),
    "alignment-level": ("alignment-rate", "local-rates"),
}
FLOOR = 1e-7  # what is left of singular values below it is the integrator's


def overtaken(run: Run) -> int:
    """The neuron whose winner starts with the smallest share of theta1, so that the race can be seen."""
    first = irrep_shares(run.weights["theta1"][0], run.network.finite_group)
    _, winner = end_shares(run)
    return int(first[np.arange(len(winner)), winner].argmin())


def draw_competition(name: str, seed: int) -> Drawing:
    """Lengths of all irreps in one neuron."""
    run = trained(name, seed)
    neuron = overtaken(run)
    shares, winner = end_shares(run)
    G = named(name)
    return Drawing(
        _drawn(name, seed, lambda side, axes: plot_competition(side, neuron, axes=axes), 5.0),
        f"the lifted flow from the network's first snapshot, integrated: theta1 of neuron {neuron} by "
        "irrep, its amplitude at conjugate pairs of characters, or else its Euclidean length.",
        f"snapshots of the full network. Irrep {G.real_irreps[winner[neuron]].name} wins and holds "
        f"{100 * shares[neuron, winner[neuron]]:.4f} % of theta1 at the end; shown is the neuron whose "
        "winner starts smallest. Losers level off where the finite logit scale a couples neurons.",
        settings(name),
        "It is printed that each neuron converges to a single irrep: a real neuron keeps a conjugate pair. "
        f"The losers' amplitudes decay at the winner's E ({energies(G)}), on three spheres; on the "
        "public code's joint sphere at other rates. The largest start need not win, unless phases are "
        "aligned and magnitudes equal.",
    )


def draw_rank_one(name: str, seed: int) -> Drawing:
    """The second singular value of each neuron's block."""
    G = named(name)
    return Drawing(
        _drawn(name, seed, lambda side, axes: _above_floor(plot_rank_one(side, axes=axes)), END),
        "the lifted flow from the network's first snapshot: second singular value over the first of "
        "theta1's block at the irrep that wins, of the neurons that a three-dimensional irrep wins; "
        "median, middle half, and neurons.",
        "the same of the full network. It levels off where the finite logit scale a couples neurons, which "
        "the ODE leaves out: maxima of the full loss are not exactly of rank one.",
        settings(name),
        "On a linear axis the published curve seems to reach 0. It decays exponentially at the rate E "
        f"({energies(G, least=2)}) for every neuron once the winner leads; rank one is over the complex "
        "numbers here, over R, C or H by the irrep's type in general: a quaternionic block has complex "
        "rank two.",
    )


def draw_level(name: str, seed: int) -> Drawing:
    """How well the blocks of each neuron fit."""
    is_abelian = named(name).is_abelian
    return Drawing(
        _drawn(name, seed, lambda side, axes: plot_alignment_level(side, axes=axes), 1.5),
        "the lifted flow from the network's first snapshot: Re tr(xihat^* theta1hat theta2hat) over the "
        "product of the blocks' norms, at the irrep that wins at the end"
        + ("; of characters it is cos D." if is_abelian else "."),
        "the same of the full network; median, middle half, and neurons.",
        settings(name),
        "From a random start alignment is exponential in the end only: tan(D/2) decays exponentially from "
        "the start for a single pair alone."
        if is_abelian
        else "The published level takes the absolute value, which is 1 at one-dimensional irreps whatever "
        "their phases, and hides a wrong sign; here the sign is kept.",
    )


def _drawn(name: str, seed: int, plot: Callable[[Run, Axes], Axes], end: float, columns: int = 3) -> Figure:
    with styled():
        axes = side_by_side(1, HEIGHT)
        for panel, side in zip(axes[0], (reduced(name, seed), trained(name, seed)), strict=True):
            plot(in_units(side), panel)
            panel.set(xlabel="time ($M/a$)", xlim=(0, end))
        axes[0][1].set_ylabel("")
        share_legend(axes, columns)
    return figure_of(axes[0][0])


def _above_floor(axes: Axes) -> Axes:
    axes.set_ylim(bottom=FLOOR)
    return axes


def _figure(
    kind: str, name: str, title: str, published: str, draw: Callable[[str, int], Drawing]
) -> PaperFigure:
    return PaperFigure(f"{kind}-{name}", PAPER, title, published, partial(draw, name), CLAIMS[kind])


FIGURES = (
    _figure(
        "competition",
        "Z3xZ5",
        "Irreps of Z3xZ5 compete inside one neuron",
        "abelian_scale_competition.jpg",
        draw_competition,
    ),
    _figure(
        "competition",
        "F21",
        "Irreps of F21 compete inside one neuron",
        "no file; the like of the one of Z3xZ5",
        draw_competition,
    ),
    _figure("rank-one", "F21", "Blocks of F21 become rank one", "frobenius21_rank1.jpg", draw_rank_one),
    _figure(
        "alignment-level",
        "Z3xZ5",
        "Phases of Z3xZ5 align",
        "abelian_phase_alignment.jpg, from random starts",
        draw_level,
    ),
    _figure("alignment-level", "F21", "Blocks of F21 align", "frobenius21_alignment.jpg", draw_level),
)
