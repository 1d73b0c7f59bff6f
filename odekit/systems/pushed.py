"""A system whose velocities are pushed by constants, and whose clock begins at any time.

From ``x' = f(x, t)`` it makes ``x' = f(x, t0 + t) + push``. Its solutions over short times, with start and
push varied, are the flow's linearisation and what a disturbance adds, without a symbolic derivative.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import sympy as sp

from odekit.systems.answers import ANY
from odekit.systems.system import System

__all__ = ["PushedSystem", "pushed"]


@dataclass(frozen=True)
class PushedSystem:
    """The system with its pushes.

    Parameters
    ----------
    system: with the same states, and further parameters.
    origin: name of the parameter that is the time at which the solver's clock shows 0.
    pushes: name of the parameter that is added to each state's velocity.
    """

    system: System
    origin: str
    pushes: tuple[str, ...]


def pushed(system: System) -> PushedSystem:
    """The system with a push for each state; its definitions are spelled out.

    >>> from odekit.systems import system
    >>> made = pushed(system({"x": "-x*t"}))
    >>> print(made.system, made.origin, *made.pushes)
    x' = push_x - x*(t + t0) t0 push_x
    """
    known = (*system.states, *system.parameters, *system.definitions)
    taken = {symbol.name for symbol in known}
    origin = _free("t0", taken)
    pushes = [_free(f"push_{state.name}", taken) for state in system.states]
    moved = {} if system.time is None else {system.time: system.time + origin}
    field = {
        state: velocity.xreplace(moved) + push
        for (state, velocity), push in zip(system.rhs.items(), pushes, strict=True)
    }
    made = System(field, ANY, (*system.parameters, origin, *pushes), time=system.time)
    return PushedSystem(made, origin.name, tuple(push.name for push in pushes))


def _free(name: str, taken: set[str]) -> sp.Symbol:
    """A symbol of this name, or of one with a number that is not taken; it is taken now."""
    free = next(each for each in _numbered(name) if each not in taken)
    taken.add(free)
    return sp.Symbol(free, real=True)


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}_{number}" for number in count(1))
