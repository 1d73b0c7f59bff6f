"""Diffrax's Dopri8 under vmap and jit, in double precision, on XLA's threads."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from flows import Flow
from numpy.typing import NDArray
from problem import RATE, Problem

__all__ = ["integrate"]


def integrate(problem: Problem, rtol: float) -> NDArray[np.float64]:
    """End states (state, batch)."""
    atol = 1e-3 * rtol * np.abs(problem.y0).max(axis=0)
    return np.asarray(_solver(problem.flow)(problem.y0.T, problem.end, rtol, atol)).T


@cache
def _solver(flow: Flow) -> Any:
    import diffrax
    import jax

    jax.config.update("jax_enable_x64", True)

    def field(t: Any, y: Any, arguments: Any) -> Any:
        return jax.numpy.stack(flow.field(float(RATE), y, jax.numpy))

    def follow(start: Any, end: Any, rtol: Any, atol: Any) -> Any:
        control = diffrax.PIDController(rtol=rtol, atol=atol)
        term, method = diffrax.ODETerm(field), diffrax.Dopri8()
        return diffrax.diffeqsolve(
            term, method, 0.0, end, None, start, stepsize_controller=control, max_steps=100_000
        ).ys[-1]

    return jax.jit(jax.vmap(follow, in_axes=(0, 0, None, 0)))
