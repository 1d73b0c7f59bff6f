"""Conditions on coordinates, and values by name with combinations computed and conditions imposed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from odekit.checking.flow import Flow
from odekit.errors import InputError
from odekit.expressions import Expression, names_in

__all__ = ["Condition", "resolved"]

Evaluate = Callable[[Expression, Mapping[str, Any]], Any]


@dataclass(frozen=True)
class Condition:
    """A coordinate, and what it is set to."""

    name: str
    value: Expression


def resolved(
    values: Mapping[str, Any], flow: Flow, conditions: tuple[Condition, ...], evaluate: Evaluate
) -> dict[str, Any]:
    """Compute combinations, then impose one condition after another.

    Raises
    ------
    InputError: a condition on a combination that no phase can be turned for.
    """
    found = dict(values)
    _complete(found, flow, evaluate)
    for condition in conditions:
        wanted = evaluate(condition.value, found)
        if condition.name in flow.definitions:
            phase = _last_phase(condition.name, flow)
            slope = evaluate(flow.definitions[condition.name].derivative(phase), found)
            found[phase] = found[phase] + (wanted - found[condition.name]) / slope
        else:
            found[condition.name] = wanted
        _complete(found, flow, evaluate)
    return found


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
