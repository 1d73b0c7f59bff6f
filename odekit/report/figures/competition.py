"""Inside neurons: which mode wins, how phases and blocks align, and how blocks become rank one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle

from odekit.arrays import FloatArray
from odekit.comparison import Comparison, project
from odekit.errors import InputError, ReductionError
from odekit.numbers import integer
from odekit.report.figures.drawing import (
    COLOURS,
    GREY,
    TIME,
    chosen_places,
    drawn_on,
    even_places,
    finite,
    in_math,
    legend_below,
    line_styles,
    logarithmic,
    plain_text,
    positive_part,
)
from odekit.report.figures.measures import (
    Spectrum,
    alignment_levels,
    amplitudes,
    check_run_given,
    misalignment,
    neuron_spectrum,
    singular_ratios,
)
from odekit.simulation import Run

__all__ = ["plot_alignment_circle", "plot_alignment_level", "plot_competition", "plot_rank_one"]

NAMED = 4  # modes that are named, those that are largest at any time; the others are grey
MARKS = 15  # snapshots of the network that are marked, beside the lines of the ODE
FINE = 300  # times of the ODE's own
CROWD = 40  # neurons on the circle, evenly spaced
LINES = 60  # thin lines behind a median
ROUNDING = 1e-16
TICKS = (-1, -0.5, 0, 0.5, 1)
QUARTILES = (0.25, 0.75)

# The first and the last snapshot on the circle.
_ENDS: Mapping[int, Mapping[str, Any]] = {
    0: {"color": COLOURS[0], "marker": "o", "markerfacecolor": "white", "label": "start"},
    -1: {"color": COLOURS[1], "marker": "s", "label": "end"},
}


def plot_competition(source: Run | Comparison, neuron: int = 0, *, axes: Axes | None = None) -> Axes:
    """Amplitudes of all modes of one neuron over time, or lengths in all irreps of a non-Abelian group.

    The four that are largest at any time are named, the others are grey. Of a comparison the lines are the
    ODE's, on a fine grid of its own, and the marks the network's.

    Parameters
    ----------
    source: a run, or a comparison.
    neuron: from 0.

    Raises
    ------
    InputError: neither, or no such neuron.
    """
    comparison = source if isinstance(source, Comparison) else None
    run = check_run_given(source.run if isinstance(source, Comparison) else source)
    neuron = integer(neuron, "the neuron", 0, run.network.neurons - 1)
    measured = amplitudes(run)
    values = measured.values[:, neuron]
    t, lines = run.t, values
    if comparison is not None and comparison.follow is not None:
        t = np.linspace(run.t[0], run.t[-1], FINE)
        name = next(iter(run.weights))
        lines = neuron_spectrum(comparison.follow(t, [neuron])[name][:, 0], run.network.finite_group).values
    known = positive_part(values)
    if not np.isfinite(known).any():
        raise InputError(
            "the neuron is in no mode", expected="weights other than 0", received=f"neuron {neuron}"
        )
    with drawn_on(axes) as chosen:
        _draw_modes(chosen, t, lines, measured, values)
        if comparison is not None:
            every = slice(None, None, max(1, len(run.t) // MARKS))
            for place, style in zip(_largest(values), line_styles(), strict=False):
                look = {**style, "linestyle": ""}
                chosen.plot(run.t[every], positive_part(values[every, place]), **look)
        letter = in_math(run.network.embeddings[0])
        what = r"amplitude $\alpha_k$" if measured.letter == "k" else rf"length $\|{{{letter}}}\|_\sigma$"
        chosen.set(xlabel=TIME, ylabel=f"{what} (dimensionless)")
        chosen.set_ylim(np.nanmin(known) / 1.3, 1.5 * np.nanmax(known))
        logarithmic(chosen, "y")
        legend_below(chosen)
    return chosen


def plot_alignment_circle(
    run: Run, neurons: Sequence[int] | None = None, *, axes: Axes | None = None
) -> Axes:
    """The phase difference D of each neuron as the point (cos D, sin D): open at the start, full at the end.

    The arcs are the ways that D went between the snapshots, all at the mode that dominates at the end.

    Parameters
    ----------
    run: on an Abelian group.
    neurons: which; by default at most forty, evenly spaced.

    Raises
    ------
    ReductionError: a group that isn't Abelian, whose neurons have no phases.
    InputError: no run, or no such neuron.
    """
    group = check_run_given(run).network.finite_group
    if not group.is_abelian:
        raise ReductionError(
            "neurons on this group have no phases",
            expected="an Abelian group",
            received=group.name,
            hint="plot_alignment_level, which is cos D where there is one",
        )
    count = run.network.neurons
    rows = even_places(count, CROWD) if neurons is None else chosen_places(neurons, count, "neurons")
    modes = project({name: w[:, rows] for name, w in run.weights.items()}, group)
    angle = np.unwrap(misalignment(modes, modes.dominant[-1]), axis=0)
    with drawn_on(axes, height=3.3) as chosen:
        chosen.add_patch(Circle((0, 0), 1, fill=False, edgecolor="#c0c0c0", linewidth=0.6))
        for path in angle.T:
            fine = np.interp(np.linspace(0, 1, FINE), np.linspace(0, 1, len(path)), path)
            chosen.plot(np.cos(fine), np.sin(fine), color=COLOURS[0], linestyle="-", linewidth=0.5, alpha=0.4)
        for place, look in _ENDS.items():
            chosen.plot(np.cos(angle[place]), np.sin(angle[place]), linestyle="", markersize=3.5, **look)
        chosen.set(xlabel=r"$\cos D$", ylabel=r"$\sin D$", xlim=(-1.12, 1.12), ylim=(-1.12, 1.12))
        chosen.set(aspect="equal", xticks=TICKS, yticks=TICKS)
        legend_below(chosen)
    return chosen


def plot_rank_one(run: Run, *, axes: Axes | None = None) -> Axes:
    """Second singular value over the first of each neuron's block at its own irrep, over time.

    Over R, C or H by the irrep's type. Neurons at one-dimensional irreps have no second one.

    Parameters
    ----------
    run: on a group that has irreps of dimension two or more.

    Raises
    ------
    InputError: no run, or no neuron ends at an irrep of K-dimension two or more.

    Source: arXiv 2606.02993, rank-one convergence.
    """
    ratios = singular_ratios(check_run_given(run))
    if not ratios.shape[1]:
        raise InputError(
            "no neuron's block has a second singular value",
            expected="a group with irreps of dimension two or more",
            received=run.network.finite_group.name,
        )
    label = r"singular values $\sigma_2/\sigma_1$"
    return _draw_population(axes, run.t, np.maximum(ratios, ROUNDING), label, is_logarithmic=True)


def plot_alignment_level(run: Run, *, axes: Axes | None = None) -> Axes:
    r"""``Re tr(C* A B)/(|A||B||C|)`` of each neuron's blocks at its own irrep, over time; 1 where aligned.

    Parameters
    ----------
    run: on any group; on an Abelian one the level is cos D.

    Raises
    ------
    InputError: no run.
    """
    levels = alignment_levels(check_run_given(run))
    levels = levels[:, np.isfinite(levels).all(axis=0)]
    if not levels.shape[1]:
        raise InputError(
            "no neuron has a level", expected="weights other than 0", received="blocks that vanish"
        )
    label = r"alignment level of $\theta_1\theta_2$ and $\xi$"
    return _draw_population(axes, run.t, levels, label, is_logarithmic=False)


def _draw_population(
    axes: Axes | None, t: FloatArray, values: FloatArray, label: str, is_logarithmic: bool
) -> Axes:
    """Thin lines of neurons, the half of them in the middle, and their median."""
    with drawn_on(axes) as chosen:
        chosen.plot(
            t,
            finite(values[:, even_places(values.shape[1], LINES)]),
            color=GREY,
            linestyle="-",
            linewidth=0.3,
            alpha=0.5,
        )
        low, high = np.quantile(values, QUARTILES, axis=1)
        chosen.fill_between(t, low, high, color=COLOURS[5], alpha=0.5, linewidth=0, label="middle half")
        chosen.plot(t, np.median(values, axis=1), color=COLOURS[0], linestyle="-", label="median of neurons")
        chosen.plot([], [], color=GREY, linestyle="-", linewidth=0.3, label="neurons")
        chosen.set(xlabel=TIME, ylabel=label)
        if is_logarithmic:
            logarithmic(chosen, "y")
        legend_below(chosen)
    return chosen


def _draw_modes(axes: Axes, t: FloatArray, lines: FloatArray, measured: Spectrum, values: FloatArray) -> None:
    named = _largest(values)
    others = [place for place in range(lines.shape[1]) if place not in named]
    thin: dict[str, Any] = {"color": "#b0b0b0", "linestyle": "-", "linewidth": 0.6}
    axes.plot(t, positive_part(lines[:, others]), **thin)
    for place, style in zip(named, line_styles(), strict=False):
        label = f"${measured.letter}$ = {plain_text(measured.labels[place])}"
        axes.plot(t, positive_part(lines[:, place]), label=label, **{**style, "marker": ""})
    if others:
        axes.plot([], [], label="others", **thin)


def _largest(values: FloatArray) -> list[int]:
    """The modes that are largest at any time, the winner first."""
    height = np.nanmax(np.where(np.isfinite(values), values, 0.0), axis=0)
    return [int(place) for place in np.argsort(-height, kind="stable")[:NAMED]]
