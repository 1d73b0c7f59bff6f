"""One trajectory of stiff flows at rtol 1e-8: Rodas5P by name and by "auto", SciPy's BDF and Radau.

SciPy gets the compiled right-hand side of the same system, `System.function`, and of the heat equation the
pattern of its Jacobian. The first call, which compiles, is timed apart. A heat equation is read from
one line for all its points; the seconds that this takes are among the facts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import attention
import numpy as np
from harness import Row, Settings, measure, say
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.sparse import coo_matrix

import odekit
from odekit.solvers import Solution, compile, solve
from odekit.solvers.codegen import formulas_of, linearisation_of

__all__ = ["ATTENTION", "NAME", "OURS", "PEERS", "rows"]

FloatArray = NDArray[np.float64]

NAME = "stiff"
ATTENTION = "attention"
OURS = ("odekit, rodas5p", "odekit, auto")
PEERS = ("scipy BDF", "scipy Radau")
RTOL, TIGHT = 1e-8, 1e-12
_POINTS, _QUICK_POINTS = (100, 1_000, 10_000), (100, 1_000)


@dataclass(frozen=True, eq=False)
class Flow:
    """A stiff flow from one start.

    Parameters
    ----------
    system: without parameters.
    y0: (state,) float64.
    end: time at which the error is measured.
    reference: (state,) float64, where it truly ends; None where Radau at rtol 1e-12 has to tell.
    atol: the absolute tolerance.
    reading: seconds that it took to read the equations, where that was timed.
    """

    system: Any
    y0: FloatArray
    end: float
    reference: FloatArray | None = None
    atol: float = 1e-11
    reading: float | None = None


def rows(settings: Settings) -> Iterator[Row]:
    """Rows, as they are measured."""
    most, budget = settings.repeats
    for name, flow in _flows(settings).items():
        reference = _by_scipy(flow, "Radau", TIGHT)[1] if flow.reference is None else flow.reference
        for who, follow in _contenders(flow).items():
            (steps, end), timing = measure(follow, most, budget)
            error = float(np.abs(end - reference).max() / np.abs(reference).max())
            yield say(Row(NAME, who, name, 1, 1, timing, error, _facts(flow, steps)))


def _facts(flow: Flow, steps: int) -> dict[str, Any]:
    facts: dict[str, Any] = {"steps": steps, "states": len(flow.y0)}
    return facts if flow.reading is None else facts | {"reading_seconds": flow.reading}


def _contenders(flow: Flow) -> dict[str, Callable[[], tuple[int, FloatArray]]]:
    ours = {f"odekit, {method}": partial(_by_odekit, flow, method) for method in ("rodas5p", "auto")}
    return ours | {f"scipy {method}": partial(_by_scipy, flow, method, RTOL) for method in ("BDF", "Radau")}


def _by_odekit(flow: Flow, method: str) -> tuple[int, FloatArray]:
    solved: Solution = solve(flow.system, flow.y0, flow.end, method=method, rtol=RTOL, atol=flow.atol)
    return int(solved.steps[0]), solved.y[-1, :, 0]


def _by_scipy(flow: Flow, method: str, rtol: float) -> tuple[int, FloatArray]:
    count = len(flow.y0)
    field = _field(flow.system, count)
    pattern = None
    if count > 64:
        known = linearisation_of(formulas_of(flow.system))
        ones = np.ones(len(known.rows))
        pattern = coo_matrix((ones, (known.rows, known.columns)), shape=(count, count))
    solved = solve_ivp(
        field,
        (0.0, flow.end),
        flow.y0,
        method,
        rtol=rtol,
        atol=flow.atol * rtol / RTOL,
        jac_sparsity=pattern,
        t_eval=[flow.end],
    )
    return solved.nlu, solved.y[:, -1]


def _field(system: Any, count: int) -> Callable[[float, FloatArray], FloatArray]:
    """As SciPy calls it; of a large system the code for arrays."""
    if count <= 64:
        f = system.function()
        return lambda t, y: f(t, y, ())
    rhs = compile(system).rhs

    def field(t: float, y: FloatArray) -> FloatArray:
        out = np.empty_like(y)
        rhs(t, y, np.zeros(0), out)
        return out

    return field


def _flows(settings: Settings) -> dict[str, Flow]:
    """The flows by name."""
    oscillator = odekit.system({"x": "v", "v": "1000*(1 - x**2)*v - x"})
    relaxation = odekit.system({"x": "-1e6*(x - cos(t))"})
    rate = 1e6
    relaxed = rate * (rate * np.cos(10.0) + np.sin(10.0)) / (1 + rate**2)
    return {
        ATTENTION: Flow(attention.flow(), attention.START, attention.END, None, 3e-12),
        "van der Pol": Flow(oscillator, np.array([2.0, 0.0]), 1614.29),
        "Robertson": _robertson(),
        "relaxation": Flow(relaxation, np.array([0.0]), 10.0, np.array([relaxed])),
        **{f"heat equation, {n:,}": _heat(n) for n in (_QUICK_POINTS if settings.quick else _POINTS)},
    }


def _robertson() -> Flow:
    """To t = 1e11, with the values of the Test Set for Initial Value Problem Solvers, release 2.4."""
    system = odekit.system({"a": "-a/25 + 1e4*b*c", "b": "a/25 - 1e4*b*c - 3e7*b**2", "c": "3e7*b**2"})
    published = np.array([0.2083340149701255e-07, 0.8333360770334713e-13, 0.9999999791665050])
    return Flow(system, np.array([1.0, 0.0, 0.0]), 1e11, published, 1e-14)


def _heat(points: int) -> Flow:
    """u_t = u_xx on the interior points of a grid, from the first and the third mode, to t = 1/5."""
    ends = "u[1]' = k*(u[2] - 2*u[1]); u[n]' = k*(u[n-1] - 2*u[n])"
    inner = "u[i]' = k*(u[i-1] - 2*u[i] + u[i+1]) for i in 2..n-1"
    scale, start = (points + 1) ** 2, time.perf_counter()
    system = odekit.system(f"{ends}; {inner}", {"k": scale, "n": points})
    seconds = time.perf_counter() - start
    x = np.arange(1, points + 1) / (points + 1)
    modes = np.array([np.sin(np.pi * x), 0.5 * np.sin(3 * np.pi * x)])
    decay = np.exp(-0.8 * scale * np.sin(np.array([1, 3]) * np.pi / 2 / (points + 1)) ** 2)
    order = [int(state.name[1:]) - 1 for state in system.states]
    return Flow(system, modes.sum(axis=0)[order], 0.2, (decay @ modes)[order], reading=seconds)
