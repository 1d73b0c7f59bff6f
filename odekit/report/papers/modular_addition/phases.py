"""Phases of trained neurons: how they lie on the circle, and that the readout's is twice the embedding's."""

from __future__ import annotations

import numpy as np

from odekit.arrays import FloatArray, IndexArray
from odekit.comparison import Modes, project
from odekit.report.figures import COLOURS, GREY, figure_of, styled
from odekit.report.papers.modular_addition.trained import COLUMNS, SETTINGS, sides
from odekit.report.papers.paper_figure import Drawing, PaperFigure
from odekit.report.papers.side_by_side import label_columns, side_by_side
from odekit.simulation import Run

__all__ = ["FIGURES"]

PAPER = "2602.16849"
RADII = {1: 1.0, 2: 0.8, 3: 0.6, 4: 0.4}
DOT = 4.0  # points^2


def own_phases(run: Run) -> tuple[Modes, IndexArray, FloatArray, FloatArray]:
    """The last modes, each neuron's dominant frequency, and phi and psi there."""
    last = project(run).at(-1)
    own = (np.arange(len(last.dominant)), last.dominant)
    return last, last.dominant, last.phi[own], last.psi[own]


def draw_distribution(seed: int) -> Drawing:
    """Multiples of the phases of the neurons at one frequency, each on a circle of its own."""
    runs = sides(seed)
    _, dominant, _, _ = own_phases(runs[1])
    place = int(np.bincount(dominant).argmax())
    means, counts = [], []
    with styled():
        (axes,) = side_by_side(1, 1.6, columns=COLUMNS)
        for side, run in zip(axes, runs, strict=True):
            _, own, phi, _ = own_phases(run)
            chosen = phi[own == place]
            counts.append(len(chosen))
            means.append([float(np.abs(np.exp(1j * m * chosen).mean())) for m in (2, 4)])
            for (m, radius), colour in zip(RADII.items(), COLOURS, strict=False):
                around = np.linspace(0, 2 * np.pi, 181)
                side.plot(
                    radius * np.cos(around), radius * np.sin(around), color=GREY, linewidth=0.4, linestyle="-"
                )
                label = r"$\phi$" if m == 1 else rf"${m}\phi$"
                side.scatter(
                    radius * np.cos(m * chosen), radius * np.sin(m * chosen), s=DOT, color=colour, label=label
                )
            side.set_aspect("equal")
            side.axis("off")
        handles, labels = axes[0].get_legend_handles_labels()
        figure_of(axes[0]).legend(handles, labels, loc="outside lower center", ncols=len(RADII))
    return Drawing(
        figure_of(axes[0]),
        f"phases phi of the {counts[0]} neurons that frequency {place + 1} wins by the smallest blow-up "
        "time, as they are at the blow-up, foretold from the initial weights alone, and their multiples 2, "
        f"3 and 4 phi on smaller circles. |mean exp(2i phi)| = {means[0][0]:.2f}, |mean exp(4i phi)| = "
        f"{means[0][1]:.2f}.",
        f"the phases after training of the {counts[1]} quadratic neurons and the {counts[2]} ReLU neurons "
        f"with this dominant frequency: {means[1][0]:.2f} and {means[1][1]:.2f}; {means[2][0]:.2f} and "
        f"{means[2][1]:.2f}.",
        SETTINGS + " The angle of a point is the multiple of phi; the radius only tells the multiples apart.",
        "Its axes are labelled cos(phi) and sin(phi), which holds on the outer circle alone. Random "
        "phases are not evenly spread: what the vote needs is that exp(2i phi) and exp(4i phi) average to 0, "
        f"which so few random phases do up to 1/sqrt(N) = {counts[1] ** -0.5:.2f} only.",
    )


def draw_relation(seed: int) -> Drawing:
    """Psi against 2 phi of every neuron."""
    runs = sides(seed)
    misses = []
    with styled():
        (axes,) = side_by_side(1, 1.65, columns=COLUMNS)
        for side, run in zip(axes, runs, strict=True):
            _, _, phi, psi = own_phases(run)
            twice = np.angle(np.exp(2j * phi))
            apart = np.angle(np.exp(1j * (psi - twice)))
            misses.append(np.abs(apart))
            side.plot([-np.pi, np.pi], [-np.pi, np.pi], color=GREY, linewidth=0.6)
            side.scatter(twice, psi, s=DOT, color=COLOURS[0], linewidths=0)
            side.set_aspect("equal")
            side.set_xticks([-np.pi, 0, np.pi], [r"$-\pi$", "0", r"$\pi$"])
        axes[0].set_yticks([-np.pi, 0, np.pi], [r"$-\pi$", "0", r"$\pi$"])
        axes[0].set_ylabel(r"$\psi$ (rad)")
        label_columns([axes], r"$2\phi$ (rad)")
    return Drawing(
        figure_of(axes[0]),
        "psi against 2 phi at the blow-up of each neuron's winner, foretold from the initial weights: on the "
        "diagonal, as D = 0 attracts.",
        "the same after training, at each neuron's dominant frequency. Median |D| is "
        f"{np.median(misses[1]):.1e} rad for the quadratic network and {np.median(misses[2]):.1e} for ReLU; "
        f"{int((misses[1] > 0.3).sum())} and {int((misses[2] > 0.3).sum())} neurons are more than 0.3 off.",
        SETTINGS,
        "It moves psi by 2 pi to the side of 2 phi, so that points leave the frame; here both are in (-pi, "
        "pi]. Alignment is no law for every neuron of a trained network: where training ends before a "
        "neuron's own blow-up, its D stays where it was.",
    )


FIGURES = (
    PaperFigure(
        "phase-distribution",
        PAPER,
        "Phases at one frequency, and their multiples",
        "phase_distribution.png",
        draw_distribution,
        ("phase-alignment", "majority-vote"),
    ),
    PaperFigure(
        "phase-relationship",
        PAPER,
        "The readout's phase against twice the embedding's",
        "phase_relationship.png and overview_phase_scatter.png",
        draw_relation,
        ("phase-alignment",),
    ),
)
