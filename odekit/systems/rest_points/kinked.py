"""Where does a field with kinks rest? Region by region: between its kinks it is smooth.

``relu(x)`` is x where x > 0 and 0 where x < 0. Where the smooth field of a region rests, so does the field if
the region's inequalities hold; they are told with a family of which they take away a part.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import sympy as sp

from odekit.systems.known import FixedPoint, Search
from odekit.systems.rest_points.described import described
from odekit.systems.rest_points.loci import Locus, is_zero, polynomial_loci
from odekit.systems.rest_points.spectrum import KINKED
from odekit.systems.system import System

__all__ = ["has_jumps", "holds", "kinked_rest_points"]

# Each kink halves the regions.
MAX_REGIONS = 16
# Places at which a family is looked at for one inside of a region, and how far out they lie.
TRIALS, DECADES = 400, 3.0

Shifts = Sequence[tuple[int, ...]]


@dataclass(frozen=True)
class _Region:
    """Where each argument of a kink has one sign, and the field there."""

    system: System
    signs: Mapping[sp.Expr, int]

    @property
    def bounds(self) -> list[sp.Expr]:
        """What is not negative in the region and on its boundary."""
        return [sign * argument for argument, sign in self.signs.items()]


def has_jumps(system: System) -> bool:
    """Whether the field has another limit on each side of a kink, such as a sign that stands alone.

    ``relu(x)*step(x)`` has none: a step times what vanishes with its argument.
    """
    return any(
        _jumps(entry, direction)
        for entry in system.vector_field
        for direction in {_direction(part.args[0])[0] for part in entry.atoms(sp.sign, sp.Heaviside)}
    )


def _jumps(entry: sp.Expr, direction: sp.Expr) -> bool:
    """Whether an entry's limits differ where a direction vanishes; so they do where that can't be told."""
    limits = []
    for sign in (1, -1):
        sides = {}
        for part in entry.atoms(*KINKED):
            towards, flip = _direction(_argument(part))
            if towards == direction:
                sides[part] = _beside(part, _argument(part), flip * sign)
        limits.append(entry.xreplace(sides))
    gap = sp.expand(limits[0] - limits[1])
    gap = gap.xreplace({part: sp.Dummy() for part in gap.atoms(*KINKED)})
    if not (gap.is_polynomial() and direction.is_polynomial()):
        return True
    return (
        bool(sp.reduced(gap, [direction], *sorted(gap.free_symbols, key=str))[1] != 0) if gap != 0 else False
    )


def _direction(argument: sp.Expr) -> tuple[sp.Expr, int]:
    """An argument up to a factor, and the sign of that factor."""
    direction = sp.expand(argument).primitive()[1]
    return (-direction, -1) if direction.could_extract_minus_sign() else (direction, 1)


def kinked_rest_points(
    system: System, integrals: Sequence[sp.Expr], angles: Sequence[sp.Symbol], shifts: Shifts
) -> Search[FixedPoint]:
    """Points and families of rest of a field that is polynomial between its kinks.

    On kinks that are jumps nothing is looked for. Not tried where there are no kinks, too many, or no
    polynomials.

    Parameters
    ----------
    system, integrals: the system, and what it conserves.
    angles, shifts: as of `polynomial_loci`.
    """
    regions = list(_regions(system, {}))
    if not 1 < len(regions) <= MAX_REGIONS:
        return Search((), "not tried", "the field has no kinks, or too many")
    found: list[FixedPoint] = []
    gaps: list[str] = []
    for region in regions:
        loci = polynomial_loci(region.system, angles, shifts)
        if loci.status == "not tried":
            return Search((), "not tried", loci.reason)
        gaps += [loci.reason] if loci.status == "partial" else []
        for locus in loci:
            where = _where(locus, region, system)
            if where is None:
                gaps.append("families that begin at a kink may be missing")
            elif where is not False:
                found.append(_described(locus, where, region, system, integrals))
    items = tuple(_told_once(found))
    if has_jumps(system):
        gaps.append("rest on a jump of the field may be missing")
    if gaps:
        return Search(items, "partial", ", and ".join(dict.fromkeys(gaps)))
    general = ", at general values of the parameters" if system.parameters else ""
    return Search(items, "complete", f"all points and families, by elimination between the kinks{general}")


def _regions(system: System, signs: Mapping[sp.Expr, int]) -> Iterator[_Region]:
    """Choices of a side of each kink, inner kinks first."""
    field = sp.Matrix(system.vector_field)
    kinks = sorted(field.atoms(*KINKED), key=lambda part: (part.count_ops(), sp.default_sort_key(part)))
    if not kinks or 2 ** len(signs) > MAX_REGIONS:
        yield _Region(system, signs)
        return
    argument = _argument(kinks[0])
    direction, flip = _direction(argument)
    for sign in [signs[direction]] if direction in signs else [1, -1]:
        beside = {kinks[0]: _beside(kinks[0], argument, flip * sign)}
        smooth = {state: entry.xreplace(beside) for state, entry in system.velocities.items()}
        yield from _regions(replace(system, velocities=smooth), {**signs, direction: sign})


def _argument(kink: sp.Expr) -> sp.Expr:
    if isinstance(kink, sp.Max | sp.Min):
        return kink.args[0] - type(kink)(*kink.args[1:])
    return kink.args[0]


def _beside(kink: sp.Expr, argument: sp.Expr, sign: int) -> sp.Expr:
    if isinstance(kink, sp.Max | sp.Min):
        is_first = (sign > 0) == isinstance(kink, sp.Max)
        return kink.args[0] if is_first else type(kink)(*kink.args[1:])
    if isinstance(kink, sp.Abs):
        return sign * argument
    return sp.Integer(sign) if isinstance(kink, sp.sign) else sp.Integer(sign > 0)


def _where(locus: Locus, region: _Region, system: System) -> tuple[sp.Rel, ...] | Literal[False] | None:
    """The inequalities that are left to hold; false if they never do, None if that isn't known."""
    left = []
    for bound in region.bounds:
        value = sp.factor(bound.subs(locus.values))
        if not value.free_symbols:
            if not is_zero(value, {}) and not sp.re(sp.N(value)) > 0:
                return False
        elif value.is_negative:
            return False
        elif not value.is_nonnegative:
            left.append(_inequality(value, is_strict=has_jumps(system)))
    if left and not _is_met(left, locus):
        return None
    return tuple(dict.fromkeys(left))


def _inequality(value: sp.Expr, is_strict: bool) -> sp.Rel:
    """That a value is not negative, by its sign alone: ``x <= 0`` for ``-2*x``."""
    direction, sign = _direction(value)
    if sign < 0:
        return (sp.Lt if is_strict else sp.Le)(direction, 0)
    return (sp.Gt if is_strict else sp.Ge)(direction, 0)


def _excess(condition: sp.Rel) -> sp.Expr:
    """What is positive inside of the region."""
    return condition.lhs if isinstance(condition, sp.Ge | sp.Gt) else -condition.lhs


def _is_met(conditions: Sequence[sp.Rel], locus: Locus) -> bool:
    """Whether a place is met at which all inequalities hold, none of them as an equality."""
    sides = [_excess(condition) for condition in conditions]
    if locus.equations:
        there = [side.subs(locus.sample) for side in sides]
        return all(value.is_number and value > 0 for value in there)
    symbols = sorted(set().union(*(side.free_symbols for side in sides)), key=str)
    generator, values = np.random.default_rng(0), sp.lambdify(symbols, sides)
    for _ in range(TRIALS):
        signs = generator.choice((-1, 1), len(symbols))
        signs = np.where([symbol.is_positive is True for symbol in symbols], 1, signs)
        point = signs * 10 ** generator.uniform(-DECADES, DECADES, len(symbols))
        if all(value > 0 for value in values(*point)):
            return True
    return False


def _described(
    locus: Locus, where: tuple[sp.Rel, ...], region: _Region, system: System, integrals: Sequence[sp.Expr]
) -> FixedPoint:
    """With the region's own linearisation inside of it, with that of all sides on a kink."""
    is_inside = not any(is_zero(sp.factor(bound.subs(locus.values)), {}) for bound in region.bounds)
    point = described(locus, region.system if is_inside else system, integrals)
    return replace(point, where=where)


def _told_once(points: Sequence[FixedPoint]) -> Iterator[FixedPoint]:
    """Larger families first, each of them once, and nothing that lies on one of them."""
    told: list[FixedPoint] = []
    for point in sorted(points, key=lambda one: -one.family):
        if not any(holds(other, point) for other in told):
            told.append(point)
    while (pair := _halves(told)) is not None:
        told[told.index(pair[0])] = replace(pair[0], where=pair[2])
        told.remove(pair[1])
    yield from told


def holds(family: FixedPoint, point: FixedPoint) -> bool:
    """Whether a point, or all of a family, surely lies on another family or is the same point."""
    if point.equations or family.equations:
        return (family.values, family.equations, family.where) == (point.values, point.equations, point.where)
    gaps = [value.subs(point.values) - point.values[state] for state, value in family.values.items()]
    if not all(is_zero(gap, {}) for gap in gaps):
        return False
    conditions = (condition.subs(point.values) for condition in family.where)
    return all(one == sp.true or one in point.where for one in conditions)


def _halves(points: Sequence[FixedPoint]) -> tuple[FixedPoint, FixedPoint, tuple[sp.Rel, ...]] | None:
    """Two that are one family but for the side of one kink, and what is left to hold on both."""
    for index, one in enumerate(points):
        for other in points[index + 1 :]:
            alike = replace(one, where=()) == replace(other, where=())
            own, others = (set(one.where) - set(other.where), set(other.where) - set(one.where))
            if alike and len(own) == len(others) == 1:
                (a,), (b,) = own, others
                if sp.expand(_excess(a) + _excess(b)) == 0:
                    return one, other, tuple(c for c in one.where if c != a)
    return None
