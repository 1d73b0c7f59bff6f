"""The flow on a manifold w = w(s): the field projected in the metric, and what is left of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import sympy as sp

from odekit.errors import InputError
from odekit.systems.algebra import KINKED
from odekit.systems.energies import TIME
from odekit.systems.system import System

__all__ = ["DIGITS", "POINTS", "Pullback", "pulled_back", "shortened", "vanishes_at_points"]

# What vanishes is told at so many points, to so many digits, where no simplification shows it.
POINTS, DIGITS = 20, 40
# Kinks are looked for so many times as far out, and as far again.
FAR = 100


@dataclass(frozen=True)
class Pullback:
    """A field on a manifold.

    Parameters
    ----------
    velocities: time derivative of each coordinate s.
    metric: what the metric of the states is in the coordinates, (dw/ds)^T M dw/ds.
    field: of each state, at the manifold's points; less their own motion, where they hold the time.
    normal: by state, what the field has beside the manifold's own directions; zero on an invariant manifold.
    """

    velocities: Mapping[sp.Symbol, sp.Expr]
    metric: sp.ImmutableMatrix
    field: Mapping[sp.Symbol, sp.Expr]
    normal: Mapping[sp.Symbol, sp.Expr]


def pulled_back(
    system: System, points: Mapping[sp.Symbol, sp.Expr], coordinates: Sequence[sp.Symbol]
) -> Pullback:
    """The field at the points w(s), in the directions dw/ds nearest to it in the metric.

    Parameters
    ----------
    system: the flow; its metric where that is diagonal, else the identity, says what is nearest.
    points: each state in the coordinates, and in the time.
    coordinates: s.

    Raises
    ------
    InputError: coordinates whose directions depend on each other, so that one of them is too many.
    """
    states = system.states
    tangents = sp.Matrix([points[state] for state in states]).jacobian(list(coordinates))
    weights = [g.xreplace(points) for g in system.metric] or [sp.S.One] * len(states)
    dual = tangents.T * sp.diag(*weights)
    metric = (dual * tangents).applyfunc(sp.factor)
    size = sp.prod(metric.diagonal())
    if vanishes_at_points(metric.det(), size) and sp.simplify(metric.det()) == 0:
        raise InputError(
            "the coordinates of the ansatz depend on each other",
            expected="coordinates that each move the states in a direction of its own",
            received=", ".join(map(str, coordinates)),
            hint="fewer coordinates",
        )
    # Where the manifold itself moves, the field is that beside its motion.
    field = sp.Matrix(
        [system.rhs[state].xreplace(dict(points)) - points[state].diff(TIME) for state in states]
    )
    velocity = metric.LUsolve(dual * field)
    normal = field - tangents * velocity
    return Pullback(
        dict(zip(coordinates, velocity, strict=True)),
        sp.ImmutableMatrix(metric),
        dict(zip(states, field, strict=True)),
        dict(zip(states, normal, strict=True)),
    )


def shortened(found: Pullback) -> Iterator[Pullback]:
    """The same with one formula after the other in its shortest form, so that it may be ended at any time."""
    velocities, normal = dict(found.velocities), dict(found.normal)
    yield found
    for entries in (velocities, normal):
        for symbol, entry in entries.items():
            entries[symbol] = sp.factor(sp.simplify(entry))
            yield replace(found, velocities=dict(velocities), normal=dict(normal))


def vanishes_at_points(expression: sp.Expr, size: sp.Expr) -> bool:
    """Whether it is 0 at 20 points, to 40 digits of a size that it may have there.

    The points lie on either side of 0, and near and far where there are kinks, as far as both are real there.
    """
    if expression == 0:
        return True
    symbols = sorted(expression.free_symbols | size.free_symbols, key=str)
    reach = FAR if expression.has(*KINKED) else 1
    for place in range(POINTS):
        near = {s: sp.Rational(7 * place + 3 * i + 2, 5 * i + place + 11) for i, s in enumerate(symbols)}
        stretch = reach ** (place % 3)
        around = {s: _sign(place, i) * stretch * value for i, (s, value) in enumerate(near.items())}
        values = next(filter(_are_real, (_at(point, expression, size) for point in (around, near))), None)
        value, most = map(abs, values or _at(near, expression, size))
        if not value.is_finite or not most.is_finite or value > most * sp.Float(10) ** -DIGITS:
            return False
    return True


def _sign(place: int, index: int) -> int:
    """Both signs of each symbol, and of every two symbols all four."""
    return -1 if place >> index % 4 & 1 else 1


def _at(point: Mapping[sp.Symbol, sp.Expr], *expressions: sp.Expr) -> tuple[sp.Expr, ...]:
    return tuple(sp.N(each.subs(point), DIGITS + 10) for each in expressions)


def _are_real(values: Sequence[sp.Expr]) -> bool:
    return all(value.is_real and value.is_finite for value in values)
