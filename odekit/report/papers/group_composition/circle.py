"""Neurons that start at one irrep: how the readout's block turns to the product of the embeddings'."""

from __future__ import annotations

from functools import partial

import numpy as np
from matplotlib.axes import Axes

from odekit.arrays import ComplexArray, FloatArray, IndexArray
from odekit.report.figures import COLOURS, GREY, figure_of, styled
from odekit.report.papers.group_composition.spheres import (
    PAPER,
    alignment,
    at_irreps,
    energies,
    follow,
    named,
    settings,
    units,
)
from odekit.report.papers.paper_figure import Drawing, PaperFigure
from odekit.report.papers.reduced_run import reduced_run
from odekit.report.papers.side_by_side import label_columns, side_by_side

__all__ = ["FIGURES"]

NEURONS, POINTS = 16, 201
ENDS = {"Z3xZ5": 0.4, "F21": 1.0}  # in units of M/a


def draw(name: str, seed: int) -> Drawing:
    """The normalised trace of every neuron in the complex plane, and its real part over time."""
    G = named(name)
    irreps = 1 + np.arange(NEURONS) % (len(G.real_irreps) - 1)
    run = follow(name, at_irreps(name, irreps, seed), ENDS[name])
    ode = reduced_run(run, np.linspace(0.0, run.t[-1], POINTS))
    values = [alignment(side, irreps) for side in (ode, run)]
    with styled():
        axes = side_by_side(2, 3.6, heights=(1.5, 1), share_x=False)
        for column, (side, value, mark) in enumerate(zip((ode, run), values, ("", "o"), strict=True)):
            _draw_plane(axes[0][column], value, irreps, mark)
            _draw_real(axes[1][column], units(side), value, irreps, mark)
            axes[0][column].set_xlabel(r"Re $z$")
        axes[0][0].set_ylabel(r"Im $z$")
        axes[1][0].set_ylabel(r"Re $z$")
        label_columns(axes, r"time in units of $M/a$")
    apart = float(np.abs(values[1][-1] - values[0][-1]).max())
    return Drawing(
        figure_of(axes[0][0]),
        "the lifted flow from the network's first snapshot, integrated. z = tr(xihat^* theta1hat "
        "theta2hat) over the product of the three blocks' norms, at each neuron's own irrep; 1 where the "
        "blocks are aligned and of rank one. Above its path in the complex plane from the start, an open "
        "dot; below its real part. For numbers z = exp(iD) stays on the circle, and tan(D/2) decays "
        f"exactly exponentially at the rate 3 E, {energies(G)}; matrix blocks move inside of it.",
        f"snapshots of the full network; at the last one z is within {apart:.0e} of the ODE's.",
        "Each neuron starts with random blocks at one irrep, taken in turn. "
        + settings(name, NEURONS, ENDS[name]),
        ""
        if G.is_abelian
        else "The published measure |<C1, C2>| / (|C1| |C2|) takes an absolute value, so that it is 1 for "
        "any two numbers, however far apart their phases: at one-dimensional irreps it can show no "
        "alignment. Exponential convergence from the start holds for a single pair alone; elsewhere it is "
        "the local rate.",
    )


def _draw_plane(axes: Axes, values: ComplexArray, irreps: IndexArray, mark: str) -> None:
    around = np.linspace(0, 2 * np.pi, 181)
    axes.plot(np.cos(around), np.sin(around), color=GREY, linewidth=0.4, linestyle="-")
    for neuron, place in enumerate(irreps):
        path = values[:, neuron]
        line = {"linestyle": "", "marker": mark, "markersize": 1.4} if mark else {"linestyle": "-"}
        axes.plot(path.real, path.imag, color=_colour(place), **line)
        axes.plot(
            path.real[0],
            path.imag[0],
            color=_colour(place),
            marker="o",
            markerfacecolor="white",
            markersize=3.5,
        )
    axes.set_aspect("equal")


def _draw_real(axes: Axes, t: FloatArray, values: ComplexArray, irreps: IndexArray, mark: str) -> None:
    for neuron, place in enumerate(irreps):
        line = {"linestyle": "", "marker": mark, "markersize": 1.4} if mark else {"linestyle": "-"}
        axes.plot(t, values[:, neuron].real, color=_colour(place), **line)


def _colour(place: int) -> str:
    return COLOURS[(int(place) - 1) % len(COLOURS)]


PUBLISHED = {
    "Z3xZ5": "abelian_phase_alignment.jpg (modular_addition_single_freq_phase_convergence.ipynb)",
    "F21": "frobenius21_alignment.jpg, which starts at random weights",
}
FIGURES = tuple(
    PaperFigure(
        f"circle-{name}",
        PAPER,
        f"Neurons at one irrep of {name} turn into alignment",
        published,
        partial(draw, name),
        ("alignment-rate", "local-rates"),
    )
    for name, published in PUBLISHED.items()
)
