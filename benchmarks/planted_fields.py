"""Random vector fields with rest points, families of them, or first integrals that were put there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations_with_replacement

import numpy as np
import sympy as sp

__all__ = ["KINDS", "Planted", "planted"]

STATES = sp.symbols("x y z w", real=True)
PARAMETERS = sp.symbols("a b", real=True)
PLACES = sp.symbols("p:4", real=True)
Point = Mapping[sp.Symbol, sp.Expr]
Field = dict[sp.Symbol, sp.Expr]


@dataclass(frozen=True)
class Planted:
    """A field and what is known of it.

    Parameters
    ----------
    kind: by which rule it was made.
    velocities: by state.
    parameters: symbols of constants.
    points: places at which it rests, alone or as members of families.
    integrals: functions that it conserves, independent of each other.
    degree: of the largest of these where they are polynomials; 0 where they are not.
    angles: states of which whole turns don't count.
    """

    kind: str
    velocities: Field
    parameters: tuple[sp.Symbol, ...] = ()
    points: tuple[Point, ...] = ()
    integrals: tuple[sp.Expr, ...] = ()
    degree: int = 0
    angles: frozenset[sp.Symbol] = field(default_factory=frozenset)


class _Draw:
    """Small random numbers and polynomials."""

    def __init__(self, generator: np.random.Generator) -> None:
        self.generator = generator

    def whole(self, most: int = 3) -> sp.Integer:
        return sp.Integer(int(self.generator.integers(-most, most + 1)))

    def nonzero(self, most: int = 3) -> sp.Integer:
        return self.whole(most) or sp.Integer(1)

    def rational(self) -> sp.Rational:
        return sp.Rational(int(self.generator.integers(-8, 9)), int(self.generator.integers(1, 5)))

    def scale(self) -> sp.Rational:
        return sp.Integer(10) ** int(self.generator.choice((-3, 0, 0, 0, 3)))

    def count(self, least: int, most: int) -> int:
        return int(self.generator.integers(least, most + 1))

    def polynomial(self, states: Sequence[sp.Symbol], degree: int, terms: int = 5) -> sp.Expr:
        """Some monomials up to a degree, one of them of that degree, without a constant."""
        monomials = [
            sp.Mul(*chosen)
            for size in range(1, degree + 1)
            for chosen in combinations_with_replacement(states, size)
        ]
        leading = [one for one in monomials if sp.total_degree(one, *states) == degree]
        chosen = [leading[self.count(0, len(leading) - 1)]]
        chosen += [monomials[self.count(0, len(monomials) - 1)] for _ in range(terms)]
        return sp.Add(*(self.nonzero() * one for one in dict.fromkeys(chosen)))

    def point(self, states: Sequence[sp.Symbol], scale: sp.Expr = sp.S.One) -> dict[sp.Symbol, sp.Expr]:
        return {state: self.rational() * scale for state in states}

    def line(self, point: Point) -> sp.Expr:
        """A linear form that vanishes at a point."""
        form = sp.Add(*(self.whole() * (state - value) for state, value in point.items()))
        return form or next(state - value for state, value in point.items())

    def through(self, points: Sequence[Point]) -> sp.Expr:
        """A polynomial that vanishes at some points."""
        return sp.Add(*(self.nonzero() * sp.Mul(*map(self.line, points)) for _ in range(2)))

    def factor(self, states: Sequence[sp.Symbol]) -> sp.Expr:
        """A number, or something that never vanishes, or a line."""
        square = sp.Add(*(state**2 for state in states))
        forms = (self.nonzero(), 1 + square, self.line(self.point(states)))
        return forms[self.count(0, len(forms) - 1)]


def _line(draw: _Draw) -> Planted:
    x, scale = STATES[0], draw.scale()
    roots = [draw.rational() * scale for _ in range(draw.count(1, 4))]
    body = sp.Mul(*(x - root for root in roots)) * (1, x**2 + 1, x - roots[0])[draw.count(0, 2)]
    return Planted("line", {x: sp.expand(draw.nonzero() * body)}, points=tuple({x: r} for r in roots))


def _points(draw: _Draw) -> Planted:
    states = STATES[: draw.count(2, 3)]
    scale = draw.scale()
    points = tuple(draw.point(states, scale) for _ in range(draw.count(1, 2)))
    return Planted("points", {s: sp.expand(draw.through(points)) for s in states}, points=points)


def _points_of_parameters(draw: _Draw) -> Planted:
    states, a, b = STATES[:2], *PARAMETERS
    places = (a, b, a + b, a * b, sp.S.Zero, sp.S.One)
    point = {s: places[draw.count(0, len(places) - 1)] for s in states}
    other = dict.fromkeys(states, sp.S.Zero)
    body = {s: sp.expand(draw.through((point, other)[: draw.count(1, 2)])) for s in states}
    used = sorted(set().union(*(f.free_symbols for f in body.values())) - set(states), key=str)
    return Planted("points of parameters", body, tuple(used), (point,))


def _points_beside_functions(draw: _Draw) -> Planted:
    x, y = STATES[:2]
    point = draw.point((x, y))
    functions = (sp.exp(x * draw.nonzero()), sp.cosh(y), 2 + sp.sin(x + y), sp.tanh(y) + 3)
    body = {
        s: draw.through((point,)) * functions[draw.count(0, 3)] + draw.whole() * sp.sinh(draw.line(point))
        for s in (x, y)
    }
    return Planted("points beside functions", body, points=(point,))


def _family(draw: _Draw) -> Planted:
    states = STATES[: draw.count(2, 3)]
    x, y = states[:2]
    centre = draw.point((x, y), draw.scale())
    radius = draw.nonzero(4) * draw.scale()
    curves = {
        draw.line(centre): centre,
        (x - centre[x]) ** 2 + (y - centre[y]) ** 2 - radius**2: {x: centre[x] + radius, y: centre[y]},
        y - centre[y] - draw.nonzero() * (x - centre[x]) ** 2: centre,
        (x - centre[x]) * (y - centre[y]) - radius: {x: centre[x] + 1, y: centre[y] + radius},
    }
    curve, member = list(curves.items())[draw.count(0, len(curves) - 1)]
    member = {**member, **{s: draw.rational() for s in states[2:]}}
    other = draw.point(states)
    body = {s: sp.expand(curve * draw.through((other,))) for s in states}
    return Planted("family", body, points=(member, other))


def _angles(draw: _Draw) -> Planted:
    x, y = STATES[:2]
    turn = sp.pi * sp.Rational(draw.count(-5, 6), 6)
    other = sp.pi * sp.Rational(draw.count(-2, 3), 3)
    body = sp.expand(sp.expand_trig(sp.sin(x - turn))) * draw.nonzero()
    if draw.count(0, 1):
        body = body * (sp.cos(x) - sp.cos(other))
        return Planted("angle", {x: sp.expand(body)}, points=({x: turn}, {x: other}), angles=frozenset({x}))
    point = {x: turn, y: draw.rational()}
    beside = draw.nonzero() * (y - point[y]) + draw.whole() * (sp.cos(x) - sp.cos(turn))
    return Planted("angle", {x: body, y: beside}, points=(point,), angles=frozenset({x}))


def _kinks(draw: _Draw) -> Planted:
    x, y = STATES[:2]
    point = draw.point((x, y))
    kinks = (sp.Abs, lambda u: sp.Max(0, u), lambda u: sp.Max(0, -u))
    body = {
        s: kinks[draw.count(0, 2)](draw.line(point)) * draw.nonzero() + draw.whole() * draw.line(point)
        for s in (x, y)
    }
    return Planted("kinks", body, points=(point,))


def _hamiltonian(draw: _Draw) -> Planted:
    x, y = STATES[:2]
    degree = draw.count(1, 4)
    energy = draw.polynomial((x, y), degree)
    factor = draw.factor((x, y))
    body = {x: sp.expand(factor * energy.diff(y)), y: sp.expand(-factor * energy.diff(x))}
    return Planted("Hamiltonian", body, integrals=(energy,), degree=degree)


def _crossed(draw: _Draw) -> Planted:
    states = STATES[:3]
    degrees = [draw.count(1, 2) for _ in range(2)]
    first, second = (draw.polynomial(states, degree, 3) for degree in degrees)
    gradients = [sp.Matrix([f.diff(s) for s in states]) for f in (first, second)]
    velocity = (gradients[0].cross(gradients[1]) * draw.factor(states)).applyfunc(sp.expand)
    return Planted(
        "crossed gradients",
        dict(zip(states, velocity, strict=True)),
        integrals=(first, second) if any(velocity) else (),
        degree=max(degrees),
    )


def _antisymmetric(draw: _Draw) -> Planted:
    states = STATES[:4]
    degree = draw.count(1, 3)
    energy = draw.polynomial(states, degree, 4)
    matrix = sp.zeros(4)
    for i in range(4):
        for j in range(i):
            entry = draw.whole(2) * (1, states[draw.count(0, 3)])[draw.count(0, 1)]
            matrix[i, j], matrix[j, i] = entry, -entry
    velocity = (matrix * sp.Matrix([energy.diff(s) for s in states])).applyfunc(sp.expand)
    return Planted(
        "antisymmetric matrix",
        dict(zip(states, velocity, strict=True)),
        integrals=(energy,) if any(velocity) else (),
        degree=degree,
    )


def _logarithmic(draw: _Draw) -> Planted:
    x, y = STATES[:2]
    lines = [x, y, draw.line(draw.point((x, y)))][: draw.count(2, 3)]
    powers = [draw.nonzero() for _ in lines]
    added = (sp.S.Zero, draw.polynomial((x, y), 1, 1))[draw.count(0, 1)]
    function = added + sp.Add(*(p * sp.log(f) for p, f in zip(powers, lines, strict=True)))
    common = sp.Mul(*lines)
    body = {
        x: sp.expand(sp.cancel(common * function.diff(y))),
        y: sp.expand(sp.cancel(-common * function.diff(x))),
    }
    return Planted("logarithmic", body, integrals=(function,) if any(body.values()) else ())


def _network(draw: _Draw) -> Planted:
    """Descent of the squared error of one unit, whose function has a degree."""
    a, v, w = STATES[:3]
    units = ((1, lambda u: sp.Max(0, u)), (1, sp.Abs), (2, lambda u: u**2), (2, lambda u: sp.Max(0, u) ** 2))
    degree, unit = units[draw.count(0, len(units) - 1)]
    samples = [(draw.nonzero(), draw.whole(), draw.rational()) for _ in range(draw.count(1, 2))]
    energy = sum((a * unit(v * p + w * q) - y) ** 2 for p, q, y in samples) / 2
    slopes = {s: -energy.diff(s) for s in (a, v, w)}
    return Planted("network", slopes, integrals=(degree * a**2 - v**2 - w**2,), degree=2)


def _factorisation(draw: _Draw) -> Planted:
    """Descent of a loss of the product of a row and a column, of which nothing else is known."""
    x, y, z, w = STATES
    products = (x * z, x * w, y * z, y * w)
    energy = draw.polynomial(PLACES, 2, 4).xreplace(dict(zip(PLACES, products, strict=True)))
    slopes = {s: sp.expand(-energy.diff(s)) for s in (x, y, z, w)}
    return Planted("factorisation", slopes, integrals=(x**2 + y**2 - z**2 - w**2,), degree=2)


KINDS: tuple[Callable[[_Draw], Planted], ...] = (
    _line,
    _points,
    _points_of_parameters,
    _points_beside_functions,
    _family,
    _angles,
    _kinks,
    _hamiltonian,
    _crossed,
    _antisymmetric,
    _logarithmic,
    _network,
    _factorisation,
)


def planted(index: int, seed: int) -> Planted:
    """The field of a number, the same for the same seed; kinds take turns."""
    draw = _Draw(np.random.default_rng((seed, index)))
    return KINDS[index % len(KINDS)](draw)
