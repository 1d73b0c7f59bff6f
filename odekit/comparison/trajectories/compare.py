"""compare_trajectory: a record of one's own model against one's own ODE from its first record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from odekit.comparison.trajectories.clock import at_another_speed, clock_factors
from odekit.comparison.trajectories.experiment import set_up
from odekit.comparison.trajectories.judge import TrajectoryJudge
from odekit.comparison.trajectories.result import TrajectoryComparison
from odekit.comparison.trajectories.trajectory import Trajectory
from odekit.systems import System

__all__ = ["compare_trajectory"]


def compare_trajectory(
    trajectory: Trajectory,
    system: System,
    observe: Mapping[str, Any],
    parameters: Mapping[str, ArrayLike],
    start: Mapping[str, ArrayLike],
    tolerance: float,
    rtol: float,
) -> TrajectoryComparison:
    """The comparison; parameters and errors are those of `odekit.compare`."""

    def judge(record: Trajectory) -> TrajectoryJudge:
        return TrajectoryJudge(set_up(record, system, observe, parameters, start, rtol), tolerance)

    judged = judge(trajectory)
    comparison = judged.comparison()
    is_refuted, is_judged = comparison.outcome == "refuted", bool(judged.judged.any())
    if is_judged and not is_refuted:
        return comparison
    turned = _turned(comparison)
    if turned is not None and judge(turned).comparison().outcome == "confirmed":
        reason = f"{comparison.reason}; it is confirmed where whole turns don't count: numpy.unwrap angles"
        return replace(comparison, reason=reason)
    count = judged.count if is_judged else len(trajectory)
    for factor in clock_factors(judged.experiment, count):
        for record in at_another_speed(trajectory, factor):
            if judge(record).comparison().outcome == "confirmed":
                reason = f"{comparison.reason}; it is confirmed with {_told(record, trajectory, factor)}"
                return replace(comparison, reason=reason, clock=factor)
    return replace(comparison, reason=comparison.reason + _unstated(comparison)) if is_refuted else comparison


def _told(record: Trajectory, stated: Trajectory, factor: float) -> str:
    clock = "t" if stated.t[0] == 0 else f"t - {stated.t[0]:g}"
    is_step = "learning_rate" in record.meta and not stated.meta.get("learning_rate")
    steps = f" and a learning rate of {factor:.6g}, so that t counts steps" if is_step else ""
    return f"{clock} times {factor:.6g}{steps}"


def _turned(comparison: TrajectoryComparison) -> Trajectory | None:
    """The trajectory as many whole turns on as bring it nearest to the ODE; None where that is none."""
    recorded, values = comparison.trajectory, {}
    for name, predicted in comparison.predicted.items():
        turns = np.round((predicted - recorded[name]) / (2 * np.pi))
        values[name] = recorded[name] + 2 * np.pi * np.nan_to_num(turns, posinf=0, neginf=0)
    is_same = all(np.array_equal(turned, recorded[name]) for name, turned in values.items())
    return None if is_same else replace(recorded, values={**recorded.values, **values})


def _unstated(comparison: TrajectoryComparison) -> str:
    """What else would allow small gaps where the record states nothing of noise or steps; else nothing."""
    meta = comparison.trajectory.meta
    missing = [name for name in ("noise", "learning_rate") if not meta.get(name)]
    sizes = [
        float(
            gap[comparison.judged].max()
            / max(abs(comparison.predicted[name][comparison.judged]).max(), 1e-300)
        )
        for name, gap in comparison.gaps.items()
    ]
    if not missing or max(sizes) > comparison.tolerance:
        return ""
    return (
        f"; the gaps stay within {max(sizes):.1e} of the sizes, and meta states no {' and no '.join(missing)}"
    )
