"""A proof by interval arithmetic that a system rests close to a point: Krawczyk's test.

The field f is completed by ``sum_j grad I_j (I_j(w) - I_j(w*))``. Since f keeps every I_j, a zero of the sum
is a zero of f on the same level, where it can be isolated although f itself has a whole family of zeros.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np
import sympy as sp

from odekit.arrays import FloatArray
from odekit.errors import InputError
from odekit.systems.algebra import INTERVALS, from_symbolic, smooth_jacobian

__all__ = ["Proof", "proof_of"]

# The smallest provable box is reported: smaller ones drown in rounding, larger ones say too little.
RADII = (1e-12, 1e-10, 1e-8)
WORST_CONDITION = 1e10


@dataclass(frozen=True)
class Proof:
    """A box around a point that holds exactly one point of rest of its level.

    Parameters
    ----------
    radius: half the box's width; 0 where the point is exact.
    spread: how much an entry of the field's Jacobian changes at most in a row of it, summed, over the box.
    """

    radius: float
    spread: float


def proof_of(
    field: Sequence[sp.Expr], kept: Sequence[sp.Expr], states: Sequence[sp.Symbol], point: FloatArray
) -> Proof | None:
    """The smallest box that is proved; None where none is.

    With C the approximate inverse of the completed field's Jacobian, a box X of centre y holds exactly one
    zero if ``y - C F(y) + (1 - C J(X))(X - y)`` lies inside X (Krawczyk 1969). Where a sign or a step jumps
    inside the box nothing is proved.

    Parameters
    ----------
    field: the velocities, in the states alone.
    kept: functions that the flow keeps at every level.
    point: (state,), close to a point of rest. A kept function's level is that of the point, rounded; those
        of a constraint are thereby held to rounding only.
    """
    place = {state: sp.Rational(float(value)) for state, value in zip(states, point, strict=True)}
    velocities = sp.Matrix(field)
    completed = velocities
    for function in kept:
        level = function.subs(place)
        completed += sp.Matrix([function.diff(state) for state in states]) * (function - level)
    jumps = [part.args[0] for part in completed.atoms(sp.sign, sp.Heaviside)]
    try:
        return _test(completed, smooth_jacobian(velocities, states), jumps, states, point)
    except (InputError, ZeroDivisionError, ValueError):
        return None


def _test(
    field: sp.Matrix,
    slopes: sp.Matrix,
    jumps: Sequence[sp.Expr],
    states: Sequence[sp.Symbol],
    point: FloatArray,
) -> Proof | None:
    iv, count = mpmath.iv, len(states)
    centre = {state.name: iv.mpf(float(value)) for state, value in zip(states, point, strict=True)}
    jacobian = smooth_jacobian(field, states)
    middle = _intervals(jacobian, centre)
    approximate = np.array([[float(entry.mid) for entry in row] for row in middle])
    if not np.isfinite(approximate).all() or np.linalg.cond(approximate) > WORST_CONDITION:
        return None
    inverse = np.linalg.inv(approximate)
    value = _intervals(field, centre)
    newton = [
        -sum((float(inverse[i, j]) * value[j][0] for j in range(count)), iv.mpf(0)) for i in range(count)
    ]
    for radius in RADII:
        box = {name: value + iv.mpf([-radius, radius]) for name, value in centre.items()}
        if any(0 in entry for (entry,) in _intervals(sp.Matrix(jumps), box)):
            return None
        rows = _intervals(jacobian, box)
        if all(_stays(i, inverse, newton[i], rows, radius) for i in range(count)):
            widths = _intervals(slopes, box)
            return Proof(radius, max(sum(float(entry.delta) for entry in row) for row in widths))
    return None


def _stays(row: int, inverse: FloatArray, newton: Any, slopes: list[list[Any]], radius: float) -> bool:
    """Whether one component of Krawczyk's image lies inside the box."""
    iv, count = mpmath.iv, len(slopes)
    total = newton
    for column in range(count):
        product = sum((float(inverse[row, j]) * slopes[j][column] for j in range(count)), iv.mpf(0))
        total = total + ((1 if row == column else 0) - product) * iv.mpf([-radius, radius])
    return bool(abs(total).b < radius)


def _intervals(matrix: sp.Matrix, values: Mapping[str, Any]) -> list[list[Any]]:
    """Intervals that hold the entries' values."""
    return [
        [from_symbolic(matrix[i, j]).fold(INTERVALS, values.__getitem__) for j in range(matrix.cols)]
        for i in range(matrix.rows)
    ]
