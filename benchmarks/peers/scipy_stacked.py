"""SciPy's DOP853 on all trajectories as one system, in units of each end time, with one step size for all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from problem import RATE, Problem
from scipy.integrate import solve_ivp

__all__ = ["integrate"]

FloatArray = NDArray[np.float64]


def integrate(problem: Problem, rtol: float) -> FloatArray:
    """End states (state, batch)."""
    shape, rate = problem.y0.shape, RATE * problem.end

    def field(t: float, y: FloatArray) -> FloatArray:
        derivatives: FloatArray = np.concatenate(problem.flow.field(rate, y.reshape(shape), np))
        return derivatives

    atol = np.tile(1e-3 * rtol * np.abs(problem.y0).max(axis=0), len(problem.y0))
    result = solve_ivp(field, (0.0, 1.0), problem.y0.ravel(), method="DOP853", rtol=rtol, atol=atol)
    end: FloatArray = result.y[:, -1].reshape(shape)
    return end
