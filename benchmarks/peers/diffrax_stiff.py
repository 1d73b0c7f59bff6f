"""Diffrax's Kvaerno5 under vmap and jit on the averaged attention flow, in double precision.

JAX differentiates the same loss, once for the flow and once more for the Jacobian of the implicit stages.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["integrate"]


def integrate(loss: Any, y0: NDArray[np.float64], end: float, rtol: float) -> NDArray[np.float64]:
    """End states (state, batch) of the descent of a loss ``loss(y, numpy)``."""
    atol = 3e-4 * rtol
    return np.asarray(_solver(loss, end)(y0.T, rtol, atol)).T


@cache
def _solver(loss: Any, end: float) -> Any:
    import diffrax
    import jax

    jax.config.update("jax_enable_x64", True)

    def field(t: Any, y: Any, arguments: Any) -> Any:
        return -jax.grad(lambda point: loss(point, jax.numpy))(y)

    def follow(start: Any, rtol: Any, atol: Any) -> Any:
        control = diffrax.PIDController(rtol=rtol, atol=atol)
        term, method = diffrax.ODETerm(field), diffrax.Kvaerno5()
        return diffrax.diffeqsolve(
            term, method, 0.0, end, None, start, stepsize_controller=control, max_steps=100_000
        ).ys[-1]

    return jax.jit(jax.vmap(follow, in_axes=(0, None, None)))
