"""Are two formulas equal at all points? Decided in 80 digits, where all parts are finite."""

from collections.abc import Mapping
from dataclasses import dataclass

import mpmath
import numpy as np

from odekit.arrays import BoolArray, FloatArray, IndexArray
from odekit.checking.sampling.evaluation import WORKING_DIGITS, measure, precise
from odekit.checking.sampling.points import ORDINARY, Points
from odekit.expressions import Expression, extent

__all__ = ["CLOSE", "Agreement", "Gap", "compare", "difference"]

CLOSE = 1e-9  # relative, above the rounding of a float64
PRECISE_POINTS = 12  # of the ordinary ones: 80 digits are slow, and most of what is wrong is wrong there
PRECISE_PARTS = 60_000  # of formulas at all points; beyond, float64 looks at the others
_EQUAL = 1e-65  # relative; leaves 15 of 80 digits for rounding and cancellation


@dataclass(frozen=True)
class Gap:
    """A point at which two formulas differ, and where else they do as far as float64 shows."""

    index: int
    everywhere: BoolArray


@dataclass(frozen=True)
class Agreement:
    """The first difference, or None, and at how many points it was looked for in many digits.

    No point is valid where one of the two is nowhere a finite real number.
    """

    gap: Gap | None
    valid: int


def compare(
    left: Expression,
    right: Expression,
    points: Points,
    values: Mapping[str, FloatArray],
    units: Mapping[str, Expression],
) -> Agreement:
    """Look for a point at which two formulas differ.

    Parameters
    ----------
    left, right: in coordinates, parameters, t and units.
    points: at which to look.
    values: all values at all of them in float64.
    units: a value of each free unit.
    """
    (one, size), (two, other) = (measure(tree, values) for tree in (left, right))
    shape = values["t"].shape
    valid = np.flatnonzero(np.isfinite(one + two + 0 * values["t"]))
    sizes = np.broadcast_to(np.fmax(size, other), shape)
    is_far = np.broadcast_to(np.abs(one - two) > CLOSE * sizes, shape)
    chosen = _chosen(extent(left)[0] + extent(right)[0], valid, is_far)
    for index in chosen:
        with mpmath.workdps(WORKING_DIGITS):
            exact = points.precisely(points.point(index), units)
            if abs(precise(left, exact) - precise(right, exact)) > _EQUAL * sizes[index]:
                return Agreement(Gap(index, is_far), len(chosen))
    return Agreement(None, len(chosen))


def difference(
    left: Expression, right: Expression, points: Points, index: int, units: Mapping[str, Expression]
) -> float:
    """One formula less the other at a point, to the digits of a float64 however close they are."""
    with mpmath.workdps(WORKING_DIGITS):
        exact = points.precisely(points.point(index), units)
        return float(precise(left, exact) - precise(right, exact))


def _chosen(parts: int, valid: IndexArray, is_far: BoolArray) -> list[int]:
    """Where to look in many digits: some ordinary points, then where float64 differs, then all others."""
    ordinary, others = valid[valid < ORDINARY][:PRECISE_POINTS], valid[valid >= ORDINARY]
    most = max(PRECISE_POINTS, PRECISE_PARTS // parts)
    others = others[np.argsort(~is_far[others], kind="stable")][:most]
    return [*ordinary.tolist(), *others.tolist()]
