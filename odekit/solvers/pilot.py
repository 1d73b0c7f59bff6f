"""Is a large batch stiff? A few of its trajectories are followed first, by a method that finds out."""

from collections.abc import Callable
from dataclasses import replace
from inspect import unwrap

import numpy as np

from odekit.arrays import FloatArray
from odekit.solvers.compiler import compile
from odekit.solvers.problem import Problem, Solution

__all__ = ["turns_out_stiff"]

# An explicit step is stable up to h rho of about 6: below so many no thousand steps are lost.
_LONG = 6_000.0
# Trajectories that are followed, and the steps after which one has shown what it is.
_FEW, _STEPS = 16, 1_000
_ITERATIONS = 6
_CHANGE = 1e-6


def turns_out_stiff(problem: Problem, follow: Callable[[Problem], Solution]) -> bool:
    """Whether one of a few trajectories is given up by an explicit method.

    Nobody asks where the field changes slowly at all their starts, so that stiffness which comes about later
    is overlooked.

    Parameters
    ----------
    problem: by method "auto".
    follow: solves it in steps.
    """
    few = problem.only(np.unique(np.linspace(0, problem.batch - 1, _FEW).astype(np.int64)))
    if not (_fastest(few) * few.inputs.times[-1] > _LONG).any():
        return False
    tried = follow(replace(few, backend="numpy", max_steps=min(_STEPS, problem.max_steps)))
    return "rodas5p" in tried.method


def _fastest(problem: Problem) -> FloatArray:
    """The size of the largest eigenvalue of the field where trajectories start, (batch,), by its powers."""
    given = problem.inputs
    field = unwrap(compile(problem.system).rhs)
    t, y, direction = np.zeros(problem.batch), given.y0, np.ones_like(given.y0)
    size = 1.0 + np.abs(y).max(axis=0)
    here, there, rate = np.empty_like(y), np.empty_like(y), np.zeros(problem.batch)
    with np.errstate(all="ignore"):
        field(t, y, given.p, here)
        for _ in range(_ITERATIONS):
            direction = direction / np.abs(direction).max(axis=0)
            field(t, y + _CHANGE * size * direction, given.p, there)
            direction = (there - here) / (_CHANGE * size)
            rate = np.fmax(rate, np.abs(direction).max(axis=0))
    return rate
