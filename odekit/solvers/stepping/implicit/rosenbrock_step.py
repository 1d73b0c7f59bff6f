"""A step of the Rosenbrock method Rodas5P for a whole block of trajectories, in NumPy."""

from __future__ import annotations

import numpy as np

from odekit.arrays import FloatArray, IntArray
from odekit.solvers.codegen import Linearisation
from odekit.solvers.problem import Interpolant
from odekit.solvers.stepping.attempt import Attempt
from odekit.solvers.stepping.implicit.linear_systems import factoriser
from odekit.solvers.stepping.implicit.rosenbrock import RODAS5P
from odekit.solvers.stepping.lanes import Lanes
from odekit.solvers.stepping.stages import RightHandSide
from odekit.solvers.stepping.step_size_control import CONTROL, next_step, root_mean_square

__all__ = ["take_rosenbrock_step"]

# The rows of a and C of each stage, side by side.
_WEIGHTS = tuple(np.stack([RODAS5P.points[i, :i], RODAS5P.couplings[i, :i]]) for i in range(RODAS5P.stages))


def take_rosenbrock_step(rhs: RightHandSide, known: Linearisation, lanes: Lanes) -> Attempt:
    """One step of every lane with Rodas5P.

    Its error is the root mean square over the states of the last stage, which is the difference to the
    embedded method of order 4, divided by ``atol + rtol max(|y|, |y_new|)``.

    Source: as for `RODAS5P`.
    """
    left = lanes.goal - lanes.t
    lands = lanes.h >= left
    h = np.where(lands, left, lanes.h)
    stages, y = _stages(rhs, known, lanes, h)
    scale = np.maximum(np.maximum(np.abs(lanes.y), np.abs(y)) * lanes.rtol + lanes.atol, CONTROL.tiny)
    error = root_mean_square(stages[-1] / scale)
    finite = np.isfinite(error) & np.isfinite(np.add.reduce(y, axis=0))
    return Attempt(
        t=np.where(lands, lanes.goal, lanes.t + h),
        y=y,
        f=lanes.f.copy(),
        error=error,
        finite=finite,
        accepted=finite & (error <= 1.0),
        lands=lands,
        h=next_step(h, np.where(finite, error, np.inf), lanes.rejected, RODAS5P.order),
        inside=lambda positions: _inside(lanes, h, stages, y, positions),
    )


def _stages(
    rhs: RightHandSide, known: Linearisation, lanes: Lanes, h: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """The U, (stage, state, lane), and y at the end of the step."""
    evaluate, rhs = (_one_by_one(f) if known.is_large else f for f in (known.evaluate, rhs))
    low, high = lanes.window
    values = np.empty((known.height, len(h)))
    evaluate(np.minimum(np.maximum(lanes.t, low), high), lanes.y, lanes.p, values)
    f, entries, drift = np.split(values, (known.states, known.states + len(known.rows)))
    solve = factoriser(known)(1.0 / (RODAS5P.gamma * h), entries)
    stages, point = np.empty((RODAS5P.stages, *f.shape)), lanes.y
    for i in range(RODAS5P.stages):
        wanted = f
        if i:
            shift, coupling = _sums(_WEIGHTS[i], stages[:i])
            point, wanted = lanes.y + shift, np.empty_like(f)
            t = lanes.t + RODAS5P.nodes[i] * h
            rhs(np.minimum(np.maximum(t, low), high), point, lanes.p, wanted)
            wanted += coupling / h
        if known.holds_time:
            wanted = wanted + (RODAS5P.drift[i] * h) * drift
        stages[i] = solve(wanted)
    return stages, point + stages[-1]


def _one_by_one(function: RightHandSide) -> RightHandSide:
    """The function, called with the numbers of each lane: of hundreds of states there are few lanes."""

    def each(t: FloatArray, y: FloatArray, p: FloatArray, out: FloatArray) -> None:
        for lane in range(len(t)):
            function(t[lane], y[:, lane], p[:, lane], out[:, lane])

    return each


def _sums(weights: FloatArray, stages: FloatArray) -> FloatArray:
    """Linear combinations of (stage, state, lane), one for each row of weights."""
    total: FloatArray = np.add.reduce(weights[:, :, None, None] * stages, axis=1)
    return total


def _inside(
    lanes: Lanes, h: FloatArray, stages: FloatArray, y: FloatArray, positions: IntArray
) -> Interpolant:
    """With factors x and 1 - x in turn, ``K_1 + x (K_2 + x K_3)`` is ``K_1 + x (K_2 + K_3 - (1-x) K_3)``."""
    start = lanes.y[:, positions]
    first, second, third = _sums(RODAS5P.dense, stages[:, :, positions])
    coefficients = np.stack([y[:, positions] - start, first, second + third, -third])
    return Interpolant(lanes.t[positions], h[positions], start, coefficients)
