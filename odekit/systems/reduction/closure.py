"""Do observables I(w) close? Their time derivatives as polynomials of themselves, by exact linear algebra.

A derivative is split by the parameters that multiply it and by its degree in the states; each part has to be
a combination of products of observables of that degree. What elimination leaves over is the leak.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

import sympy as sp
from sympy.polys.rings import PolyRing

from odekit.errors import InputError
from odekit.systems.system import System

__all__ = ["Closure", "Observables"]

# Products of observables that one part is written in; the linear system takes about a second for so many.
MAX_PRODUCTS = 2_000


@dataclass(frozen=True)
class Closure:
    """The time derivative of one observable.

    Parameters
    ----------
    rate: what is a polynomial of the observables, in their symbols and the parameters.
    leak: what is left, in the states and the parameters.
    """

    rate: sp.Expr
    leak: sp.Expr


@dataclass(frozen=True)
class Observables:
    """Polynomials of the states of a polynomial flow.

    Parameters
    ----------
    system: the flow.
    meanings: each observable in the states, by its symbol.

    Raises
    ------
    InputError: a flow or an observable that is no polynomial.
    """

    system: System
    meanings: Mapping[sp.Symbol, sp.Expr]

    @cached_property
    def _ring(self) -> Any:
        return PolyRing([*self.system.states, *self.system.parameters], sp.QQ, sp.grevlex)

    def _polynomial(self, expression: sp.Expr, what: str) -> Any:
        try:
            return self._ring.from_expr(sp.expand(expression))
        except (ValueError, sp.PolynomialError, sp.CoercionFailed):
            raise InputError(
                f"{what} is no polynomial in the states and the parameters",
                expected="polynomials",
                received=str(expression)[:80],
                hint="an ansatz, for a flow that is no polynomial",
            ) from None

    @cached_property
    def _field(self) -> list[Any]:
        rates = list(self.system.rhs.items())[: len(self.system.states)]
        return [self._polynomial(entry, f"the velocity of {state}") for state, entry in rates]

    @cached_property
    def _polynomials(self) -> dict[sp.Symbol, Any]:
        return {
            name: self._polynomial(meaning, f"the observable {name}")
            for name, meaning in self.meanings.items()
        }

    def excess(self) -> sp.Symbol | None:
        """The first observable that is a polynomial of the others; None where there is none."""
        for name, polynomial in self._polynomials.items():
            others = {other: meaning for other, meaning in self.meanings.items() if other != name}
            if others and Observables(self.system, others)._closed(polynomial).leak == 0:
                return name
        return None

    def parts_of(self, expressions: Iterable[sp.Expr], most: int) -> list[sp.Expr]:
        """What products of parameters multiply in formulas, those of lowest degree in the states.

        Observables that divide a part are divided out; a part that is a combination of others is left out.

        Parameters
        ----------
        expressions: polynomials.
        most: the largest degree.
        """
        parts = [part for f in expressions for _, part in self._by_degree(self._polynomial(f, "a part"))]
        moving = [self._without_factors(part) for part in parts if max(self._degrees(part)) > 0]
        lowest = min((max(self._degrees(part)) for part in moving), default=0)
        found: list[Any] = []
        for part in moving if lowest <= most else ():
            columns = [dict(other.terms()) for other in found]
            if max(self._degrees(part)) == lowest and _reduced(columns, dict(part.terms()))[1]:
                whole = part.primitive()[1]
                found.append(whole if whole.LC > 0 else -whole)
        return [part.as_expr() for part in found]

    def _without_factors(self, part: Any) -> Any:
        for polynomial in self._polynomials.values():
            quotient, rest = divmod(part, polynomial)
            while not rest and max(self._degrees(quotient)) > 0:
                part = quotient
                quotient, rest = divmod(part, polynomial)
        return part

    def closures(self) -> dict[sp.Symbol, Closure]:
        """The time derivative of each observable, split into what closes and what leaks."""
        return {name: self._closed(self._along(polynomial)) for name, polynomial in self._polynomials.items()}

    def _along(self, polynomial: Any) -> Any:
        letters = self._ring.gens[: len(self._field)]
        parts = zip(letters, self._field, strict=True)
        return sum((polynomial.diff(x) * rate for x, rate in parts), self._ring.zero)

    def _closed(self, rate: Any) -> Closure:
        closed, left = sp.S.Zero, self._ring.zero
        for factor, part in self._parts(rate):
            combination, rest = self._written(part)
            closed += factor.as_expr() * combination
            left += factor * rest
        return Closure(closed, sp.factor(left.as_expr()))

    def _parts(self, rate: Any) -> Iterator[tuple[Any, Any]]:
        """Products of parameters, and what they multiply, by its degree in the states where that is kept."""
        return self._by_degree(rate, is_graded=self._are_homogeneous)

    def _by_degree(self, rate: Any, is_graded: bool = True) -> Iterator[tuple[Any, Any]]:
        count = len(self.system.states)

        def grade(term: tuple[tuple[int, ...], Any]) -> tuple[tuple[int, ...], int]:
            powers = term[0]
            return powers[count:], sum(powers[:count]) if is_graded else 0

        for (powers, _), terms in groupby(sorted(rate.terms(), key=grade), key=grade):
            factor = {(*[0] * count, *powers): sp.QQ(1)}
            part = {(*key[:count], *[0] * len(powers)): value for key, value in terms}
            yield self._ring.from_dict(factor), self._ring.from_dict(part)

    @cached_property
    def _are_homogeneous(self) -> bool:
        """Whether every observable has one degree in the states, and no parameters."""
        return all(
            len(self._degrees(p)) == 1 and not self._has_parameters(p) for p in self._polynomials.values()
        )

    def _degrees(self, polynomial: Any) -> set[int]:
        return {sum(key[: len(self.system.states)]) for key in polynomial}

    def _has_parameters(self, polynomial: Any) -> bool:
        return any(any(key[len(self.system.states) :]) for key in polynomial)

    def _written(self, part: Any) -> tuple[sp.Expr, Any]:
        """The part as a polynomial of observables, and what is left over."""
        products = list(self._products(max(self._degrees(part))))
        names = list(self._polynomials)
        columns = [dict(value.terms()) for _, value in products]
        weights, rest = _reduced(columns, dict(part.terms()))
        combination = sp.Add(
            *(
                _rational(weight) * sp.Mul(*(n**e for n, e in zip(names, exponents, strict=True)))
                for (exponents, _), weight in zip(products, weights, strict=True)
                if weight
            )
        )
        return combination, self._ring.from_dict(rest)

    def _products(self, degree: int) -> Iterator[tuple[tuple[int, ...], Any]]:
        """Products of observables up to a degree in the states, or of that degree, with their exponents."""
        sizes = [max(self._degrees(p)) for p in self._polynomials.values()]
        found = [
            exponents
            for exponents in _exponents(sizes, degree)
            if not self._are_homogeneous
            or sum(e * s for e, s in zip(exponents, sizes, strict=True)) == degree
        ]
        if len(found) > MAX_PRODUCTS:
            raise InputError(
                f"the observables have {len(found):,} products of degree {degree}",
                expected=f"at most {MAX_PRODUCTS:,}",
                hint="fewer observables, or of a higher degree",
            )
        powers: dict[tuple[int, ...], Any] = {}
        polynomials = list(self._polynomials.values())
        for exponents in found:
            powers[exponents] = sp.prod(
                [p**e for p, e in zip(polynomials, exponents, strict=True) if e], start=self._ring.one
            )
        return iter(powers.items())


def _exponents(sizes: Sequence[int], degree: int) -> Iterator[tuple[int, ...]]:
    if not sizes:
        yield ()
        return
    for power in range(degree // max(sizes[0], 1) + 1):
        for rest in _exponents(sizes[1:], degree - power * sizes[0]):
            yield (power, *rest)


def _rational(value: Any) -> sp.Rational:
    return sp.Rational(int(value.numerator), int(value.denominator))


def _reduced(
    columns: Sequence[Mapping[Any, Any]], target: Mapping[Any, Any]
) -> tuple[list[Any], dict[Any, Any]]:
    """Weights of columns whose sum takes as much of the target away as their span holds, and the rest.

    By elimination, each pivot the largest key that is left; a column that the others give has weight 0.
    """
    echelon: list[tuple[Any, dict[Any, Any], dict[int, Any]]] = []
    for place, column in enumerate(columns):
        vector, combination = _eliminated(dict(column), {place: sp.QQ(1)}, echelon)
        if vector:
            pivot = max(vector)
            scale = vector[pivot]
            echelon.append(
                (
                    pivot,
                    {key: value / scale for key, value in vector.items()},
                    {key: value / scale for key, value in combination.items()},
                )
            )
    rest, used = _eliminated(dict(target), {}, echelon)
    return [-used.get(place, sp.QQ(0)) for place in range(len(columns))], rest


def _eliminated(
    vector: dict[Any, Any],
    combination: dict[int, Any],
    echelon: Sequence[tuple[Any, dict[Any, Any], dict[int, Any]]],
) -> tuple[dict[Any, Any], dict[int, Any]]:
    for pivot, row, weights in echelon:
        factor = vector.get(pivot)
        if not factor:
            continue
        _take(vector, factor, row)
        _take(combination, factor, weights)
    return vector, combination


def _take(vector: dict[Any, Any], factor: Any, row: Mapping[Any, Any]) -> None:
    for key, value in row.items():
        left = vector.get(key, sp.QQ(0)) - factor * value
        if left:
            vector[key] = left
        else:
            vector.pop(key, None)
