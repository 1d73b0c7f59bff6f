"""What is asked, and what is answered? Inputs, events, solutions."""

from odekit.solvers.problem.compiled import CompiledSystem, RightHandSide
from odekit.solvers.problem.events import (
    BoundEvent,
    Event,
    Rows,
    bind,
    crossings,
    dominance_reached,
    find_times,
    horizon,
    phase_aligned,
)
from odekit.solvers.problem.inputs import InitialStates, Inputs, default_atol, prepare, select_system
from odekit.solvers.problem.interpolant import DenseOutput, Interpolant
from odekit.solvers.problem.problem import Problem, pose
from odekit.solvers.problem.solution import Solution, Status

__all__ = [
    "BoundEvent",
    "CompiledSystem",
    "DenseOutput",
    "Event",
    "InitialStates",
    "Inputs",
    "Interpolant",
    "Problem",
    "RightHandSide",
    "Rows",
    "Solution",
    "Status",
    "bind",
    "crossings",
    "default_atol",
    "dominance_reached",
    "find_times",
    "horizon",
    "phase_aligned",
    "pose",
    "prepare",
    "select_system",
]
