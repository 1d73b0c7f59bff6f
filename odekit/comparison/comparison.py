"""Comparison: the result of putting a run beside its reduced ODE, as JSON and labelled arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from odekit.arrays import BoolArray, FloatArray
from odekit.comparison.accuracy import Budget
from odekit.comparison.control import Control
from odekit.comparison.measures import ErrorCurve, Modes
from odekit.json_text import plain
from odekit.outcomes import Outcome, outcome_text
from odekit.simulation import Run
from odekit.views import Labelled, html_paragraph, html_table, labelled

if TYPE_CHECKING:
    import xarray

__all__ = ["Comparison", "FollowAt", "Reach", "Winners"]

FollowAt = Callable[[FloatArray, Sequence[int]], Mapping[str, FloatArray]]

# With more than half of the power no other mode can be larger.
CLEAR_SHARE = 0.5


@dataclass(frozen=True)
class Winners:
    """How often the predicted winner is the mode that dominates at the last snapshot.

    Parameters
    ----------
    agreement: share of all neurons.
    clear_agreement: share of the clear ones, whose dominant mode holds more than half of the embedding's
        power; NaN if there are none.
    count: number of neurons.
    clear_count: number of clear ones.
    """

    agreement: float
    clear_agreement: float
    count: int
    clear_count: int

    @classmethod
    def counted(cls, agrees: BoolArray, share: FloatArray) -> Winners:
        """Winners from each neuron's agreement and its dominant mode's share of the power."""
        clear = share > CLEAR_SHARE
        clear_agreement = float(agrees[clear].mean()) if clear.any() else float("nan")
        return cls(float(agrees.mean()), clear_agreement, len(agrees), int(clear.sum()))


@dataclass(frozen=True)
class Reach:
    """How far an order reaches.

    Parameters
    ----------
    order: of the last cumulant of the logits that the flow keeps.
    horizon: time from which its median budget exceeds the level; inf if it never does, None without a budget.
    outcome: of the comparison at this order.
    """

    order: int
    horizon: float | None
    outcome: Outcome

    def __str__(self) -> str:
        if self.horizon is None:
            return f"order {self.order} has no budget"
        reached = "the end" if np.isinf(self.horizon) else f"t = {self.horizon:.4g}"
        return f"order {self.order} reaches {reached}"

    def to_json(self) -> dict[str, Any]:
        """Order, horizon and outcome."""
        return {"order": self.order, "horizon": plain(self.horizon), "outcome": self.outcome}


@dataclass(frozen=True, eq=False)
class Comparison(Labelled):
    """What came of comparing a run with its reduced ODE.

    Parameters
    ----------
    name: the run's file, or a description.
    run: what was compared.
    tolerance: largest median gap at which the comparison is confirmed.
    outcome: ``"confirmed"``, ``"refuted"``, ``"inconclusive"`` or ``"not_applicable"``.
    reason: one sentence that says why.
    order: of the last cumulant of the logits that the ODE keeps; 1 is uniform softmax.
    orders: how far each order that was tried reaches, from the lowest on.
    errors: by quantity (alpha, beta relative; phi, psi in radians), over the modes that lead their neuron at
        the first snapshot or at that time; ``alpha1``, ``alpha2`` and so on where unshared.
    gap: (T, M) |w_ode - w_run| / |w_run| of every neuron, each weight group's part divided by its rate;
        infinite past a blow-up of the ODE.
    budget: what the gap may be.
    horizon: time from which the median budget exceeds the level asked for; inf if it never does.
    control: the ODE at another speed on the same run, where there is a verdict to control.
    winners: predicted against observed, where `predict` has a forecast.
    predicted: the ODE's modes at the run's times, where it moves modes.
    follow: ``follow(times, neurons)``, the ODE's weights (K, len(neurons), n) by weight group at any
        increasing times (K,) from the run's first on; NaN past a blow-up.
    """

    name: str
    run: Run
    tolerance: float
    outcome: Outcome
    reason: str
    order: int = 1
    orders: Sequence[Reach] = ()
    errors: Mapping[str, ErrorCurve] = field(default_factory=dict)
    gap: FloatArray | None = None
    budget: Budget | None = None
    horizon: float | None = None
    control: Control | None = None
    winners: Winners | None = None
    predicted: Modes | None = None
    follow: FollowAt | None = None

    def to_json(self) -> dict[str, Any]:
        """One entry of ``runs`` in the command's JSON; what is not finite is null."""
        network = self.run.network
        return {
            "file": self.name,
            "group": network.finite_group.name,
            "neurons": network.neurons,
            "order": self.order,
            "orders": [reach.to_json() for reach in self.orders],
            "horizon": plain(self.horizon),
            "horizon_step": self.horizon_step,
            "tolerance": self.tolerance,
            "times": self.run.t.tolist(),
            "steps": None if self.run.steps is None else self.run.steps.tolist(),
            "errors": {
                name: {"median": plain(curve.median), "max": plain(curve.max)}
                for name, curve in self.errors.items()
            },
            "gap": {} if self.gap is None else _summary(self.gap),
            "budget": self._budget_json(),
            "control": None if self.control is None else self.control.to_json(),
            "winners": None if self.winners is None else plain(vars(self.winners)),
            "outcome": self.outcome,
            "reason": self.reason,
        }

    def _budget_json(self) -> dict[str, list[float | None]]:
        """Median over the neurons by time of each part, and of the total."""
        if self.budget is None:
            return {}
        parts = {**self.budget.parts(), "total": self.budget.total}
        return {name: plain(np.median(part, axis=1)) for name, part in parts.items()}

    def __repr__(self) -> str:
        return f"Comparison({self.name}: {outcome_text(self.outcome)}, {self.reason})"

    @property
    def reach(self) -> str:
        """How far each order that was tried reaches, and which one this is, in words; nothing of one alone.

        >>> reaches = Reach(1, 998.6, "confirmed"), Reach(2, float("inf"), "confirmed")
        >>> ", ".join(map(str, reaches))
        'order 1 reaches t = 998.6, order 2 reaches the end'
        """
        if len(self.orders) < 2:
            return ""
        return f"{', '.join(map(str, self.orders))}; judged at order {self.order}"

    @property
    def horizon_step(self) -> int | None:
        """Optimiser step of the horizon, where the run counts steps."""
        if self.run.steps is None or self.horizon is None or not np.isfinite(self.horizon):
            return None
        return int(self.run.steps[int(np.searchsorted(self.run.t, self.horizon))])

    def to_xarray(self) -> xarray.Dataset:
        """Labelled arrays with dimensions time and neuron: gap, budget and its parts; error curves by time.

        Raises
        ------
        MissingExtraError: xarray is not installed.
        """
        dims = ("time", "neuron")
        arrays: dict[str, Any] = {} if self.gap is None else {"gap": (dims, self.gap)}
        if self.budget is not None:
            arrays |= {f"budget_{name}": (dims, part) for name, part in self.budget.parts().items()}
            arrays["budget"] = (dims, self.budget.total)
        for name, curve in self.errors.items():
            arrays |= {f"{name}_median": ("time", curve.median), f"{name}_max": ("time", curve.max)}
        attributes = {"outcome": self.outcome, "reason": self.reason, "tolerance": self.tolerance}
        attributes |= {"file": self.name} | ({} if self.horizon is None else {"horizon": self.horizon})
        return labelled(arrays, {"time": self.run.t}, attributes)

    def _repr_html_(self) -> str:
        """Outcome and reason, and the errors at the last snapshot before the horizon and at the end."""
        head = html_paragraph(outcome_text(self.outcome), self.reason)
        if not self.errors:
            return head
        judged = len(self.run) if self.horizon is None else int(np.searchsorted(self.run.t, self.horizon))
        places = {"before the horizon": max(judged - 1, 0), "at the end": len(self.run) - 1}
        columns = [
            f"{what} error {where}, t = {self.run.t[place]:.4g}"
            for where, place in places.items()
            for what in ("median", "largest")
        ]
        rows: list[list[str | float]] = [
            [name, *(self._error(c[place]) for place in places.values() for c in (curve.median, curve.max))]
            for name, curve in self.errors.items()
        ]
        return head + html_table(("of", *columns), rows, self._told())

    def _error(self, value: float) -> str | float:
        """An error, or why there is none."""
        if not np.isnan(value):
            return float(value)
        return "blown up" if self.order == 1 else "not followed"

    def _told(self) -> str:
        """Name, horizon and control in words."""
        reached = self.horizon is not None and np.isfinite(self.horizon)
        parts = [
            self.name,
            *filter(None, [self.reach]),
            f"horizon at t = {self.horizon:.4g}" if reached else "horizon not reached",
            f"tolerance {self.tolerance:g}",
        ]
        if self.control is not None:
            parts.append(f"control, a field {100 * self.control.change:g} % off: {self.control.outcome}")
        return "; ".join(parts)


def _summary(values: FloatArray) -> dict[str, list[float | None]]:
    return {"median": plain(np.median(values, axis=1)), "max": plain(values.max(axis=1))}
