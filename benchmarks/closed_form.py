"""The closed form: the blow-up time of each trajectory, and its state at one time.

Its error is that of rounding, whatever is asked; who integrates to the same time is in `polynomial`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from contenders import system
from flows import POLYNOMIAL
from harness import Row, Settings, measure, say
from numpy.typing import NDArray
from polynomial import sizes
from problem import RATE, Problem, make_problem

from odekit.solvers import blow_up_time, exact_modes, solve
from odekit.solvers.exact.blow_up_time import exact_orbit

__all__ = ["NAME", "rows"]

FloatArray = NDArray[np.float64]

NAME = "closed form"


def rows(settings: Settings) -> Iterator[Row]:
    """Rows, as they are measured."""
    problem = make_problem(POLYNOMIAL, sizes(settings)[-1], settings.checked, settings.seed)
    ways: dict[str, Callable[[Problem, FloatArray], FloatArray]] = {
        "odekit, exact_orbit": _by_orbit,
        "odekit, T* and solve": _by_solve,
        "odekit, T* and exact_modes": _by_modes,
    }
    for name, way in ways.items():
        for size in sizes(settings):
            part = problem.first(size)
            y, timing = measure(partial(way, part, _magnitudes(part)), *settings.repeats)
            yield say(Row(NAME, name, "T* and one time", size, size, timing, part.error(y)))


def _magnitudes(problem: Problem) -> FloatArray:
    """alpha, beta and D of the starts."""
    x, X, Y = problem.y0
    return np.array([np.sqrt(x), np.hypot(X, Y), np.arctan2(Y, X)])


def _by_orbit(problem: Problem, magnitudes: FloatArray) -> FloatArray:
    """T*, magnitudes and phase difference, in one call."""
    alpha, beta, D = magnitudes
    _, alpha, beta, D = exact_orbit(alpha, beta, D, RATE, problem.end)
    return _invariants(alpha, beta, D)


def _by_solve(problem: Problem, magnitudes: FloatArray) -> FloatArray:
    """States x, X, Y through the front door."""
    alpha, beta, D = magnitudes
    blow_up_time(alpha, beta, D, RATE)
    end: FloatArray = solve(system(POLYNOMIAL), problem.y0, problem.end[None], method="exact").y[-1]
    return end


def _by_modes(problem: Problem, magnitudes: FloatArray) -> FloatArray:
    """Magnitudes and both phases, more than the peers compute."""
    alpha, beta, D = magnitudes
    blow_up_time(alpha, beta, D, RATE)
    alpha, phi, beta, psi = exact_modes(alpha, 0.0, beta, -D, RATE, problem.end)
    return _invariants(alpha, beta, 2.0 * phi - psi)


def _invariants(alpha: FloatArray, beta: FloatArray, D: FloatArray) -> FloatArray:
    return np.array([alpha**2, beta * np.cos(D), beta * np.sin(D)])
