"""Random points at which formulas are compared: of round numbers, and where conditions hold."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np

from odekit.arrays import FloatArray
from odekit.checking.flow import ENERGY, Flow
from odekit.checking.sampling.evaluation import measure, precise
from odekit.errors import InputError
from odekit.expressions import Expression, names_in

__all__ = ["COUNT", "Condition", "Points", "draw"]

Evaluate = Callable[[Expression, Mapping[str, Any]], Any]

COUNT = 24  # twice what is evaluated precisely, for a formula need not exist at each
ORDERS = (5, 7, 11, 13, 17, 19, 23)  # several, to tell a power of the order from a number
LATEST = 0.02  # a closed form in t should exist at most points: at order 23 starts blow up from 0.015 on
_CLOSE = 1e-9  # relative, above the rounding of a float64


@dataclass(frozen=True)
class Condition:
    """A coordinate, and what it is set to."""

    name: str
    value: Expression


@dataclass(frozen=True)
class Points:
    """Values of states, parameters and t at random points, combinations not yet among them."""

    flow: Flow
    values: Mapping[str, FloatArray]
    conditions: tuple[Condition, ...]

    def at(self, units: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """All values, with conditions kept and combinations computed, at given units."""
        values = _resolved({**self.values, **units}, self, lambda tree, known: measure(tree, known)[0])
        for condition in self.conditions:
            gap = np.abs(values[condition.name] - measure(condition.value, values)[0])
            if not (gap <= _CLOSE * (1 + np.abs(values[condition.name]))).all():
                raise InputError(
                    f"the condition on {condition.name} can't be kept",
                    expected="finite real values, and conditions that don't contradict each other",
                )
        return {name: np.broadcast_to(value, (COUNT,)) for name, value in values.items()}

    def precisely(self, index: int, units: Mapping[str, Expression]) -> dict[str, Any]:
        """All values at one point, exact up to the working precision."""
        values = {name: mpmath.mpf(float(value[index])) for name, value in self.values.items()}
        values.update({name: precise(tree, values) for name, tree in units.items()})
        return _resolved(values, self, precise)


def draw(flow: Flow, conditions: tuple[Condition, ...], rng: np.random.Generator) -> Points:
    """Draw points: magnitudes in (.4, 1.8), angles in (-pi, pi), signed states between -1.8 and 1.8."""
    values = {name: np.round(_state(flow, name, rng), 2) for name in flow.states}
    for name in flow.parameters:
        is_energy = name == ENERGY
        values[name] = (
            np.round(rng.uniform(0.4, 1.8, COUNT), 2)
            if is_energy
            else rng.choice(ORDERS, COUNT).astype(float)
        )
    values["t"] = np.round(rng.uniform(0.001, LATEST, COUNT), 4)
    return Points(flow, values, conditions)


def _state(flow: Flow, name: str, rng: np.random.Generator) -> FloatArray:
    if name in flow.angles:
        return rng.uniform(-3.1, 3.1, COUNT)
    sizes = rng.uniform(0.4, 1.8, COUNT)
    return sizes if name in flow.positive else sizes * rng.choice((-1.0, 1.0), COUNT)


def _resolved(values: dict[str, Any], points: Points, evaluate: Evaluate) -> dict[str, Any]:
    """Compute combinations, then impose one condition after another."""
    flow = points.flow
    _complete(values, flow, evaluate)
    for condition in points.conditions:
        wanted = evaluate(condition.value, values)
        if condition.name in flow.definitions:
            phase = _last_phase(condition.name, flow)
            slope = evaluate(flow.definitions[condition.name].derivative(phase), values)
            values[phase] = values[phase] + (wanted - values[condition.name]) / slope
        else:
            values[condition.name] = wanted
        _complete(values, flow, evaluate)
    return values


def _last_phase(name: str, flow: Flow) -> str:
    """The phase to turn, so that a combination has its value."""
    names = names_in(flow.definitions[name])
    phases = [state for state in flow.states if state in flow.angles and state in names]
    if not phases:
        raise InputError(f"{name} can't be set, being a function of the states", expected="a state or phase")
    return phases[-1]


def _complete(values: dict[str, Any], flow: Flow, evaluate: Evaluate) -> None:
    for name, tree in flow.definitions.items():
        values[name] = evaluate(tree, values)
