"""The time of a problem: where its steps have to end, and how one that starts late or runs back is solved."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np

from odekit.arrays import FloatArray
from odekit.solvers.codegen import breakpoints_of, switches_of
from odekit.solvers.problem import PLAIN, Problem, Solution
from odekit.systems import System, clock_of, clocked

__all__ = ["breakpoints", "follow_clock"]


def breakpoints(problem: Problem) -> FloatArray:
    """Breakpoints of a problem's vector field and of its events that are text, as `breakpoints_of` says.

    Raises
    ------
    InputError: a formula that jumps too often before the end.
    """
    texts = [event.function for event in problem.events if isinstance(event.function, str)]
    inputs = problem.inputs
    system = problem.system
    clock = clock_of(system) if problem.is_clocked else None
    return breakpoints_of(switches_of(system, texts, clock), system.parameters, inputs.p, inputs.times[-1])


def follow_clock(problem: Problem, follow: Callable[[Problem], Solution]) -> Solution:
    """Solves a problem in elapsed time, and tells the solution in the problem's own.

    Parameters
    ----------
    problem: with any clock.
    follow: solves one with a plain clock.
    """
    clock = problem.inputs.clock
    if clock.is_plain:
        return follow(problem)
    is_shift = problem.system.time is None and clock.is_forward and not problem.events
    return clock.told(follow(_without_clock(problem) if is_shift else _moved(problem)))


def _without_clock(problem: Problem) -> Problem:
    return replace(problem, inputs=replace(problem.inputs, clock=PLAIN))


_clocked: Callable[[System], System] = lru_cache(maxsize=32)(clocked)


def _moved(problem: Problem) -> Problem:
    """The same with origin and direction as parameters of the system, so that its code serves all clocks."""
    inputs, compiled = problem.inputs, problem.compiled
    rows = [np.broadcast_to(row, problem.batch) for row in (inputs.clock.origin, inputs.clock.direction)]
    is_fixed = compiled is not None and problem.method == "auto"
    return replace(
        problem,
        system=_clocked(problem.system),
        inputs=replace(inputs, p=np.concatenate([inputs.p, rows]), clock=PLAIN),
        method=compiled.method if compiled is not None and is_fixed else problem.method,
        compiled=None,
        is_clocked=True,
    )
