"""Trials: predictions next to measurements, and the verdict on all of them by the rules for every claim."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from odekit.arrays import FloatArray
from odekit.claims.negative_control import Control
from odekit.claims.verdict import Claim, Verdict, judge
from odekit.outcomes import Outcome

__all__ = ["Tested", "Trial", "verdict_on"]

_UNCONTROLLED = (
    "It has no control: nothing is confirmed but next to a false statement that the same experiment refutes."
)
_SURVIVED = "Its control was not refuted, so that the experiment can't tell the claim from what is false."

_POWERLESS = "Its errors may be larger than what tells it from what is false: no power."


@dataclass(frozen=True, eq=False)
class Trial:
    """What was predicted and what was measured, entry by entry, such as start by start.

    Parameters
    ----------
    predicted, measured: of one shape; NaN where nothing could be measured.
    budget: bound of each error by its source, which broadcasts to that shape; infinite where there is none.
    tolerance: largest budget at which an entry still tests the prediction, which broadcasts likewise.
    """

    predicted: FloatArray
    measured: FloatArray
    budget: Mapping[str, FloatArray | float]
    tolerance: FloatArray | float

    def decisive(self) -> tuple[int, ...]:
        """The entry that refutes most clearly, else one of which nothing is known, else the least known."""
        gap, budget, tolerance = self.gap, self._sum, self._tolerance
        known = np.isfinite(gap) & np.isfinite(budget)
        excess = np.where(known, gap - budget, -np.inf)
        unclear = np.where(known, budget - tolerance, np.inf)
        chosen = excess if (excess > 0).any() else unclear
        return tuple(int(place) for place in np.unravel_index(int(chosen.argmax()), chosen.shape))

    @property
    def outcome(self) -> Outcome:
        """Of the entry that decides."""
        entry = self.at(self.decisive())
        return judge(entry["gap"], sum(entry["budget"].values()), entry["tolerance"])

    @property
    def gap(self) -> FloatArray:
        """Distance of measurement and prediction."""
        return np.asarray(np.abs(self.measured - self.predicted))

    @property
    def _sum(self) -> FloatArray:
        return np.broadcast_to(sum(self.budget.values(), np.zeros(())), self.gap.shape)

    @property
    def _tolerance(self) -> FloatArray:
        return np.broadcast_to(self.tolerance, self.gap.shape)

    def at(self, place: tuple[int, ...]) -> dict[str, Any]:
        """Gap, parts of the budget and tolerance of one entry."""
        parts = {name: np.broadcast_to(part, self.gap.shape)[place] for name, part in self.budget.items()}
        return {
            "gap": float(self.gap[place]),
            "budget": {name: float(part) for name, part in parts.items()},
            "tolerance": float(self._tolerance[place]),
        }


@dataclass(frozen=True, eq=False)
class Tested:
    """A claim's trial, and that of its control.

    Parameters
    ----------
    claim: the trial.
    control: the false statement and its trial, or None.
    checks: parts of the statement that hold or don't, by name.
    evidence: for tables and figures.
    text: qualifications, in words.
    """

    claim: Trial
    control: tuple[str, Trial] | None
    checks: Mapping[str, bool] = field(default_factory=dict)
    evidence: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""


def verdict_on(claim: Claim, tested: Tested, shown: Mapping[str, Any] | None = None) -> Verdict:
    """The verdict on all entries, by the one that decides.

    Parameters
    ----------
    shown: predicted and measured values to report; by default those of the entry that decides.
    """
    place = tested.claim.decisive()
    control = None if tested.control is None else Control(tested.control[0], tested.control[1].outcome)
    reported = shown or {
        "predicted": float(tested.claim.predicted[place]),
        "measured": float(tested.claim.measured[place]),
    }
    return claim.verdict(
        **tested.claim.at(place),
        control=control,
        checks=tested.checks,
        evidence=tested.evidence,
        text=" ".join(filter(None, [tested.text, _remark(tested.claim, control)])),
        **reported,
    )


def _remark(trial: Trial, control: Control | None) -> str:
    """Why a claim stays open, as far as the rules tell."""
    if trial.outcome == "refuted":
        return ""
    if control is None:
        return _UNCONTROLLED
    if control.outcome != "refuted":
        return _SURVIVED
    return _POWERLESS if trial.outcome == "inconclusive" else ""
