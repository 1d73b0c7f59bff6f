"""Does a function jump where orbits pass? A derivative that vanishes on both sides of a jump doesn't show it."""

from collections.abc import Mapping
from dataclasses import dataclass

import mpmath
import numpy as np

from odekit.checking.flow import ENERGY, along, total
from odekit.checking.sampling import WORKING_DIGITS, Break, Points, measure, precise
from odekit.checking.statements import Continuity
from odekit.expressions import Expression

__all__ = ["Jump", "find_jump"]

NEAR, NEARER = 1e-8, 1e-12  # relative distances from the break; a jump is the same at both
_CROSSED = 1e-9  # of the size of a speed, above its rounding
_SEEN = mpmath.mpf(10) ** -40  # relative; far above the rounding of 80 digits


@dataclass(frozen=True)
class Jump:
    """A break at which a function jumps, with its values on both sides."""

    at: Break
    before: float
    after: float


def find_jump(continuity: Continuity, points: Points, units: Mapping[str, Expression]) -> Jump | None:
    """The first break at which the function jumps while orbits pass it; None where it never does."""
    for each in points.breaks:
        if each.variable in points.flow.parameters and each.variable != ENERGY:
            continue  # an order is the same all along an orbit
        if _is_passed(continuity, each, points, units):
            found = _jump(continuity, each, points, units)
            if found is not None:
                return found
    return None


def _is_passed(
    continuity: Continuity, at: Break, points: Points, units: Mapping[str, Expression]
) -> bool:
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


def _jump(
    continuity: Continuity, at: Break, points: Points, units: Mapping[str, Expression]
) -> Jump | None:
    size = abs(at.position) or 1.0
    around = [at.at(at.position + far * size) for far in (-NEAR, -NEARER, NEARER, NEAR)]
    for raw in around:
        if not np.isfinite(measure(continuity.function, _values(raw, points, units))[0]).all():
            return None
    with mpmath.workdps(WORKING_DIGITS):
        values = [precise(continuity.function, points.precisely(raw, units)) for raw in around]
        steps = [abs(_step(a, b, continuity.is_turn)) for a, b in zip(values, values[1:], strict=False)]
        is_jump = steps[1] > 2 * (steps[0] + steps[2]) and steps[1] > _SEEN * max(map(abs, values))
        return Jump(at, float(values[1]), float(values[2])) if is_jump else None


def _step(a: mpmath.mpf, b: mpmath.mpf, is_turn: bool) -> mpmath.mpf:
    if not is_turn:
        return b - a
    turn = 2 * mpmath.pi
    return (b - a) - turn * mpmath.nint((b - a) / turn)
