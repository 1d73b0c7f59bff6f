"""A proof by interval arithmetic that a system rests close to a point: Krawczyk's test.

The field f is completed by ``sum_j grad I_j (I_j(w) - I_j(w*))``. Since f keeps every I_j, a zero of the sum
is a zero of f on the same level, where it can be isolated although f itself has a whole family of zeros.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import mpmath
import numpy as np
import sympy as sp

from odekit.arrays import FloatArray
from odekit.errors import InputError
from odekit.systems.algebra import INTERVALS, from_symbolic
from odekit.systems.system import System

__all__ = ["proved_radius"]

# The smallest provable box is reported: smaller ones drown in rounding, larger ones say too little.
RADII = (1e-12, 1e-10, 1e-8)


def proved_radius(system: System, kept: Sequence[sp.Expr], point: FloatArray) -> float:
    """Radius of a box around the point that holds exactly one point of rest of its level; infinite unproved.

    With C the approximate inverse of the completed field's Jacobian, a box X of centre y holds exactly one
    zero if ``y - C F(y) + (1 - C J(X))(X - y)`` lies inside X (Krawczyk 1969).

    Parameters
    ----------
    system: without parameters.
    kept: functions that the flow keeps at every level.
    point: (state,), close to a point of rest. A kept function's level is that of the point, rounded; those
        of a constraint are thereby held to rounding only.
    """
    states = list(system.states)
    place = {state: sp.Rational(float(value)) for state, value in zip(states, point, strict=True)}
    field = sp.Matrix(system.vector_field)
    for function in kept:
        level = function.subs(place)
        field += sp.Matrix([function.diff(state) for state in states]) * (function - level)
    jacobian = field.jacobian(states)
    try:
        return _test(field, jacobian, states, point)
    except (InputError, ZeroDivisionError, ValueError):
        return float("inf")


def _test(field: sp.Matrix, jacobian: sp.Matrix, states: Sequence[sp.Symbol], point: FloatArray) -> float:
    iv, count = mpmath.iv, len(states)
    centre = {state.name: iv.mpf(float(value)) for state, value in zip(states, point, strict=True)}
    middle = _intervals(jacobian, centre)
    approximate = np.array([[float(entry.mid) for entry in row] for row in middle])
    if np.linalg.cond(approximate) > 1e10:
        return float("inf")
    inverse = np.linalg.inv(approximate)
    value = _intervals(field, centre)
    newton = [
        -sum((float(inverse[i, j]) * value[j][0] for j in range(count)), iv.mpf(0)) for i in range(count)
    ]
    for radius in RADII:
        box = {name: value + iv.mpf([-radius, radius]) for name, value in centre.items()}
        slopes = _intervals(jacobian, box)
        if all(_stays(i, inverse, newton[i], slopes, radius) for i in range(count)):
            return radius
    return float("inf")


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
