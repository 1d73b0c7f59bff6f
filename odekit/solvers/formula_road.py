"""The road by a system's own formulas, which are checked on every trajectory before they are believed.

A formula holds on one branch of a root or a modulus, up to a pole: each trajectory is integrated as well, and
where the two don't agree the integration counts.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from odekit.arrays import BoolArray, FloatArray
from odekit.solvers.explicit import explicit_states, satisfies
from odekit.solvers.problem import Problem, Solution, Status

__all__ = ["follow_formulas"]

# Tolerance of the check; a flow may amplify its error by the rest of the gap that is let pass.
_RTOL = 1e-8
_GAP = 1e-5
# A stiff flow would be followed for minutes; beyond these steps the equations themselves are what is checked.
_STEPS = 2_000


def follow_formulas(problem: Problem, follow: Callable[[Problem], Solution]) -> Solution:
    """By the system's formulas, and in steps where these fail.

    Parameters
    ----------
    problem: of a system with a solution.
    follow: solves a problem in steps.
    """
    y = explicit_states(problem.system, problem.inputs)
    good = _holds(problem, y, follow)
    by_formula = problem.answered_by_formulas(y, np.full(problem.batch, Status.success, dtype=np.int8))
    if good.all():
        return by_formula
    rest = follow(problem.only(np.flatnonzero(~good)))
    return by_formula.with_others(rest, ~good)


def _holds(problem: Problem, y: FloatArray, follow: Callable[[Problem], Solution]) -> BoolArray:
    """Whether the formulas agree with an integration at all requested times, (batch,).

    Where that runs out of steps they have to agree as far as it came, and to satisfy the equations.
    """
    inputs = replace(problem.inputs, rtol=np.full(problem.batch, _RTOL), atol=1e-3 * _RTOL * _size(problem))
    check = follow(
        replace(problem, inputs=inputs, compiled=None, backend="auto", method="auto", max_steps=_STEPS)
    )
    with np.errstate(all="ignore"):
        size = np.nanmax(np.abs(np.concatenate([check.y, problem.inputs.y0[None]])), axis=0)
        agrees = np.abs(y - check.y) <= _GAP * size
        unknown = np.isnan(check.y) & (check.status == Status.max_steps)
        holds: BoolArray = (agrees | unknown).all(axis=(0, 1)) & np.isfinite(y).all(axis=(0, 1))
        if (holds & (check.status == Status.max_steps)).any():
            holds &= (check.status == Status.success) | satisfies(problem.system, problem.inputs, y)
    return holds & np.isin(check.status, (Status.success, Status.max_steps))


def _size(problem: Problem) -> FloatArray:
    size = np.abs(problem.inputs.y0).max(axis=0)
    return np.where(np.isfinite(size) & (size > 0.0), size, 1.0)
