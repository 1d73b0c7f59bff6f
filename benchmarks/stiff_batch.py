"""Many trajectories of a stiff flow, the averaged attention flow to t = 2e4: Rodas5P in lanes, and others.

Kvaerno5 gets the tolerance at which it is about as exact as Rodas5P at 1e-8; each row carries its error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial

import attention
import numpy as np
from harness import Row, Settings, measure, say
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

import odekit
from odekit.solvers import compile, solve

__all__ = ["KVAERNO", "NAME", "NUMBA", "rows"]

FloatArray = NDArray[np.float64]

NAME = "stiff batch"
NUMBA, NUMPY, RADAU, KVAERNO = (
    "odekit, rodas5p, numba",
    "odekit, rodas5p, numpy",
    "scipy Radau, loop",
    "diffrax Kvaerno5",
)
RTOL, KVAERNO_RTOL, TIGHT = 1e-8, 1e-7, 1e-12
_CASE = "attention"
_BATCH, _QUICK_BATCH = 100_000, 2_000


def rows(settings: Settings) -> Iterator[Row]:
    """Rows, as they are measured; Kvaerno5's only where diffrax is installed."""
    batch = _QUICK_BATCH if settings.quick else _BATCH
    y0 = attention.starts(batch, settings.seed)
    exact = solve(attention.flow(), y0[:, : settings.checked], attention.END, method="rodas5p", rtol=TIGHT)
    most, budget = settings.repeats
    for name, (sample, follow) in _contenders(settings).items():
        taken = min(sample, batch)
        try:
            found, timing = measure(partial(follow, y0[:, :taken]), most, budget)
        except ImportError:
            continue
        checked = min(taken, settings.checked)
        wanted = exact.y[-1, :, :checked]
        gap = np.abs(found[:, :checked] - wanted).max(axis=0)
        error = float((gap / np.abs(wanted).max(axis=0)).max())
        yield say(Row(NAME, name, _CASE, batch, taken, timing, error))


def _contenders(settings: Settings) -> dict[str, tuple[int, Callable[[FloatArray], FloatArray]]]:
    """For each name, on how many trajectories it is timed, and how it follows them."""
    return {
        NUMBA: (_BATCH, partial(_by_odekit, "numba")),
        NUMPY: (500 if settings.quick else 4_096, partial(_by_odekit, "numpy")),
        KVAERNO: (50 if settings.quick else 1_000, _by_diffrax),
        RADAU: (5 if settings.quick else 20, _by_radau),
    }


def _by_odekit(backend: str, y0: FloatArray) -> FloatArray:
    compiled = _compiled(backend)
    return solve(compiled, y0, attention.END, rtol=RTOL, atol=3e-4 * RTOL).y[-1]


@cache
def _compiled(backend: str) -> odekit.CompiledSystem:
    return compile(attention.flow(), backend, "rodas5p")


def _by_diffrax(y0: FloatArray) -> FloatArray:
    from peers.diffrax_stiff import integrate

    return integrate(attention.loss, y0, attention.END, KVAERNO_RTOL)


def _by_radau(y0: FloatArray) -> FloatArray:
    f = attention.flow().function()
    ends = [
        solve_ivp(lambda t, y: f(t, y, ()), (0, attention.END), start, "Radau", rtol=RTOL, atol=3e-4 * RTOL)
        for start in y0.T
    ]
    return np.array([end.y[:, -1] for end in ends]).T
