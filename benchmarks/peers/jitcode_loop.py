"""JiTCODE: the flow as compiled C under SciPy's dop853, one trajectory after the other."""

from __future__ import annotations

import contextlib
import os
from functools import cache
from typing import Any

import numpy as np
from flows import Flow
from numpy.typing import NDArray
from problem import RATE, Problem

__all__ = ["integrate"]


def integrate(problem: Problem, rtol: float) -> NDArray[np.float64]:
    """End states (state, batch)."""
    ode = _compiled(problem.flow)
    out = np.empty_like(problem.y0)
    for lane, (start, end) in enumerate(zip(problem.y0.T, problem.end, strict=True)):
        atol = 1e-3 * rtol * np.abs(start).max()
        ode.set_integrator("dop853", rtol=rtol, atol=atol, nsteps=100_000)
        ode.set_initial_value(start, 0.0)
        out[:, lane] = ode.integrate(end)
    return out


@cache
def _compiled(flow: Flow) -> Any:
    import symengine
    from jitcode import jitcode, y

    equations = flow.field(RATE, [y(state) for state in range(len(flow.states))], symengine)
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        ode = jitcode(equations, n=len(flow.states), verbose=False)
        ode.compile_C()
    return ode
