"""Which figures a page shows, and what their captions say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from odekit.errors import OdekitError
from odekit.report.figures import (
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
    """The series of a verdict's evidence, else prediction and measurement; None where there is neither."""
    if not has_series(verdict):
        series = _numbers(verdict)
        if series is None:
            return None
        verdict = replace(verdict, evidence={**verdict.evidence, "series": series})
    series = verdict.evidence["series"]
    caption = series.get("caption") or f"{series['y']['label']} against {series['x']['label']}."
    return draw(plot_verdict(verdict), f"{verdict.id}: {unmarked(caption)}", caption)


def _numbers(verdict: Verdict) -> dict[str, Any] | None:
    """Every prediction beside its measurement, as a series."""
    sides = {
        name: numbers if isinstance(numbers, Mapping) else {verdict.id: numbers}
        for name, numbers in (("measured", verdict.measured), ("predicted", verdict.predicted))
        if numbers is not None
    }
    names = list(dict.fromkeys(name for numbers in sides.values() for name in numbers))
    if not names:
        return None
    return {
        "x": {"label": "quantity", "values": np.arange(len(names)), "names": names},
        "y": {"label": "value"},
        "curves": {side: [numbers.get(name, np.nan) for name in names] for side, numbers in sides.items()},
        "caption": "What was predicted, and what was measured.",
    }


def comparison_drawings(comparison: Comparison | TrajectoryComparison) -> list[Drawing]:
    """The run beside the ODE, and the gap beside its budget; none where nothing was compared."""
    if comparison.outcome == "not_applicable":
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
