"""The page of `odekit compare`: a section for each run, ours or one's own."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from odekit._version import __version__
from odekit.comparison import Comparison
from odekit.outcomes import outcome_text
from odekit.report.page.budget import BudgetBar, budget_bar
from odekit.report.page.counts import counted
from odekit.report.page.environment import render
from odekit.report.page.figures import comparison_drawings
from odekit.report.tables import comparison_table, trajectory_table

if TYPE_CHECKING:
    from odekit.comparison import TrajectoryComparison
    from odekit.report.tables import Table

__all__ = ["AnyComparison", "comparison_page", "comparisons_table"]

AnyComparison: TypeAlias = "Comparison | TrajectoryComparison"


def comparison_page(comparisons: Sequence[AnyComparison], command: Sequence[str] = ()) -> str:
    """Runs beside their ODE as one page that asks no host for anything.

    Parameters
    ----------
    comparisons: of networks' runs, or of trajectories, not both.
    command: the words that repeat it in a shell.
    """
    values = {
        "title": "Report of odekit compare",
        "version": __version__,
        "command": shlex.join(command),
        "counts": counted([(one.outcome, outcome_text(one.outcome)) for one in comparisons]),
        "caption": comparisons_table(comparisons).caption,
        "runs": [_section(place, one) for place, one in enumerate(comparisons, start=1)],
    }
    return render("comparison.html.jinja", values)


def comparisons_table(comparisons: Sequence[AnyComparison]) -> Table:
    """The table of either kind of comparison."""
    of_runs = [one for one in comparisons if isinstance(one, Comparison)]
    of_records = [one for one in comparisons if not isinstance(one, Comparison)]
    return comparison_table(of_runs) if of_runs else trajectory_table(of_records)


def _section(place: int, comparison: AnyComparison) -> dict[str, Any]:
    return {
        "anchor": f"run-{place}",
        "comparison": comparison,
        "outcome": outcome_text(comparison.outcome),
        "reach": comparison.reach if isinstance(comparison, Comparison) else "",
        "table": comparisons_table([comparison]),
        "bar": _network_bar(comparison) if isinstance(comparison, Comparison) else _record_bar(comparison),
        "drawings": comparison_drawings(comparison),
        "control": None if comparison.control is None else comparison.control.to_json(),
        "settings": _network_settings(comparison) if isinstance(comparison, Comparison) else {},
    }


def _network_bar(comparison: Comparison) -> tuple[str, BudgetBar] | None:
    """Medians over the neurons at the last snapshot before the horizon."""
    if comparison.gap is None or comparison.budget is None:
        return None
    t = comparison.run.t
    horizon = np.inf if comparison.horizon is None else comparison.horizon
    last = max(int(np.searchsorted(t, horizon)) - 1, 0)
    parts = {name: float(np.median(part[last])) for name, part in comparison.budget.parts().items()}
    bar = budget_bar(parts, float(np.median(comparison.gap[last])), comparison.tolerance)
    where = f"Medians over the neurons at t = {t[last]:.4g}, the last snapshot before the horizon."
    return None if bar is None else (where, bar)


def _record_bar(comparison: TrajectoryComparison) -> tuple[str, BudgetBar] | None:
    """Where the gap is largest beside its budget."""
    name, t, gap, *_ = max(comparison.rows(), key=lambda row: row[2] / row[3] if row[3] > 0 else 0.0)
    at = comparison.worst(name)
    bar = budget_bar({part: float(values[name][at]) for part, values in comparison.parts.items()}, gap)
    where = f"Of {name} at t = {t:.4g}, where its gap is largest beside its budget."
    return None if bar is None else (where, bar)


def _network_settings(comparison: Comparison) -> dict[str, Any]:
    network, meta = comparison.run.network, comparison.run.meta
    known = ("optimiser", "learning_rate", "init", "init_scale", "seed", "weight_decay", "version")
    return {
        "group": network.finite_group.name,
        **{name: told for name, told in network.description().items() if not isinstance(told, dict)},
        "tolerance": comparison.tolerance,
        **{name: meta[name] for name in known if meta.get(name) is not None},
    }
