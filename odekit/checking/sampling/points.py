"""Points at which formulas are compared: all scales, all kinds of order, both sides of breaks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np

from odekit.arrays import FloatArray
from odekit.checking.flow import Flow
from odekit.checking.sampling.breakpoints import Break, breaks, sides
from odekit.checking.sampling.conditions import Condition, resolved
from odekit.checking.sampling.evaluation import measure, precise
from odekit.errors import InputError
from odekit.expressions import Expression

__all__ = ["ORDINARY", "Points", "draw"]

ORDINARY = 24  # twice what is evaluated precisely, for a formula need not exist at each
ORDERS = (5, 7, 11, 13, 17, 19, 23)  # several, to tell a power of the order from a number
LATEST = 0.02  # a closed form in t should exist at most points: at order 23 starts blow up from 0.015 on
WIDE = 12  # points with magnitudes of all scales
DECADES = 3.0  # above and below 1
EARLY = 0.3  # of the time in which a magnitude at its first speed would double: before any blow-up
MOST_SIDES = 60
_CLOSE = 1e-9  # relative, above the rounding of a float64


@dataclass(frozen=True)
class Points:
    """Values of states, parameters and t at random points, combinations not yet among them.

    Parameters
    ----------
    flow: whose coordinates they are.
    values: (points,) by name, the first ``ORDINARY`` with magnitudes around 1 at a few prime orders.
    conditions: what is kept at each.
    breaks: where the formula may jump.
    """

    flow: Flow
    values: Mapping[str, FloatArray]
    conditions: tuple[Condition, ...]
    breaks: tuple[Break, ...] = ()

    def at(self, units: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """All values, with conditions kept and combinations computed, at given units.

        NaN where a condition can't be kept.

        Raises
        ------
        InputError: conditions that can be kept nowhere.
        """
        values = resolved({**self.values, **units}, self.flow, self.conditions, _valued)
        shape = self.values["t"].shape
        is_kept = np.ones(shape, dtype=bool)
        for condition in self.conditions:
            gap = np.abs(values[condition.name] - _valued(condition.value, values))
            is_kept &= gap <= _CLOSE * (1 + np.abs(values[condition.name]))
            if not is_kept.any():
                raise InputError(
                    f"the condition on {condition.name} can't be kept",
                    expected="finite real values, and conditions that don't contradict each other",
                )
        values |= {each.name: _valued(each.value, values) for each in self.conditions}
        return {name: np.where(is_kept, value, np.nan) for name, value in values.items()}

    def precisely(self, values: Mapping[str, Any], units: Mapping[str, Expression]) -> dict[str, Any]:
        """All values from those of states, parameters and t, exact up to the working precision of mpmath."""
        exact: dict[str, Any] = {name: mpmath.mpf(values[name]) for name in self.values}
        exact.update({name: precise(tree, exact) for name, tree in units.items()})
        found = resolved(exact, self.flow, self.conditions, precise)
        return found | {each.name: precise(each.value, found) for each in self.conditions}

    def point(self, index: int) -> dict[str, float]:
        """The values of states, parameters and t at one point."""
        return {name: float(value[index]) for name, value in self.values.items()}


def draw(
    flow: Flow, conditions: tuple[Condition, ...], written: Expression, rng: np.random.Generator
) -> Points:
    """Draw points: ordinary ones, all scales, the first orders and some others, and the sides of breaks."""
    ordinary = _ordinary(flow, rng)
    (more,) = rng.spawn(1)
    parts = [ordinary, _wide(flow, more)]
    if flow.order_names:
        parts.append(_of_all_orders(flow, more))
    starts = {**ordinary, **{name: np.ones(ORDINARY) for name in flow.units}}
    found = breaks(written, flow, conditions, starts)
    beside = list(sides(found, flow))
    if len(beside) > MOST_SIDES:
        beside = [beside[i] for i in np.linspace(0, len(beside) - 1, MOST_SIDES).astype(int)]
    parts.append({name: np.array([each[name] for each in beside]) for name in ordinary})
    values = {name: np.concatenate([part[name] for part in parts]) for name in ordinary}
    return Points(flow, values, conditions, tuple(found))


def _ordinary(flow: Flow, rng: np.random.Generator) -> dict[str, FloatArray]:
    """Magnitudes in (.4, 1.8), angles in (-pi, pi), signed states between -1.8 and 1.8."""
    values = {name: np.round(_state(flow, name, rng, ORDINARY), 2) for name in flow.states}
    known = flow.orders if flow.order_names else ()
    few = [order for order in ORDERS if order in known] or known
    for name in flow.parameters:
        if name in flow.constants:
            values[name] = np.round(_state(flow, name, rng, ORDINARY), 2)
        elif name in flow.order_names:
            values[name] = rng.choice(few, ORDINARY).astype(float)
        else:
            values[name] = np.round(rng.uniform(0.4, 1.8, ORDINARY), 2)
    values["t"] = np.round(rng.uniform(0.001, LATEST, ORDINARY), 4)
    return values


def _wide(flow: Flow, rng: np.random.Generator) -> dict[str, FloatArray]:
    """Magnitudes of all scales, independent of each other, early in time."""
    values = {name: _state(flow, name, rng, WIDE) for name in flow.states}
    values |= {name: _state(flow, name, rng, WIDE) for name in flow.constants}
    for name in (*(each for each in flow.states if each not in flow.angles), *flow.constants):
        values[name] = np.sign(values[name]) * _scales(rng)
    for name in flow.parameters:
        if name in flow.order_names:
            values[name] = rng.choice(flow.orders, WIDE).astype(float)
        elif name not in flow.constants:
            values[name] = _scales(rng)
    known = {**values, **{name: np.ones(WIDE) for name in flow.units}, "t": np.ones(WIDE)}
    known = resolved(known, flow, (), _valued)
    speeds = [
        np.abs(_valued(flow.velocities[name], known) / known[name])
        for name in flow.states
        if name not in flow.angles
    ]
    fastest = np.nan_to_num(np.max(speeds, axis=0, initial=0.0), nan=1.0, posinf=1.0)
    values["t"] = EARLY * rng.uniform(0.01, 1.0, WIDE) / np.fmax(fastest, 10.0**-DECADES)
    return values


def _scales(rng: np.random.Generator) -> FloatArray:
    drawn = 10.0 ** rng.uniform(-DECADES, DECADES, WIDE)
    return np.array([float(f"{value:.3g}") for value in drawn])


def _of_all_orders(flow: Flow, rng: np.random.Generator) -> dict[str, FloatArray]:
    """Ordinary points at each kind of order."""
    count = len(flow.orders)
    drawn = _ordinary(flow, rng)
    values = {name: np.resize(value, count) for name, value in drawn.items()}
    for name in flow.order_names:
        values[name] = np.array(flow.orders, dtype=float)
    return values


def _state(flow: Flow, name: str, rng: np.random.Generator, count: int) -> FloatArray:
    if name in flow.angles:
        return rng.uniform(-3.1, 3.1, count)
    sizes = rng.uniform(0.4, 1.8, count)
    return sizes if name in flow.positive else sizes * rng.choice((-1.0, 1.0), count)


def _valued(tree: Expression, values: Mapping[str, Any]) -> FloatArray:
    return measure(tree, values)[0]
