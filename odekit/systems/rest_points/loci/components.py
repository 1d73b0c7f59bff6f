"""The real solutions of polynomial equations apart by their irreducible pieces: points, curves, surfaces.

Equations are split along their factors, before and after a Groebner basis over the rational functions of the
parameters is made, until nothing factors. A piece that has no real point where it is smooth, such as
x^2 + y^2 = 0, is replaced by its singular points.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import sympy as sp
from sympy.polys.polyerrors import BasePolynomialError

from odekit.systems.rest_points.loci.locus import is_zero
from odekit.systems.rest_points.loci.reality import has_none, smooth_point

__all__ = ["Component", "real_components"]

# More pieces than a small system has, or minors than are quickly made: then the equations are not small.
MAX_PIECES = 200
MAX_MINORS = 40


@dataclass(frozen=True)
class Component:
    """A piece of the solutions: where all of some polynomials vanish.

    Parameters
    ----------
    basis: a Groebner basis; no element factors.
    letters: the unknowns.
    dimension: 0 for points.
    sample: of a curve or surface, a real point where it is smooth, with values of the parameters.
    """

    basis: tuple[sp.Expr, ...]
    letters: tuple[sp.Symbol, ...]
    dimension: int
    sample: Mapping[sp.Symbol, float]

    @property
    def has_parameters(self) -> bool:
        """Whether something else than the letters occurs."""
        return bool(set().union(*(element.free_symbols for element in self.basis)) - set(self.letters))

    @property
    def count(self) -> int:
        """How many complex solutions a piece of points has: the monomials that no leading one divides."""
        leading = [sp.Poly(e, *self.letters).monoms(order="grevlex")[0] for e in self.basis]
        ends = [max((m[i] for m in leading if sum(m) == m[i]), default=0) for i in range(len(self.letters))]
        return sum(
            not any(all(a >= b for a, b in zip(monomial, m, strict=True)) for m in leading)
            for monomial in product(*map(range, ends))
        )

    def holds(self, values: Mapping[sp.Symbol, sp.Expr]) -> bool:
        """Whether a point, by values of the letters that are exact or digits, lies on the piece."""
        return all(is_zero(element, values) for element in self.basis)

    def reduced(self, expression: sp.Expr) -> sp.Expr:
        """A polynomial's remainder: what it is on the piece; 0 where it vanishes there."""
        if not self.basis:
            return sp.expand(expression)
        return sp.reduced(expression, list(self.basis), *self.letters, order="grevlex")[1]


class _TooManyError(Exception):
    """The equations are not small."""


def real_components(
    factors: Sequence[Sequence[sp.Expr]], letters: Sequence[sp.Symbol]
) -> tuple[tuple[Component, ...], bool] | None:
    """The real pieces of what solves all equations, none inside another, and whether these are surely all.

    None where there are too many. Not surely where no real point of a curve or surface was met and nothing
    shows that it has none.

    Parameters
    ----------
    factors: of each equation the polynomials one of which has to vanish.
    letters: the unknowns; what else occurs is a parameter, whose special values are not looked at.
    """
    symbols = tuple(letters)
    seen: set[tuple[sp.Expr, ...]] = set()
    found: list[Component] = []
    unknown: list[tuple[sp.Expr, ...]] = []
    try:
        for chosen in _choices([list(each) for each in factors]):
            for basis in _split(chosen, symbols, seen):
                found.extend(_real(basis, symbols, seen, unknown))
    except (_TooManyError, BasePolynomialError, NotImplementedError):
        return None
    return tuple(_maximal(found)), not unknown


def _choices(factors: Sequence[Sequence[sp.Expr]]) -> Iterator[tuple[sp.Expr, ...]]:
    """One factor of each equation, where those chosen before don't make it vanish."""
    total: list[tuple[sp.Expr, ...]] = [()]
    for equation in sorted(factors, key=len):
        if 0 in equation:
            continue
        total = [
            (*chosen, factor)
            for chosen in total
            for factor in ([f for f in equation if f in chosen][:1] or equation)
        ]
        if len(total) > MAX_PIECES:
            raise _TooManyError
    yield from dict.fromkeys(tuple(dict.fromkeys(chosen)) for chosen in total)


def _split(
    equations: Sequence[sp.Expr], letters: tuple[sp.Symbol, ...], seen: set[tuple[sp.Expr, ...]]
) -> Iterator[tuple[sp.Expr, ...]]:
    """Groebner bases whose elements don't factor."""
    if len(seen) > MAX_PIECES:
        raise _TooManyError
    if not equations:
        yield ()
        return
    basis = tuple(sp.groebner(list(equations), *letters, order="grevlex").exprs)
    if basis in seen or not any(element.free_symbols & set(letters) for element in basis):
        return
    seen.add(basis)
    for element in basis:
        factors = [f for f, _ in sp.factor_list(element)[1] if f.free_symbols & set(letters)]
        is_power = len(factors) == 1 and sp.total_degree(factors[0], *letters) < sp.total_degree(
            element, *letters
        )
        if len(factors) > 1 or is_power:
            for factor in factors:
                yield from _split((*basis, factor), letters, seen)
            return
    yield basis


def _real(
    basis: tuple[sp.Expr, ...],
    letters: tuple[sp.Symbol, ...],
    seen: set[tuple[sp.Expr, ...]],
    unknown: list[tuple[sp.Expr, ...]],
) -> Iterator[Component]:
    """The piece, if it is of points or has a smooth real point, else the pieces of its singular points.

    What may have a smooth real point that isn't met is added to ``unknown``.
    """
    dimension = _dimension(basis, letters)
    if dimension == 0:
        yield Component(basis, letters, 0, {})
        return
    sample = smooth_point(basis, letters, dimension)
    if sample is not None:
        yield Component(basis, letters, dimension, sample)
        return
    if not has_none(basis, letters):
        unknown.append(basis)
    jacobian, size = sp.Matrix(basis).jacobian(list(letters)), len(letters) - dimension
    minors = [
        jacobian.extract(list(rows), list(columns)).det()
        for rows in combinations(range(jacobian.rows), size)
        for columns in combinations(range(jacobian.cols), size)
    ]
    if len(minors) > MAX_MINORS:
        raise _TooManyError
    for part in _split((*basis, *(minor for minor in minors if minor != 0)), letters, seen):
        yield from _real(part, letters, seen, unknown)


def _dimension(basis: Sequence[sp.Expr], letters: Sequence[sp.Symbol]) -> int:
    """The most letters of which no leading monomial is made alone."""
    leading = [set(_support(element, letters)) for element in basis]
    for size in range(len(letters), 0, -1):
        for chosen in combinations(range(len(letters)), size):
            if not any(support <= set(chosen) for support in leading):
                return size
    return 0


def _support(element: sp.Expr, letters: Sequence[sp.Symbol]) -> Iterator[int]:
    """The letters of the leading monomial."""
    powers = sp.Poly(element, *letters).monoms(order="grevlex")[0]
    return (index for index, power in enumerate(powers) if power)


def _maximal(components: Sequence[Component]) -> Iterator[Component]:
    """Those inside no other."""
    ordered = sorted(components, key=lambda one: -one.dimension)
    kept: list[Component] = []
    for one in ordered:
        if not any(all(one.reduced(element) == 0 for element in other.basis) for other in kept):
            kept.append(one)
    yield from kept
