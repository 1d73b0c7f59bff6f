"""A system whose velocities are pushed by constants, or whose clock begins at any time and may run backward.

From ``x' = f(x, t)`` it makes ``x' = f(x, t0 + t) + push``. Its solutions over short times, with start and
push varied, are the flow's linearisation and what a disturbance adds, without a symbolic derivative. Of a
clock alone it makes ``x' = s f(x, t0 + s t)`` with s = 1 or -1.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import sympy as sp

from odekit.systems.answers import ANY
from odekit.systems.system import System

__all__ = ["PushedSystem", "clock_of", "clocked", "pushed"]


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


def clocked(system: System) -> System:
    """The system in elapsed time; its last two parameters are the origin and the direction, 1 or -1.

    >>> from odekit.systems import system
    >>> print(clocked(system({"x": "-x*t"})))
    x' = -direction*x*(direction*t + t0)
    """
    taken = {symbol.name for symbol in (*system.states, *system.parameters, *system.definitions)}
    parameters = (*system.parameters, _free("t0", taken), _free("direction", taken))
    origin, direction = parameters[-2:]
    moved = {} if system.time is None else {system.time: origin + direction * system.time}
    field = {state: direction * velocity.xreplace(moved) for state, velocity in system.rhs.items()}
    return System(field, ANY, parameters, time=system.time)


def clock_of(system: System) -> sp.Expr:
    """What the time was called before a system was `clocked`, in the symbol t and the parameters."""
    origin, direction = system.parameters[-2:]
    return origin + direction * sp.Symbol("t", real=True)


def _free(name: str, taken: set[str]) -> sp.Symbol:
    """A symbol of this name, or of one with a number that is not taken; it is taken now."""
    free = next(each for each in _numbered(name) if each not in taken)
    taken.add(free)
    return sp.Symbol(free, real=True)


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}_{number}" for number in count(1))
