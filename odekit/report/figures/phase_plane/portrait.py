"""The phase portrait: a plane's flow with its nullclines, points of rest, basins and separatrices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.lines import Line2D

from odekit.report.figures.drawing import (
    COLOURS,
    TINTS,
    angular,
    drawn_on,
    in_math,
    legend_below,
    symbol_text,
)
from odekit.report.figures.phase_plane.plane import Plane, Region, plane_of
from odekit.systems import System

__all__ = ["plot_phase_portrait"]

MOST_HELD = 3  # states that the title names
DENSITY = 0.8  # of the streamlines
FLOW: Mapping[str, Any] = {"color": "#9a9a9a", "linewidth": 0.4, "arrowsize": 0.5, "zorder": 1.5}

# Full where it attracts, open where it repels, half where it does one by direction.
_MARKS: Mapping[str, Mapping[str, Any]] = {
    "attracts": {"marker": "o", "markerfacecolor": "black"},
    "repels": {"marker": "o", "markerfacecolor": "white"},
    "saddle": {"marker": "X", "markerfacecolor": "white"},
    "centre": {"marker": "o", "markerfacecolor": "#9a9a9a"},
    "other": {"marker": "D", "markerfacecolor": "#9a9a9a"},
}
_SIZE = 5.0


def plot_phase_portrait(
    system: System,
    states: Sequence[str] | None = None,
    region: Region | None = None,
    *,
    parameters: Mapping[str, float] | None = None,
    held: Mapping[str, float] | None = None,
    axes: Axes | None = None,
) -> Axes:
    """The flow of two states: streamlines, nullclines, points of rest by stability, basins, separatrices.

    Of a system with more states it is the field of these two with all others held. Points of rest are those
    of `System.fixed_points`; a basin is tinted where an orbit from there comes to the point that attracts,
    which takes an integration of orbits from a grid.

    Parameters
    ----------
    system: any whose field does not depend on the time.
    states: two names; by default the first two.
    region: ``((left, right), (bottom, top))``; by default around the points of rest.
    parameters: values of all of the system's parameters.
    held: values of all other states.
    axes: where to draw.

    Raises
    ------
    InputError: no two states, a region that is empty or where the field is not defined, or a parameter or
        state without value.
    UnknownNameError: a name that the system doesn't have.
    """
    plane = plane_of(system, states, region, parameters, held)
    x, y = plane.names
    with drawn_on(axes, height=2.9) as chosen:
        if plane.attractors:
            _draw_basins(chosen, plane)
        handles = [
            *_draw_field(chosen, plane),
            *_draw_separatrices(chosen, plane),
            *_draw_rests(chosen, plane),
        ]
        chosen.set(xlim=plane.region[0], ylim=plane.region[1], xlabel=symbol_text(x), ylabel=symbol_text(y))
        chosen.grid(False)
        if plane.is_angle[0]:
            angular(chosen, "x")
        if plane.is_angle[1]:
            angular(chosen, "y")
        if held:
            chosen.set_title(_told(held))
        legend_below(chosen, handles)
    return chosen


def _told(held: Mapping[str, float]) -> str:
    if len(held) > MOST_HELD:
        return f"{len(held)} other states are held"
    return "at " + ", ".join(f"{symbol_text(str(name))} = {float(value):.4g}" for name, value in held.items())


def _at_rest(name: str) -> str:
    letter = in_math(name)
    return f"{symbol_text(name)}' = 0" if letter.startswith(r"\mathrm") else rf"$\dot{{{letter}}}=0$"


def _draw_basins(axes: Axes, plane: Plane) -> None:
    across, up, reached = plane.basins()
    count = len(plane.attractors)
    tints = ListedColormap(["#ffffff", *(TINTS[place % len(TINTS)] for place in range(count))])
    axes.pcolormesh(
        across, up, reached, cmap=tints, vmin=-1.5, vmax=count - 0.5, shading="nearest", rasterized=True
    )


def _draw_field(axes: Axes, plane: Plane) -> list[Line2D]:
    across, up = plane.grid
    handles = []
    right, upward = (np.nan_to_num(part) for part in plane.velocity)
    largest = max(np.abs(right).max(), np.abs(upward).max())
    if largest > 0:
        axes.streamplot(across, up, right / largest, upward / largest, density=DENSITY, **FLOW)
    dashes: tuple[Any, ...] = ("-", (0, (5, 1.5)))
    styles = zip(plane.names, plane.velocity, COLOURS, dashes, strict=False)
    for name, part, colour, dash in styles:
        known = part[np.isfinite(part)]
        if known.size and known.min() < 0 < known.max():
            axes.contour(across, up, part, levels=[0.0], colors=colour, linestyles=[dash], linewidths=1.1)
            handles.append(Line2D([], [], color=colour, linestyle=dash, label=_at_rest(name)))
    return handles


def _draw_separatrices(axes: Axes, plane: Plane) -> list[Line2D]:
    styles: dict[bool, tuple[Any, str]] = {
        True: ("-", "separatrix"),
        False: ((0, (1.2, 1.2)), "unstable manifold"),
    }
    handles = {}
    for is_stable, orbit in plane.separatrices():
        dash, label = styles[is_stable]
        axes.plot(*orbit, color="black", linestyle=dash, linewidth=0.9)
        handles[label] = Line2D([], [], color="black", linestyle=dash, linewidth=0.9, label=label)
    return list(handles.values())


def _draw_rests(axes: Axes, plane: Plane) -> list[Line2D]:
    handles = {}
    for rest in plane.rests:
        kind = rest.stability if rest.stability in _MARKS else "other"
        look = {
            "linestyle": "",
            "color": "black",
            "markersize": _SIZE,
            "markeredgewidth": 0.8,
            **_MARKS[kind],
        }
        axes.plot(*rest.at, zorder=4, clip_on=False, **look)
        label = rest.stability
        handles[label] = Line2D([], [], label=label, **look)
    return list(handles.values())
