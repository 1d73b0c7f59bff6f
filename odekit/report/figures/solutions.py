"""Trajectories that `odekit.solve` found, of any system: each state over time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from odekit.arguments import chosen as named
from odekit.arguments import expect, is_series
from odekit.arrays import FloatArray
from odekit.report.figures.drawing import (
    MAX_LEGEND,
    chosen_places,
    drawn_on,
    even_places,
    finite,
    legend_below,
    line_styles,
    logarithmic,
    panels,
    styled,
    symbol_text,
)
from odekit.solvers import Solution, Status

__all__ = ["plot_solution"]

MOST_STATES = 6  # panels beneath each other; of more, the first ones unless others are asked for
MOST_TRAJECTORIES = 50  # of a batch, evenly spaced unless others are asked for
FEW = 20  # times, with fewer of which each is marked
FINE = 600  # times of a curve that the dense output draws
PANEL, MARGIN = 1.1, 0.7  # inches: height of one of several panels, and of what lies beneath them
DECADES = 1e3  # positive values that span more are shown on a logarithmic axis


def plot_solution(
    solution: Solution,
    states: Sequence[str] | str | None = None,
    trajectories: Sequence[int] | None = None,
    *,
    axes: Axes | None = None,
) -> Axes:
    """States of a solution over time.

    With ``axes`` all states share them; without, each state has axes of its own beneath the others, and the
    uppermost are returned. Of a solution with dense output the curves are the interpolant's, up to the last
    time that was reached. Of one without, the requested times are joined where they are 20 or more; fewer are
    marked alone, since lines between them would be no trajectories.

    Parameters
    ----------
    solution: of `odekit.solve`.
    states: names; by default the first six.
    trajectories: places in the batch; by default at most fifty, evenly spaced.
    axes: where to draw.

    Raises
    ------
    InputError: no solution, or no such trajectory.
    UnknownNameError: an unknown state.
    """
    is_solution = isinstance(solution, Solution)
    expect(is_solution, "this is no solution", "what odekit.solve hands back", solution)
    names = _names(solution, states)
    if trajectories is None:
        rows = even_places(solution.batch, MOST_TRAJECTORIES)
    else:
        rows = chosen_places(trajectories, solution.batch, "trajectories")
    if axes is not None:
        with drawn_on(axes) as chosen:
            _draw(chosen, solution, names, rows)
            chosen.set(xlabel="time $t$ of the ODE", ylabel=", ".join(map(symbol_text, names)))
            legend_below(chosen)
        return axes
    with styled():
        made = panels(len(names), height=max(2.4, PANEL * len(names) + MARGIN), share_x=True)
        for (panel,), name in zip(made, names, strict=True):
            _draw(panel, solution, [name], rows)
            panel.set_ylabel(symbol_text(name))
        made[-1][0].set_xlabel("time $t$ of the ODE")
        if 1 < len(rows) <= MAX_LEGEND:
            legend_below(made[-1][0])
    return made[0][0]


def _draw(axes: Axes, solution: Solution, names: Sequence[str], rows: Sequence[int]) -> None:
    """One curve a state and trajectory; many trajectories alike and thin."""
    marked = len(solution.t) < FEW
    is_crowd = len(names) * len(rows) > MAX_LEGEND
    styles = line_styles()
    shown = []
    for name in names:
        own = next(styles)
        for place, row in enumerate(rows):
            style = own if is_crowd or place == 0 else (own := next(styles))
            times, values = _curve(solution, name, row)
            shown.append(values[np.isfinite(values)])
            label = symbol_text(name) if len(rows) == 1 else f"trajectory {row}"
            if len(rows) > 1 and len(names) > 1:
                label = f"{symbol_text(name)}, {row}"
            told = {"label": label} if not is_crowd else {"linewidth": 0.6, "alpha": 0.7, "linestyle": "-"}
            look = {**style, "marker": "", **told}
            if marked:
                points = {**look, "marker": style["marker"], "linestyle": ""}
                axes.plot(solution.t[:, row], finite(solution[name][:, row]), **points)
                look["label"] = "_"
            if not marked or solution.dense is not None:
                axes.plot(times, values, **look)
    known = np.concatenate(shown)
    if known.size and known.min() > 0 and known.max() > DECADES * known.min():
        logarithmic(axes, "y")


def _curve(solution: Solution, name: str, row: int) -> tuple[FloatArray, FloatArray]:
    """Times and values: of the dense output where there is one, else those that were asked for."""
    if solution.dense is None:
        return solution.t[:, row], finite(solution[name][:, row])
    goes_on = not Status(solution.status[row]).is_failure  # at a blow-up the last value dwarfs all before it
    times = np.linspace(solution.t[0, row], solution.t_reached[row], FINE, endpoint=goes_on)
    columns = np.repeat(times[:, None], solution.batch, axis=1)
    return times, finite(solution.at(columns)[:, solution.states.index(name), row])


def _names(solution: Solution, states: Sequence[str] | str | None) -> list[str]:
    if states is None:
        return list(solution.states[:MOST_STATES])
    if isinstance(states, str):
        return [named("state", states, solution.states)]
    expect(is_series(states) and len(states) > 0, "these are no states", "names, or one name", states)
    return [named("state", name, solution.states) for name in states]
