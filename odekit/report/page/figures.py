"""Which figures a page shows, and what their captions say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from odekit.errors import OdekitError
from odekit.report.figures import (
    has_curves,
    has_figure,
    has_series,
    plot_budget,
    plot_phase_portrait,
    plot_trajectories,
    plot_verdict,
)
from odekit.report.page.drawing import Drawing, draw
from odekit.text import unmarked

if TYPE_CHECKING:
    from odekit.claims import Verdict
    from odekit.comparison import Comparison, TrajectoryComparison
    from odekit.systems import System

__all__ = ["comparison_drawings", "system_drawing", "verdict_drawing"]

PLANE = 2  # states of a system whose whole flow a portrait shows


def verdict_drawing(verdict: Verdict) -> Drawing | None:
    """The series of a verdict's evidence, else what was measured; None where there is neither."""
    if not has_figure(verdict):
        return None
    caption = "What was measured, and what was predicted."
    if has_series(verdict):
        series = verdict.evidence["series"]
        caption = series.get("caption") or f"{series['y']['label']} against {series['x']['label']}."
    return draw(plot_verdict(verdict), f"{verdict.id}: {unmarked(caption)}", caption)


def comparison_drawings(comparison: Comparison | TrajectoryComparison) -> list[Drawing]:
    """The run beside the ODE, and the gap beside its budget; none where nothing was compared."""
    if not has_curves(comparison):
        return []
    return [
        draw(
            plot_trajectories(comparison),
            f"{comparison.name}: the run and the ODE over time, and their gap",
            "The run as marks and the ODE from its first snapshot as lines, for a few of them, spread in the "
            "order of their last values; below, their gap and its budget. The vertical line is the horizon, "
            "from which on no verdict is given.",
        ),
        draw(
            plot_budget(comparison),
            f"{comparison.name}: the gap over time against its budget and the parts of that",
            "Median gap over time against the budget that has to cover it, and what the budget is made of.",
        ),
    ]


def system_drawing(system: System) -> Drawing | None:
    """The phase portrait of a system of two states whose parameters have values; None of any other."""
    if len(system.states) != PLANE or system.parameters or system.time is not None:
        return None
    try:
        axes = plot_phase_portrait(system)
    except OdekitError:
        return None
    return draw(
        axes,
        f"Phase portrait of {', '.join(state.name for state in system.states)}",
        "The flow, the lines on which either velocity vanishes, and the points of rest by their stability.",
    )
