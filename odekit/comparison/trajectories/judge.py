"""From a trajectory's gaps and budget to an outcome, its control and a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from odekit.arrays import BoolArray, FloatArray
from odekit.comparison.accuracy import STRAY, leave_their_budget
from odekit.comparison.control import CHANGE, COARSER, Control, smallest_refuted
from odekit.comparison.trajectories.experiment import Experiment
from odekit.comparison.trajectories.result import TrajectoryComparison
from odekit.outcomes import Outcome

__all__ = ["TrajectoryJudge"]

Values = Mapping[str, FloatArray]

# What to try where a part of the budget is too large.
HELP = {
    "integrator": "the ODE can't be integrated that well, or ends in a blow-up",
    "learning_rate": "a smaller learning rate, or a larger tolerance",
    "noise": "less noise, or a larger tolerance",
    "rounding": "more digits, or earlier records",
}


@dataclass(frozen=True, eq=False)
class TrajectoryJudge:
    """Judges one experiment.

    Parameters
    ----------
    experiment: the record and the ODE.
    tolerance: largest budget, relative to the size of what it is of, at which verdicts are given.
    """

    experiment: Experiment
    tolerance: float

    @cached_property
    def predicted(self) -> Values:
        """The ODE's values, (T, batch)."""
        return self.experiment.predicted()

    @cached_property
    def parts(self) -> Mapping[str, Values]:
        """The budget by part and name, (T, batch)."""
        return self.experiment.parts()

    @cached_property
    def budget(self) -> Values:
        """Its sum."""
        return {name: np.sum([part[name] for part in self.parts.values()], axis=0) for name in self.predicted}

    @cached_property
    def relative(self) -> Values:
        """Median over the batch of the budget in units of the largest size so far, (T,)."""
        relative = {}
        for name, values in self.predicted.items():
            size = np.fmax.accumulate(np.abs(values), axis=0)
            moves = ~(values == 0).all(axis=0)
            with np.errstate(all="ignore"):
                share = np.where(moves, self.budget[name] / size, 0.0)
            relative[name] = np.median(np.nan_to_num(share, nan=np.inf, posinf=np.inf), axis=1)
        return relative

    @cached_property
    def judged(self) -> BoolArray:
        """The first stretch of records, but for the first one, on which budgets are within the tolerance."""
        within: BoolArray = np.max([*self.relative.values()], axis=0) <= self.tolerance
        within[0] = False
        if not within.any():
            return within
        begin = int(np.argmax(within))
        ends = np.flatnonzero(~within[begin:])
        judged = np.zeros_like(within)
        judged[begin : begin + int(ends[0]) if len(ends) else None] = True
        return judged

    @property
    def count(self) -> int:
        """Number of records up to the last one that is judged, of which there must be one."""
        return int(np.flatnonzero(self.judged)[-1]) + 1

    @property
    def horizon(self) -> float:
        """Time of the record at which that stretch ends; inf where it reaches the last one."""
        t = self.experiment.trajectory.t
        if not self.judged.any():
            return float(t[1])
        return float(t[self.count]) if self.count < len(t) else float("inf")

    @cached_property
    def bounded(self) -> BoolArray:
        """Which runs have finite budgets at all judged records, (batch,): the ODE says where they are."""
        finite = [np.isfinite(budget[self.judged]).all(axis=0) for budget in self.budget.values()]
        bounded: BoolArray = np.all(finite, axis=0)
        return bounded

    def excess(self, gaps: Values) -> dict[str, FloatArray]:
        """Largest ratio of gap to budget on the judged records by name, (batch,); 0 for 0/0 and inf/inf.

        Gaps may be those of the first records alone, which hold all that are judged.
        """
        excess = {}
        for name, gap in gaps.items():
            judged = self.judged[: len(gap)]
            with np.errstate(all="ignore"):
                ratio = gap[judged] / self.budget[name][: len(gap)][judged]
            excess[name] = np.nan_to_num(ratio, nan=0.0, posinf=np.inf).max(axis=0)
        return excess

    def refutes(self, gaps: Values) -> bool:
        """Whether so many runs leave their budget that the ODE is refuted."""
        return leave_their_budget(np.max([*self.excess(gaps).values()], axis=0))

    def control(self) -> Control:
        """The ODE 5 % faster and as much slower put to the same record, and the smallest change refuted."""

        def both(change: float) -> bool:
            speeds = np.array([1 + change, 1 / (1 + change)])
            found = self.experiment.at_speeds(speeds, self.count)
            return all(self.refutes(self.experiment.gaps(values)) for values in found)

        if both(CHANGE):
            return Control(CHANGE, "refuted", smallest_refuted(both))
        return Control(CHANGE, "not refuted", next(filter(both, COARSER), None))

    def comparison(self) -> TrajectoryComparison:
        """The outcome with its reason, of the whole and of each name."""
        gaps = self.experiment.gaps(self.predicted)
        if not self.judged.any():
            return self._told(gaps, "inconclusive", {}, self._why_nothing_is_judged(), None)
        by_name = self.excess(gaps)
        excess = np.max([*by_name.values()], axis=0)
        refuted: dict[str, Outcome] = {
            name: "refuted" for name, ratio in by_name.items() if leave_their_budget(ratio)
        }
        stay: BoolArray = (excess <= 1) & self.bounded
        told = _share(stay)
        if leave_their_budget(excess):
            return self._told(gaps, "refuted", refuted, self._where(gaps, by_name), None)
        if float(stay.mean()) < 1 - STRAY:
            reason = f"{told}; {self._why_not_refuted()}"
            return self._told(gaps, "inconclusive", {}, reason, None)
        control = self.control()
        if control.outcome != "refuted":
            reason = f"no power: {told}, but so it does in a field {control.told}"
            return self._told(gaps, "inconclusive", {}, reason, control)
        reason = f"{told}, at most {self._largest()} of the size; a field {control.told}{self._until()}"
        return self._told(gaps, "confirmed", dict.fromkeys(gaps, "confirmed"), reason, control)

    def _told(
        self,
        gaps: Values,
        outcome: Outcome,
        outcomes: Mapping[str, Outcome],
        reason: str,
        control: Control | None,
    ) -> TrajectoryComparison:
        return TrajectoryComparison(
            trajectory=self.experiment.trajectory,
            tolerance=self.tolerance,
            outcome=outcome,
            reason=reason,
            outcomes={name: outcomes.get(name, "inconclusive") for name in gaps},
            predicted=self.predicted,
            gaps=gaps,
            parts=self.parts,
            judged=self.judged,
            horizon=self.horizon,
            control=control,
            follow=self.experiment.at,
        )

    def _why_not_refuted(self) -> str:
        if self.bounded.all():
            return "too few leave it, and by too little, to refute"
        return f"of {int((~self.bounded).sum())} runs the ODE has no value there, or none with a bound"

    def _until(self) -> str:
        """From when on nothing is judged; empty where the last record is."""
        return "" if np.isinf(self.horizon) else f"; from t = {self.horizon:.4g} on nothing is judged"

    def _largest(self) -> str:
        """The largest relative budget on the judged records."""
        return f"{max(share[self.judged].max() for share in self.relative.values()):.1e}"

    def _where(self, gaps: Values, excess: Mapping[str, FloatArray]) -> str:
        """Which quantity leaves its budget by most, strays aside, and when."""
        allowed = int(STRAY * self.experiment.trajectory.batch)
        beyond_strays = {each: int(np.argsort(ratio)[-1 - allowed]) for each, ratio in excess.items()}
        name = max(excess, key=lambda each: float(excess[each][beyond_strays[each]]))
        run = beyond_strays[name]
        beyond = self.judged & (gaps[name][:, run] > self.budget[name][:, run])
        place = int(np.argmax(beyond))
        return (
            f"{name} leaves its budget at t = {self.experiment.trajectory.t[place]:.4g}, where its gap is "
            f"{gaps[name][place, run]:.2g} and its budget {self.budget[name][place, run]:.2g}, in all by a "
            f"factor of up to {float(excess[name][run]):.3g}"
        )

    def _why_nothing_is_judged(self) -> str:
        """Which budget is above the tolerance from the start, and what would help."""
        place = 1 + int(np.argmin(np.max([*self.relative.values()], axis=0)[1:]))
        name = max(self.relative, key=lambda each: float(self.relative[each][place]))
        sizes = {part: float(np.median(values[name][place])) for part, values in self.parts.items()}
        largest = max(sizes, key=lambda part: sizes[part])
        return (
            f"at every record a budget is above the tolerance {self.tolerance:g}, at best that of {name}, "
            f"{self.relative[name][place]:.1e} of its size, most of it {largest.replace('_', ' ')}: "
            f"{HELP[largest]}"
        )


def _share(stay: BoolArray) -> str:
    if len(stay) == 1:
        return "the record stays within its budget" if stay[0] else "the record leaves its budget"
    return f"{100 * float(stay.mean()):.3g} % of {len(stay)} runs stay within their budget"
