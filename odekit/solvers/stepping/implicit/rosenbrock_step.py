"""A step of the Rosenbrock method Rodas5P for a whole block of trajectories, in NumPy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from odekit.arrays import FloatArray
from odekit.solvers.codegen import Linearisation
from odekit.solvers.problem import Interpolant
from odekit.solvers.stepping.attempt import Attempt
from odekit.solvers.stepping.implicit.linear_systems import Solver, factoriser
from odekit.solvers.stepping.implicit.rosenbrock import RODAS5P
from odekit.solvers.stepping.lanes import Lanes
from odekit.solvers.stepping.stages import RightHandSide
from odekit.solvers.stepping.step_size_control import CONTROL, next_step, root_mean_square

__all__ = ["take_rosenbrock_step"]

# The rows of a and C of each stage, side by side.
_WEIGHTS = tuple(np.stack([RODAS5P.points[i, :i], RODAS5P.couplings[i, :i]]) for i in range(RODAS5P.stages))
_DENSE, _DENSE_LAST = RODAS5P.dense[:, :-1], RODAS5P.dense[:, -1, None, None]


def take_rosenbrock_step(rhs: RightHandSide, known: Linearisation, lanes: Lanes) -> Attempt:
    """One step of every lane with Rodas5P.

    Its error is the larger of two root mean squares over the states, each divided by
    ``atol + rtol max(|y|, |y_new|)``: of the last stage, which is the difference to the embedded method of
    order 4, and of the interpolant's defect in the middle of the step, ``(I/(h gamma) - J)^-1 (f - y')``.
    Where a flow is very stiff the first one vanishes whatever happens within the step.

    Source: as for `RODAS5P`.
    """
    left = lanes.goal - lanes.t
    lands = lanes.h >= left
    step = _begun(rhs, known, lanes, np.where(lands, left, lanes.h))
    stages, y = step.taken()
    inside = _interpolant(lanes, step.h, stages, y)
    scale = np.maximum(np.maximum(np.abs(lanes.y), np.abs(y)) * lanes.rtol + lanes.atol, CONTROL.tiny)
    error = np.maximum(
        root_mean_square(stages[-1] / scale), root_mean_square(step.defect(inside.coefficients) / scale)
    )
    finite = np.isfinite(error) & np.isfinite(np.add.reduce(y, axis=0))
    return Attempt(
        t=np.where(lands, lanes.goal, lanes.t + step.h),
        y=y,
        f=lanes.f.copy(),
        error=error,
        finite=finite,
        accepted=finite & (error <= 1.0),
        lands=lands,
        h=next_step(step.h, np.where(finite, error, np.inf), lanes.rejected, RODAS5P.order),
        inside=inside.only,
    )


@dataclass(frozen=True, eq=False)
class _Step:
    """What is known at the beginning of a step of all lanes, of length h: f, df/dt and a solver."""

    rhs: RightHandSide
    lanes: Lanes
    h: FloatArray
    f: FloatArray
    drift: FloatArray | None
    solve: Solver

    def taken(self) -> tuple[FloatArray, FloatArray]:
        """The U, (stage, state, lane), and y at the end of the step."""
        stages, point, wanted = np.empty((RODAS5P.stages, *self.f.shape)), self.lanes.y, self.f
        for i in range(RODAS5P.stages):
            if i:
                shift, coupling = _sums(_WEIGHTS[i], stages[:i])
                point = self.lanes.y + shift
                wanted = self._ask(RODAS5P.nodes[i], point)
                wanted += coupling / self.h
            if self.drift is not None:
                wanted = wanted + (RODAS5P.drift[i] * self.h) * self.drift
            stages[i] = self.solve(wanted)
        return stages, point + stages[-1]

    def defect(self, coefficients: FloatArray) -> FloatArray:
        """How far the interpolant is from the solution in the middle, as one linear system tells."""
        rise, first, second, third = coefficients
        middle = self.lanes.y + 0.5 * (rise + 0.5 * (first + 0.5 * (second + 0.5 * third)))
        return self.solve(self._ask(0.5, middle) - (rise + 0.25 * second) / self.h)

    def _ask(self, share: float, y: FloatArray) -> FloatArray:
        """The right-hand side at a share of the step, on this side of both breakpoints."""
        low, high = self.lanes.window
        f = np.empty_like(y)
        t = self.lanes.t + share * self.h
        self.rhs(np.minimum(np.maximum(t, low), high), y, self.lanes.p, f)
        return f


def _begun(rhs: RightHandSide, known: Linearisation, lanes: Lanes, h: FloatArray) -> _Step:
    evaluate, rhs = (_one_by_one(f) if known.is_large else f for f in (known.evaluate, rhs))
    low, high = lanes.window
    values = np.empty((known.height, len(h)))
    evaluate(np.minimum(np.maximum(lanes.t, low), high), lanes.y, lanes.p, values)
    f, entries, drift = np.split(values, (known.states, known.states + len(known.rows)))
    solve = factoriser(known)(1.0 / (RODAS5P.gamma * h), entries)
    return _Step(rhs, lanes, h, f, drift if known.holds_time else None, solve)


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


def _interpolant(lanes: Lanes, h: FloatArray, stages: FloatArray, y: FloatArray) -> Interpolant:
    """With factors x and 1 - x in turn, ``K_1 + x (K_2 + x K_3)`` is ``K_1 + x (K_2 + K_3 - (1-x) K_3)``."""
    # NumPy adds eight numbers that stand in a row in another order than eight rows.
    first, second, third = _sums(_DENSE, stages[:-1]) + _DENSE_LAST * stages[-1]
    coefficients = np.stack([y - lanes.y, first, second + third, -third])
    return Interpolant(lanes.t, h, lanes.y, coefficients)
