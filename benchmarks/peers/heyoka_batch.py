"""Heyoka's Taylor method in batch mode, a thread and integrators of its own for each core.

``ensemble_propagate_until_batch`` can't be used: it takes one end time for all, and copies the integrator for
each batch. Batches wider than the recommended one spend less time in Python; which width is fastest is
measured, on some of the trajectories, the first time that a tolerance is asked for.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np
from flows import Flow
from machine import cores
from numpy.typing import NDArray
from problem import RATE, Problem

__all__ = ["fastest", "follow", "integrate"]

FloatArray = NDArray[np.float64]

PROBE = 20_000
_fastest: dict[tuple[str, float], tuple[int, bool]] = {}


def integrate(problem: Problem, rtol: float) -> FloatArray:
    """End states (state, batch)."""
    width, wide = fastest(problem, rtol) if problem.size >= PROBE else (32, False)
    return follow(problem, rtol, width, wide=wide)


def fastest(problem: Problem, rtol: float) -> tuple[int, bool]:
    """Batch width, and whether to use the widest vectors of the processor."""
    key = (problem.flow.name, rtol)
    if key not in _fastest:
        probe = problem.first(PROBE)
        choices = [(width, wide) for width in (4, 8, 16, 32, 64) for wide in (False, True)]
        _fastest[key] = min(choices, key=lambda choice: _seconds(probe, rtol, *choice))
    return _fastest[key]


def follow(problem: Problem, rtol: float, width: int, *, wide: bool) -> FloatArray:
    """End states with batches of the given width."""
    threads = cores()
    parts = np.array_split(np.arange(problem.size), threads)
    integrators = [_integrator(problem.flow, rtol, width, wide, number) for number in range(threads)]
    with ThreadPoolExecutor(threads) as pool:
        found = pool.map(lambda part, each: _follow_part(problem, part, each), parts, integrators)
        return np.concatenate(list(found), axis=1)


def _follow_part(problem: Problem, part: NDArray[np.int64], integrator: Any) -> FloatArray:
    width, start, stop = integrator.batch_size, int(part[0]), int(part[-1]) + 1
    out, zeros = np.empty((len(problem.y0), len(part))), np.zeros(width)
    for first in range(start, stop, width):
        last = min(first + width, stop)
        lanes = (
            slice(first, last)
            if last - first == width
            else np.minimum(np.arange(first, first + width), last - 1)
        )
        integrator.set_time(zeros)
        integrator.state[:] = problem.y0[:, lanes]
        integrator.propagate_until(problem.end[lanes])
        out[:, first - start : last - start] = integrator.state[:, : last - first]
    return out


def _seconds(problem: Problem, rtol: float, width: int, wide: bool) -> float:
    times = []
    for _ in range(4):
        start = time.perf_counter()
        follow(problem, rtol, width, wide=wide)
        times.append(time.perf_counter() - start)
    return min(times[1:])


@cache
def _integrator(flow: Flow, rtol: float, width: int, wide: bool, number: int) -> Any:
    import heyoka

    states = heyoka.make_vars(*flow.states)
    equations = list(zip(states, flow.field(float(RATE), states, heyoka), strict=True))
    start = np.ones((len(states), width))
    return heyoka.taylor_adaptive_batch(equations, start, tol=rtol, force_avx512=wide)
