"""The modified equation of a system: the ODE whose flow descent with a step eta follows, to an order in eta.

At order 2 it is x' = f - (eta/2) Df f.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import sympy as sp

from odekit.errors import InputError, ReductionError
from odekit.limits import DERIVATION_SECONDS, bounded
from odekit.numbers import integer, positive, real
from odekit.systems.algebra import KINKED, read_formula
from odekit.systems.declarations import check_name
from odekit.systems.descent.lie_series import Field, modified_fields
from odekit.systems.descent.straight import StraightDerivative, short
from odekit.systems.questions import Answers
from odekit.systems.system import System

__all__ = ["modified_system"]

MOST_ORDER = 4  # terms grow like factorials, and a step for which more orders count is no small one
# Beyond it the start too would have to be corrected, to where descent is once it has forgotten its rest.
MOST_ORDER_WITH_MOMENTUM = 2


@bounded("the modified equation", DERIVATION_SECONDS)
def modified_system(
    system: System,
    eta: Any,
    order: Any,
    momentum: Any,
    answers: Answers[System],
    *,
    metric: Mapping[sp.Symbol, sp.Expr] = MappingProxyType({}),
    space: str = "states",
) -> System:
    """What `System.modified` gives.

    Parameters
    ----------
    system, eta, order, momentum: as there.
    answers: of the result.
    metric: a flat and diagonal one by state, in whose Cartesian coordinates steps are straight; without
        entries these are the states themselves.
    space: what takes the steps, for the conditions.

    Raises
    ------
    InputError, ReductionError: as there.
    """
    step, inertia = _step(eta, system), _momentum(momentum, system)
    order = _order(order, inertia)
    _check(system)
    derivative = StraightDerivative(system.definitions, metric)
    fields = modified_fields(_field(system, inertia), order, inertia, derivative)
    velocities = {
        state: fields[0][state] + sp.Add(*(step**k * short(fields[k][state]) for k in range(1, order)))
        for state in system.states
    }
    _check_derivatives(velocities)
    slowed = f", and momentum {inertia}" if inertia != 0 else ""
    told = (
        f"steps of {step} are small: the modified equation, to order {order}, of descent with such steps of "
        f"the {space}{slowed}"
    )
    return System(
        velocities,
        answers,
        (*system.parameters, *(each for each in (step, inertia) if each.is_Symbol)),
        definitions=system.definitions,
        conditions=(*system.conditions, told),
        leaks=system.leaks,
        time=system.time,
        angles=system.angles,
    )


def _step(eta: Any, system: System) -> sp.Expr:
    """The step as a positive number or a new symbol."""
    if isinstance(eta, str | sp.Symbol):
        return _new_parameter(eta, system)
    positive(eta, "the step eta", hint='eta="eta", which becomes a parameter')
    return read_formula(eta, {}, "the step eta")


def _momentum(momentum: Any, system: System) -> sp.Expr:
    """The momentum as a number from 0, below 1, or a new symbol."""
    if isinstance(momentum, str | sp.Symbol):
        return _new_parameter(momentum, system)
    if real(momentum, "the momentum", 0, 1) == 1:
        raise InputError("the momentum must be below 1", expected="a number from 0, below 1", received="1")
    return read_formula(momentum, {}, "the momentum")


def _new_parameter(name: str | sp.Symbol, system: System) -> sp.Symbol:
    """A symbol that stands for nothing in the system yet."""
    check_name(str(name))
    clock = () if system.time is None else (system.time,)
    known = {s.name for s in (*system.states, *system.definitions, *system.parameters, *clock)}
    if str(name) in known:
        raise InputError(
            f"{name} has a meaning in the system already",
            expected="a name of its own for the step, and for the momentum",
            received=f"one of {', '.join(sorted(known))}",
            hint=f"another name, such as {name}_1",
        )
    return name if isinstance(name, sp.Symbol) else sp.Symbol(name, positive=True)


def _order(order: Any, inertia: sp.Expr) -> int:
    if inertia == 0:
        return integer(order, "the order of the modified equation", 1, MOST_ORDER)
    hint = "plain descent, momentum=0, for higher orders"
    return integer(order, "the order with momentum", 1, MOST_ORDER_WITH_MOMENTUM, hint=hint)


def _check(system: System) -> None:
    """Refuse blocks, constraints and kinks."""
    if system.blocks is not None:
        raise ReductionError(
            "a system in blocks has no modified equation here",
            expected="an equation for every state, such as those of an Abelian group's modes",
            received=f"matrices {', '.join(system.blocks.letters)}",
        )
    if system.constraints:
        raise ReductionError(
            "descent in straight steps leaves the constraint",
            expected="a system without constraint",
            received=f"{', '.join(system.constraints)} = 0",
        )
    for symbol, entry in {**system.definitions, **system.velocities}.items():
        if kinks := entry.atoms(*KINKED):
            raise ReductionError(
                "the field has a kink or jump, where it has no derivative",
                expected="a field with as many derivatives as orders",
                received=f"{min(map(str, kinks))[:60]} in that of {symbol}",
                hint="where its argument has one sign, the same without it",
            )


def _field(system: System, inertia: sp.Expr) -> Field:
    """The velocities, and that of time, which descent keeps by whole steps whatever the momentum."""
    clock = {} if system.time is None else {system.time: 1 - inertia}
    return {**system.velocities, **clock}


def _check_derivatives(velocities: Field) -> None:
    for state, velocity in velocities.items():
        if velocity.has(sp.Derivative, sp.Subs, sp.DiracDelta, sp.nan, sp.zoo):
            raise ReductionError(
                f"the velocity of {state} holds a function that has no derivative in a formula",
                expected="functions that can be differentiated",
            )
