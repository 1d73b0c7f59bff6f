"""Reference trajectories in any number of digits, slowly, by Gragg's extrapolation of the midpoint rule.

Source: Hairer, Norsett, Wanner, "Solving Ordinary Differential Equations I", section II.9.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np
from mpmath import mpf

from odekit.errors import InputError
from odekit.solvers.compiler import compile
from odekit.solvers.problem import Problem, Solution, Status

__all__ = ["DIGITS", "follow_precisely"]

Vector = list[Any]

# Enough that the error stays below a float's rounding even where a flow amplifies it a lot.
DIGITS = 40

# Digits that the arithmetic within a step may lose to rounding.
_GUARD_DIGITS = 5


@dataclass(frozen=True)
class _Flow:
    """Derivative of one trajectory, and how exactly it shall be followed."""

    rhs: Callable[..., None]
    parameters: Vector
    tolerance: Any
    columns: int

    def derivative(self, t: Any, y: Vector) -> Vector:
        out: Vector = [mpf(0)] * len(y)
        self.rhs(t, y, self.parameters, out)
        return out


def follow_precisely(problem: Problem, dps: int = DIGITS) -> Solution:
    """Solves a problem with ``dps`` decimal digits, one trajectory after the other.

    The error of each step, relative to the largest state, stays below ``10**(5 - dps)``, which is below every
    tolerance that float64 allows; results are rounded to float64 at the end. Floats are taken as exactly what
    they are. First step sizes and step cap are the problem's.

    Parameters
    ----------
    problem: without events and dense output.
    dps: decimal digits, 20 to 1000.

    Raises
    ------
    InputError: the digits are out of range.
    """
    if not 20 <= dps <= 1000:
        raise InputError("the number of digits is out of range", expected="20 to 1000", received=f"{dps}")
    compiled, given, batch = compile(problem.system, "mpmath"), problem.inputs, problem.batch
    y = np.full((len(given.times), len(compiled.states), batch), np.nan)
    status, steps = np.zeros(batch, dtype=np.int8), np.zeros(batch, dtype=np.int64)
    with mpmath.workdps(dps):
        tolerance = mpf(10) ** (_GUARD_DIGITS - dps)
        for column in range(batch):
            flow = _Flow(compiled.rhs, _mpfs(given.p[:, column]), tolerance, dps // 3 + 4)
            start, times = _mpfs(given.y0[:, column]), _mpfs(given.times[:, column])
            first = float(problem.h0[column])
            states, status[column], steps[column] = _trajectory(
                flow, start, times, problem.max_steps, None if np.isnan(first) else mpf(first)
            )
            for row, state in enumerate(states):
                y[row, :, column] = [float(value) for value in state]
    reached = np.where(np.isfinite(y).all(axis=1), given.times, 0.0).max(axis=0)
    precision = np.full(batch, float(np.finfo(np.float64).eps))
    parts = (given.times, y, status, compiled.states, reached, steps, precision)
    return Solution(*parts, method="mpmath", backend="mpmath")


def _mpfs(values: Sequence[Any] | np.ndarray[Any, Any]) -> Vector:
    return [mpf(float(value)) for value in values]


def _trajectory(
    flow: _Flow, y: Vector, times: Vector, max_steps: int, h: Any
) -> tuple[list[Vector], Status, int]:
    t, steps = mpf(0), 0
    reached: list[Vector] = []
    if not _is_finite(y):
        return reached, Status.not_finite, steps
    for end in times:
        while t < end:
            if steps == max_steps:
                return reached, Status.max_steps, steps
            h = _first_step(flow, y, end) if h is None else h
            step = min(h, end - t)
            y_new, error = _extrapolate(flow, t, y, step)
            steps += 1
            accepted = error <= 1
            if accepted:
                t, y = (end if step == end - t else t + step), y_new
            h = max(h, _resized(step, error, flow)) if accepted and step < h else _resized(step, error, flow)
            if h < mpmath.eps * end:
                return reached, Status.step_too_small, steps
        reached.append(y)
    return reached, Status.success, steps


def _first_step(flow: _Flow, y: Vector, end: Any) -> Any:
    speed = max(map(abs, flow.derivative(mpf(0), y)))
    size = max(map(abs, y))
    return min(end, size / speed / 4) if speed and size else end / 100


def _resized(h: Any, error: Any, flow: _Flow) -> Any:
    if not mpmath.isfinite(error):
        return h / 10
    factor = mpf("0.8") * (error + mpf(10) ** -20) ** (mpf(-1) / (2 * flow.columns - 1))
    return h * min(max(factor, mpf("0.1")), 4)


def _extrapolate(flow: _Flow, t: Any, y: Vector, h: Any) -> tuple[Vector, Any]:
    """End of a step and its error in units of the tolerance (infinite where it isn't finite)."""
    try:
        row: list[Vector] = []
        for column in range(1, flow.columns + 1):
            row = _next_row(_midpoint(flow, t, y, h, 2 * column), row)
        best, second = row[-1], row[-2]
    except (ArithmeticError, ValueError):
        return y, mpmath.inf
    size = max(map(abs, [*y, *best]))
    error = max(abs(a - b) for a, b in zip(best, second, strict=True))
    finite = _is_finite(best) and mpmath.isfinite(error)
    return best, (error / (flow.tolerance * size) if size else mpf(0)) if finite else mpmath.inf


def _next_row(newest: Vector, previous: list[Vector]) -> list[Vector]:
    row, count = [newest], len(previous) + 1
    for order, older in enumerate(previous, start=1):
        ratio = (mpf(count) / (count - order)) ** 2 - 1
        row.append([a + (a - b) / ratio for a, b in zip(row[-1], older, strict=True)])
    return row


def _midpoint(flow: _Flow, t: Any, y: Vector, h: Any, count: int) -> Vector:
    part = h / count
    before = y
    now = [a + part * b for a, b in zip(y, flow.derivative(t, y), strict=True)]
    for step in range(1, count):
        slope = flow.derivative(t + step * part, now)
        before, now = now, [a + 2 * part * b for a, b in zip(before, slope, strict=True)]
    return now


def _is_finite(y: Vector) -> bool:
    return all(mpmath.isfinite(value) for value in y)
