"""Batch integrators of others, where they are installed: the same flow, the same starts, the same end times.

Each peer is a function from starts (state, batch), end times (batch,) and a tolerance to end states. What it
compiles, it keeps for the next call, so that a first call and the steady state can be timed apart.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["PEERS", "installed"]

Array = NDArray[np.float64]
Peer = Callable[[Array, Array, float, float], Array]


def by_heyoka(y0: Array, end: Array, rate: float, rtol: float) -> Array:
    """Heyoka's Taylor method in batch mode, as many trajectories at once as the processor's vectors hold."""
    threads = os.cpu_count() or 1
    parts = np.array_split(np.arange(len(end)), threads)

    def follow(part: NDArray[np.int64], integrator: Any) -> Array:
        width, out = integrator.batch_size, np.empty((3, len(part)))
        for first in range(0, len(part), width):
            lanes = part[np.minimum(np.arange(first, first + width), len(part) - 1)]
            integrator.set_time(np.zeros(width))
            integrator.state[:] = y0[:, lanes]
            integrator.propagate_until(end[lanes])
            count = min(width, len(part) - first)
            out[:, first : first + count] = integrator.state[:, :count]
        return out

    with ThreadPoolExecutor(threads) as pool:
        integrators = [_heyoka_integrator(rate, rtol, number) for number in range(threads)]
        return np.concatenate(list(pool.map(follow, parts, integrators)), axis=1)


@cache
def _heyoka_integrator(rate: float, rtol: float, number: int) -> Any:
    import heyoka

    x, X, Y = heyoka.make_vars("x", "X", "Y")
    field = [(x, 4 * rate * x * X), (X, rate * (x + 4 * Y * Y)), (Y, -4 * rate * X * Y)]
    return heyoka.taylor_adaptive_batch(field, np.zeros((3, heyoka.recommended_simd_size())), tol=rtol)


def by_diffrax(y0: Array, end: Array, rate: float, rtol: float) -> Array:
    """Diffrax's Dopri8 under vmap and jit, in double precision."""
    atol = 1e-3 * rtol * np.abs(y0).max(axis=0)
    return np.asarray(_diffrax_solver(rate, rtol)(y0.T, end, atol)).T


@cache
def _diffrax_solver(rate: float, rtol: float) -> Any:
    import diffrax
    import jax

    jax.config.update("jax_enable_x64", True)

    def field(t: Any, y: Any, arguments: Any) -> Any:
        x, X, Y = y
        return jax.numpy.stack([4 * rate * x * X, rate * (x + 4 * Y * Y), -4 * rate * X * Y])

    def follow(start: Any, end: Any, atol: Any) -> Any:
        control = diffrax.PIDController(rtol=rtol, atol=atol)
        term, method = diffrax.ODETerm(field), diffrax.Dopri8()
        return diffrax.diffeqsolve(term, method, 0.0, end, None, start, stepsize_controller=control).ys[-1]

    return jax.jit(jax.vmap(follow))


PEERS: dict[str, Peer] = {"heyoka": by_heyoka, "diffrax": by_diffrax}


def installed() -> dict[str, Peer]:
    """The peers that can be imported here."""
    return {name: peer for name, peer in PEERS.items() if find_spec(name)}
