"""TrajectoryComparison: what came of comparing a recorded trajectory with an ODE."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from odekit.arrays import BoolArray, FloatArray
from odekit.comparison.control import Control
from odekit.comparison.trajectories.trajectory import Trajectory
from odekit.json_text import plain
from odekit.outcomes import Outcome
from odekit.views import Labelled, html_paragraph, html_table, labelled

if TYPE_CHECKING:
    import xarray

__all__ = ["TrajectoryComparison"]


@dataclass(frozen=True, eq=False, repr=False)
class TrajectoryComparison(Labelled):
    """What came of comparing a trajectory with an ODE. All arrays by name of state or observable.

    Parameters
    ----------
    trajectory: what was recorded.
    tolerance: largest budget, relative to the size of a state, at which verdicts are given.
    outcome: ``"confirmed"``, ``"refuted"`` or ``"inconclusive"``.
    reason: one sentence that says why.
    outcomes: of each name; confirmed only where the whole is.
    predicted: (T, batch) the ODE's values; NaN past a blow-up.
    gaps: (T, batch) |recorded - predicted|; infinite there.
    parts: by part of the budget and name, (T, batch): integrator, learning_rate, noise, rounding.
    judged: (T,) the records that count: after the first, from where every budget is within the tolerance,
        up to the horizon.
    horizon: time from which a budget, in the median over the batch, is above the tolerance; inf if none is.
    control: the ODE at another speed on the same record, where there is a verdict to control.
    clock: factor on the times with which a refuted trajectory is confirmed, or None.
    follow: ``follow(times)``, the ODE's values (K, batch) by name at any increasing times (K,) from the first
        record on; NaN past a blow-up.
    """

    trajectory: Trajectory
    tolerance: float
    outcome: Outcome
    reason: str
    outcomes: Mapping[str, Outcome]
    predicted: Mapping[str, FloatArray]
    gaps: Mapping[str, FloatArray]
    parts: Mapping[str, Mapping[str, FloatArray]]
    judged: BoolArray
    horizon: float
    control: Control | None = None
    clock: float | None = None
    follow: Callable[[FloatArray], Mapping[str, FloatArray]] | None = None

    @property
    def name(self) -> str:
        """The trajectory's file, or a description."""
        return self.trajectory.file or repr(self.trajectory)

    @property
    def budget(self) -> Mapping[str, FloatArray]:
        """Sum of the parts by name, (T, batch)."""
        return {name: np.sum([part[name] for part in self.parts.values()], axis=0) for name in self.gaps}

    def worst(self, name: str) -> tuple[int, int]:
        """Record and run at which the gap is largest in units of its budget: of those judged, or of all."""
        with np.errstate(all="ignore"):
            excess = np.nan_to_num(self.gaps[name] / self.budget[name], nan=0.0, posinf=np.inf)
        excess = np.where(self.judged[:, None] | ~self.judged.any(), excess, -1.0)
        time, run = np.unravel_index(int(np.argmax(excess)), excess.shape)
        return int(time), int(run)

    def rows(self) -> list[tuple[str, float, float, float, Outcome]]:
        """Name, time, gap and budget where the gap is largest in units of the budget, and outcome."""
        budget = self.budget
        return [
            (
                name,
                float(self.trajectory.t[at[0]]),
                float(gap[at]),
                float(budget[name][at]),
                self.outcomes[name],
            )
            for name, gap in self.gaps.items()
            for at in [self.worst(name)]
        ]

    def to_dict(self) -> dict[str, Any]:
        """Plain data: what is not finite is None. By name and time, the largest gap and the median budget."""
        budget = self.budget
        return {
            "file": self.trajectory.file,
            "outcome": self.outcome,
            "reason": self.reason,
            "tolerance": self.tolerance,
            "horizon": plain(self.horizon),
            "batch": self.trajectory.batch,
            "times": plain(self.trajectory.t),
            "judged": plain(self.judged),
            "clock": plain(self.clock),
            "control": None if self.control is None else self.control.to_json(),
            "quantities": {
                name: {
                    "outcome": self.outcomes[name],
                    "gap": plain(gap.max(axis=1)),
                    "budget": plain(np.median(budget[name], axis=1)),
                    "parts": {
                        part: plain(np.median(values[name], axis=1)) for part, values in self.parts.items()
                    },
                }
                for name, gap in self.gaps.items()
            },
        }

    def to_xarray(self) -> xarray.Dataset:
        """Labelled arrays with dimensions time and run: of each name the record, the ODE, gap and budget.

        Raises
        ------
        MissingExtraError: xarray is not installed.
        """
        dims, budget = ("time", "run"), self.budget
        arrays: dict[str, Any] = {"judged": ("time", self.judged)}
        for name, gap in self.gaps.items():
            arrays[name] = (dims, self.trajectory[name])
            arrays[f"{name}_predicted"] = (dims, self.predicted[name])
            arrays[f"{name}_gap"] = (dims, gap)
            arrays[f"{name}_budget"] = (dims, budget[name])
            for part, values in self.parts.items():
                arrays[f"{name}_budget_{part}"] = (dims, values[name])
        attributes = {"outcome": self.outcome, "reason": self.reason, "tolerance": self.tolerance}
        attributes |= {"horizon": self.horizon}
        return labelled(arrays, {"time": self.trajectory.t}, attributes)

    def __repr__(self) -> str:
        return f"TrajectoryComparison({self.name}: {self.outcome}, {self.reason})"

    def __str__(self) -> str:
        lines = [
            f"{name}: {outcome}, gap {gap:.2g} of {budget:.2g} at t = {time:.4g}"
            for name, time, gap, budget, outcome in self.rows()
        ]
        return "\n".join([f"{self.outcome}: {self.reason}", *lines])

    def _repr_html_(self) -> str:
        """Outcome and reason, and every state's gap beside its budget where that is worst."""
        columns = ("of", "t", "gap", "budget", "outcome")
        return html_paragraph(self.outcome, self.reason) + html_table(columns, self.rows(), self._told())

    def _told(self) -> str:
        """Horizon and control in words."""
        reached = np.isfinite(self.horizon)
        parts = [f"horizon at t = {self.horizon:.4g}" if reached else "horizon not reached"]
        if self.control is not None:
            parts.append(f"control, a field {100 * self.control.change:g} % off: {self.control.outcome}")
        return "; ".join([*parts, f"tolerance {self.tolerance:g}"])
