"""Does a function jump where orbits pass? A derivative on both sides doesn't show it."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import mpmath
import numpy as np

from odekit.checking.flow import along, total
from odekit.checking.sampling.breakpoints import Break
from odekit.checking.sampling.evaluation import WORKING_DIGITS, measure, precise
from odekit.checking.sampling.points import Points
from odekit.expressions import Expression

__all__ = ["Continuity", "Jump", "find_jump"]

VISIBLE = (1e-2, 1e-5, 1e-8)  # relative distances from a break at which float64 tells the sides apart
WITHIN = mpmath.mpf(10) ** -45  # relative; to which the place of a break is narrowed down
# Digits of relative distances: a jump is the same at both of a pair, and what is steep enough counts as one.
DISTANCES = ((35, 25), (13, 10), (6, 4))
_CROSSED = 1e-9  # of the size of a speed, above its rounding
_SEEN = mpmath.mpf(10) ** -40  # relative; far above the rounding of 80 digits


@dataclass(frozen=True)
class Continuity:
    """A function whose derivatives alone are compared, so that it must not jump either.

    Parameters
    ----------
    function: of coordinates, parameters and t.
    velocities: along which orbits it must not jump; None where it must not jump at all.
    is_turn: whether full turns are no jump.
    """

    function: Expression
    velocities: Mapping[str, Expression] | None
    is_turn: bool = False


@dataclass(frozen=True)
class Jump:
    """A break at which a function jumps, with its values on both sides."""

    at: Break
    before: float
    after: float


def find_jump(continuity: Continuity, points: Points, units: Mapping[str, Expression]) -> Jump | None:
    """The first break at which the function jumps while orbits pass it; None where it never does."""
    for each in points.breaks:
        if each.variable in (*points.flow.order_names, *points.flow.constants):
            continue  # which is the same all along an orbit
        if _is_passed(continuity, each, points, units):
            found = _jump(continuity, each, points, units)
            if found is not None:
                return found
    return None


def _is_passed(continuity: Continuity, at: Break, points: Points, units: Mapping[str, Expression]) -> bool:
    if continuity.velocities is None:
        return True
    speed, size = measure(total(along(at.source, continuity.velocities)), _values(at.values, points, units))
    return bool(np.all(np.abs(speed) > _CROSSED * size))


def _values(
    raw: Mapping[str, float], points: Points, units: Mapping[str, Expression]
) -> Mapping[str, np.ndarray]:
    """All values in float64 at one point, as arrays of one."""
    one = Points(points.flow, {name: np.array([raw[name]]) for name in points.values}, points.conditions)
    return one.at({name: measure(tree, one.values)[0] for name, tree in units.items()})


def _jump(continuity: Continuity, at: Break, points: Points, units: Mapping[str, Expression]) -> Jump | None:
    size = abs(at.position) or 1.0
    for sign in (-1, 1):
        beside = (_values(at.at(at.position + sign * far * size), points, units) for far in VISIBLE)
        if not any(np.isfinite(measure(continuity.function, each)[0]).all() for each in beside):
            return None
    with mpmath.workdps(WORKING_DIGITS):
        place = _narrowed(at, points, units)
        for nearer, near in DISTANCES:
            values = [
                _value(continuity.function, points.precisely(at.at(place + sign * far * size), units))
                for sign, digits in ((-1, near), (-1, nearer), (1, nearer), (1, near))
                for far in (mpmath.mpf(10) ** -digits,)
            ]
            steps = [abs(_step(a, b, continuity.is_turn)) for a, b in pairwise(values)]
            if steps[1] > 2 * (steps[0] + steps[2]) and steps[1] > _SEEN * max(map(abs, values)):
                return Jump(at, float(values[1]), float(values[2]))
    return None


def _value(function: Expression, values: Mapping[str, Any]) -> Any:
    """A real value, or NaN."""
    try:
        value = precise(function, values)
    except ArithmeticError:
        return mpmath.nan
    return value if mpmath.isfinite(value) and not mpmath.im(value) else mpmath.nan


def _narrowed(at: Break, points: Points, units: Mapping[str, Expression]) -> Any:
    """The place of a break in many digits, by bisection from where float64 has it."""

    def sign(place: Any) -> Any:
        return mpmath.sign(precise(at.source, points.precisely(at.at(place), units)))

    size = mpmath.mpf(abs(at.position) or 1.0)
    low, high = (at.position + far * VISIBLE[-1] * size for far in (-1, 1))
    at_low = sign(low)
    if sign(high) == at_low:
        return mpmath.mpf(at.position)
    while high - low > WITHIN * size:
        middle = (low + high) / 2
        low, high = (middle, high) if sign(middle) == at_low else (low, middle)
    return (low + high) / 2


def _step(a: Any, b: Any, is_turn: bool) -> Any:
    if not is_turn:
        return b - a
    turn = 2 * mpmath.pi
    return (b - a) - turn * mpmath.nint((b - a) / turn)
