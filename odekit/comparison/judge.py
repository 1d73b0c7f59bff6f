"""From gaps and their budget to an outcome, and its control: would another speed be refuted too?"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison.accuracy import STRAY, leave_their_budget
from odekit.comparison.control import CHANGE, COARSER, Control, smallest_refuted
from odekit.comparison.parts import Follow, Parts, Weights, relative_gap
from odekit.outcomes import Outcome
from odekit.simulation import Run

__all__ = ["Judge"]


@dataclass(frozen=True, eq=False)
class Judge:
    """Judges gaps of one run at its snapshots before the horizon.

    Parameters
    ----------
    run: what was measured.
    allowed: (T, M) the budget.
    count: snapshots before the horizon, at least 2.
    tolerance: largest median gap that is confirmed.
    """

    run: Run
    allowed: FloatArray
    count: int
    tolerance: float

    def refutes(self, gap: FloatArray) -> bool:
        """Whether neurons leave their budget by more than strays do."""
        return leave_their_budget(self._excess(gap))

    def outcome(self, gap: FloatArray, parts: Parts) -> tuple[Outcome, str, Control | None]:
        """The outcome, one sentence that says why, and the control where all but it would confirm."""
        count, excess = self.count, self._excess(gap)
        within = float((excess <= 1).mean())
        median = float(np.median(gap[1:count], axis=1).max())
        share = f"{100 * within:.1f} % of the neurons stay within their budget"
        told = f"{share}, the median gap within {median:.1e}"
        if self.refutes(gap):
            return "refuted", told, None
        if within < 1 - STRAY:
            return "inconclusive", f"{told}; too few leave it, and by too little, to refute", None
        if self._stands_still():
            return "inconclusive", f"{told}, but the weights move no further than the budget", None
        if median > self.tolerance:
            return "inconclusive", f"{told}, which is above the tolerance {self.tolerance:g}", None
        control = self.control(parts)
        if control.outcome != "refuted":
            return "inconclusive", f"{told}, but so it does in a field {control.told}", control
        return "confirmed", f"{told}; a field {control.told}", control

    def control(self, parts: Parts) -> Control:
        """Fields 5 % faster and 5 % slower put to the same run, and the smallest change that is refuted."""
        same = {name: w[: self.count] for name, w in parts.weights.items()}
        slower, faster = (parts.follow(1 + change, self.count) for change in (-CHANGE, CHANGE))
        if all(self.refutes(relative_gap(self.run, weights)) for weights in (slower, faster)):
            return Control(CHANGE, "refuted", self._smallest(_between(slower, same, faster)))
        return Control(CHANGE, "not refuted", next(filter(self._is_refuted(parts.follow), COARSER), None))

    def _is_refuted(self, follow: Follow) -> Callable[[float], bool]:
        def both(change: float) -> bool:
            fields = (follow(factor, self.count) for factor in (1 + change, 1 / (1 + change)))
            return all(self.refutes(relative_gap(self.run, weights)) for weights in fields)

        return both

    def _smallest(self, at: Callable[[float], Weights]) -> float:
        """Smallest of some changes of speed, up and down, that is refuted, from 5 % down."""

        def both(change: float) -> bool:
            return all(self.refutes(relative_gap(self.run, at(sign * change))) for sign in (1, -1))

        return smallest_refuted(both)

    def _excess(self, gap: FloatArray) -> FloatArray:
        """Largest ratio of gap to budget before the horizon, (M,); 0 for 0/0 and inf/inf."""
        with np.errstate(all="ignore"):
            ratio = gap[1 : self.count] / self.allowed[1 : self.count]
        return np.asarray(np.nan_to_num(ratio, nan=0.0, posinf=np.inf).max(axis=0))

    def _stands_still(self) -> bool:
        """Whether the median neuron moves no further than its budget, so that nothing is tested."""
        start = {name: np.broadcast_to(w[0], w.shape) for name, w in self.run.weights.items()}
        moved = relative_gap(self.run, start)[1 : self.count]
        return bool((np.median(moved, axis=1) <= np.median(self.allowed[1 : self.count], axis=1)).all())


def _between(slower: Weights, same: Weights, faster: Weights) -> Callable[[float], Weights]:
    """Weights at changes of speed up to 5 %, by the parabola through three of them."""
    parabolas = {}
    for name, middle in same.items():
        first, second = (faster[name] - slower[name]) / 2, (faster[name] + slower[name]) / 2 - middle
        parabolas[name] = (middle, first, second)

    def at(change: float) -> Weights:
        place = change / CHANGE
        return {
            name: middle + place * np.nan_to_num(first + place * second)
            for name, (middle, first, second) in parabolas.items()
        }

    return at
