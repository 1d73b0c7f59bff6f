"""Moments at which the steps of a problem have to end, since a formula that it holds is not smooth there."""

from odekit.arrays import FloatArray
from odekit.solvers.codegen import breakpoints_of, switches_of
from odekit.solvers.problem import Problem
from odekit.systems import clock_of

__all__ = ["breakpoints"]


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
