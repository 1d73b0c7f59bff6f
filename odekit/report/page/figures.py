"""Which figures a page shows, and what their captions say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from odekit.marked_text import unmarked
from odekit.report.figures import has_series, verdict_figure
from odekit.report.page.drawing import Drawing, drawing

if TYPE_CHECKING:
    from odekit.claims import Verdict

__all__ = ["verdict_drawing"]


def verdict_drawing(verdict: Verdict) -> Drawing | None:
    """The series of a verdict's evidence; None where there is none."""
    if not has_series(verdict):
        return None
    series = verdict.evidence["series"]
    caption = series.get("caption") or f"{series['y']['label']} against {series['x']['label']}."
    return drawing(verdict_figure(verdict), f"{verdict.id}: {unmarked(caption)}", caption)
