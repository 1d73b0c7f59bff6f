"""Reference trajectories in any number of digits, slowly, by Gragg's extrapolation of the midpoint rule.

Source: Hairer, Norsett, Wanner, "Solving Ordinary Differential Equations I", section II.9.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import mpmath
import numpy as np
from mpmath import mpf

from odekit.errors import InputError
from odekit.solvers.compiler import compile
from odekit.solvers.moments import breakpoints
from odekit.solvers.problem import Problem, Solution, Status
from odekit.solvers.stepping import CONTROL

__all__ = ["DIGITS", "follow_precisely"]

Vector = list[Any]

# Enough that the error stays below a float's rounding even where a flow amplifies it a lot.
DIGITS = 40

# Digits that the arithmetic within a step may lose to rounding.
_GUARD_DIGITS = 5


@dataclass(frozen=True)
class _Flow:
    """Derivative of one trajectory between the times low and high, and how exactly it shall be followed."""

    rhs: Callable[..., None]
    parameters: Vector
    tolerance: Any
    columns: int
    low: Any = -mpmath.inf
    high: Any = mpmath.inf

    def derivative(self, t: Any, y: Vector) -> Vector:
        out: Vector = [mpf(0)] * len(y)
        self.rhs(min(max(t, self.low), self.high), y, self.parameters, out)
        return out


@dataclass(frozen=True)
class _Limits:
    """What bounds the steps of one trajectory: how many, how long, and where they have to end."""

    max_steps: int
    max_step: Any
    stops: Vector


def follow_precisely(problem: Problem, dps: int = DIGITS) -> Solution:
    """Solves a problem with ``dps`` decimal digits, one trajectory after the other.

    The error of each step, relative to the largest state, stays below ``10**(5 - dps)``, which is below every
    tolerance that float64 allows; results are rounded to float64 at the end. Floats are taken as exactly what
    they are. First and longest step sizes and step cap are
    the problem's.

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
    stops = breakpoints(problem)
    status, steps = np.zeros(batch, dtype=np.int8), np.zeros(batch, dtype=np.int64)
    columns = dps // 3 + 4
    with mpmath.workdps(dps + _digits_lost(columns)):
        tolerance = mpf(10) ** (_GUARD_DIGITS - dps)
        for column in range(batch):
            flow = _Flow(compiled.rhs, _mpfs(given.p[:, column]), tolerance, columns)
            start, times = _mpfs(given.y0[:, column]), _mpfs(given.times[:, column])
            first = float(problem.h0[column])
            limits = _Limits(
                problem.max_steps,
                mpf(float(problem.max_step[column])),
                _mpfs(stops[:, min(column, stops.shape[1] - 1)]),
            )
            states, status[column], steps[column] = _trajectory(
                flow, start, times, limits, None if np.isnan(first) else mpf(first)
            )
            for row, state in enumerate(states):
                y[row, :, column] = [float(value) for value in state]
    reached = np.where(np.isfinite(y).all(axis=1), given.times, 0.0).max(axis=0)
    precision = np.full(batch, float(np.finfo(np.float64).eps))
    parts = (given.times, y, status, compiled.states, reached, steps, precision)
    return Solution(*parts, method="mpmath", backend="mpmath")


def _digits_lost(columns: int) -> int:
    """Digits that extrapolation loses to rounding, which a step's error would else never fall below.

    The j-th of k columns has the weight ``2 j^2k / ((k - j)! (k + j)!)``, with alternating signs.

    >>> _digits_lost(17)
    6
    """
    weights = (
        2 * mpf(j) ** (2 * columns) / mpmath.factorial(columns - j) / mpmath.factorial(columns + j)
        for j in range(1, columns + 1)
    )
    return int(mpmath.ceil(mpmath.log10(mpmath.fsum(weights))))


def _mpfs(values: Sequence[Any] | np.ndarray[Any, Any]) -> Vector:
    return [mpf(float(value)) for value in values]


def _trajectory(
    flow: _Flow, y: Vector, times: Vector, limits: _Limits, h: Any
) -> tuple[list[Vector], Status, int]:
    t, steps = mpf(0), 0
    flow, stops = _next_part(flow, t, limits.stops, times[-1])
    reached: list[Vector] = []
    if not _is_finite(y):
        return reached, Status.not_finite, steps
    for end in times:
        while t < end:
            if steps == limits.max_steps:
                return reached, Status.max_steps, steps
            if stops and t >= stops[0]:
                flow, stops = _next_part(flow, t, stops, times[-1])
            goal = min(end, stops[0]) if stops else end
            h = _first_step(flow, y, goal) if h is None else h
            h = min(h, limits.max_step)
            step = min(h, goal - t)
            y_new, error = _extrapolate(flow, t, y, step)
            steps += 1
            accepted = error <= 1
            if accepted:
                t, y = (goal if step == goal - t else t + step), y_new
            h = max(h, _resized(step, error, flow)) if accepted and step < h else _resized(step, error, flow)
            if h < mpmath.eps * end:
                return reached, Status.step_too_small, steps
        reached.append(y)
    return reached, Status.success, steps


def _next_part(flow: _Flow, t: Any, stops: Vector, end: Any) -> tuple[_Flow, Vector]:
    """The flow between the breakpoints next to t, and those that come after t."""
    passed, ahead = [stop for stop in stops if stop <= t], [stop for stop in stops if stop > t]
    gap, least = mpf(CONTROL.gap), CONTROL.least_gap * end
    low = passed[-1] * (1 + gap) + least if passed else -mpmath.inf
    high = ahead[0] * (1 - gap) - least if ahead else mpmath.inf
    return replace(flow, low=low, high=high), ahead


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
