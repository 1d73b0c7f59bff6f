"""First integrals made of Darboux polynomials: rational ones, and sums of logarithms with a polynomial.

A polynomial f is Darboux' for a polynomial field X where ``X f = K f``; f = 0 is then invariant. A sum of
``c_i log f_i`` and a polynomial P is conserved where ``sum_i c_i K_i + X P = 0``, which is linear in the c_i
and in P. All f_i of degree 1 are factors of the extactic determinant of X (Pereira, Ann. Inst. Fourier 51,
2001).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import combinations_with_replacement
from math import comb
from typing import Any

import sympy as sp
from sympy.polys.rings import PolyRing

from odekit.systems.algebra import vanishing_combinations
from odekit.systems.system import System

__all__ = ["darboux_integrals"]

MAX_STATES = 4
# In four states the determinant has thousands of terms, whose factors take minutes.
MAX_STATES_OF_DETERMINANTS = 3
MAX_DEGREE = 3  # Of what is added to the logarithms.
MAX_UNKNOWNS = 60  # Of one linear system with parameters, which takes about a second.


@dataclass(frozen=True)
class _Field:
    """A field times its common denominator, as polynomials over the rational functions of the parameters."""

    states: tuple[sp.Symbol, ...]
    ring: Any
    rates: tuple[Any, ...]

    def along(self, polynomial: Any) -> Any:
        """Derivative along the field."""
        parts = zip(self.ring.gens, self.rates, strict=True)
        return sum((polynomial.diff(letter) * rate for letter, rate in parts), self.ring.zero)

    @cached_property
    def darboux(self) -> Mapping[Any, Any]:
        """Each Darboux polynomial that was found, with what it is multiplied by along the field."""
        found: dict[Any, Any] = {}
        for polynomial in self._candidates():
            for factor, _ in polynomial.factor_list()[1]:
                monic = factor.monic()
                if monic in found:
                    continue
                cofactor, rest = divmod(self.along(monic), monic)
                if not rest:
                    found[monic] = cofactor
        return found

    def _candidates(self) -> Iterator[Any]:
        yield from self.ring.gens
        yield from filter(None, self.rates)
        if len(self.states) <= MAX_STATES_OF_DETERMINANTS and (determinant := self._extactic()):
            yield determinant

    def _extactic(self) -> Any:
        """The determinant of the derivatives of order 1, 2, ... of the states along the field."""
        rows = [list(self.rates)]
        for _ in self.states[1:]:
            rows.append([self.along(entry) for entry in rows[-1]])
        return _determinant(rows)


def darboux_integrals(system: System, known: Sequence[sp.Expr], most: int) -> list[sp.Expr] | None:
    """Integrals with logarithms or denominators, independent of one another and of what is known.

    None where none are looked for: in a system that is not autonomous, not rational, or of over four states.

    Parameters
    ----------
    system: any.
    known: what is known to be conserved.
    most: how many more there can be.

    >>> from odekit.systems.any_system import system
    >>> darboux_integrals(system({"x": "x*(1 - y)", "y": "r*y*(x - 1)"}, "r"), (), 1)
    [r*x - r*log(x) + y - log(y)]
    """
    field = _field(system)
    if field is None:
        return None
    if most <= 0:
        return []
    independent = _Independence(field.states, system.parameters, [*system.constraints.values(), *known])
    found: list[sp.Expr] = []
    for degree in range(MAX_DEGREE + 1):
        for integral in _conserved(field, degree):
            if len(found) < most and independent.grows_by(integral):
                found.append(integral)
        if len(found) >= most:
            break
    return found


def _field(system: System) -> _Field | None:
    if system.time is not None or len(system.states) > MAX_STATES:
        return None
    entries = [sp.together(entry) for entry in system.rhs.values()][: len(system.states)]
    parts = [sp.fraction(sp.nsimplify(entry, rational=True)) for entry in entries]
    if not all(p.is_polynomial(*system.states, *system.parameters) for pair in parts for p in pair):
        return None
    domain = sp.QQ.frac_field(*system.parameters) if system.parameters else sp.QQ
    ring = PolyRing(system.states, domain, sp.grevlex)
    below = [ring.from_expr(sp.expand(denominator)) for _, denominator in parts]
    common = reduce(lambda a, b: a.lcm(b), below, ring.one)
    above = [ring.from_expr(sp.expand(numerator)) for numerator, _ in parts]
    rates = tuple(a * common.exquo(b) for a, b in zip(above, below, strict=True))
    return _Field(system.states, ring, rates)


def _conserved(field: _Field, degree: int) -> Iterator[sp.Expr]:
    """The combinations of logarithms and of monomials up to a degree that are conserved."""
    polynomials = list(field.darboux)
    count = comb(len(field.states) + degree, degree) - 1 + len(polynomials)
    if not polynomials or count > MAX_UNKNOWNS:
        return
    monomials = [
        sp.prod(letters, start=field.ring.one)
        for size in range(1, degree + 1)
        for letters in combinations_with_replacement(field.ring.gens, size)
    ]
    rates = [*field.darboux.values(), *map(field.along, monomials)]
    columns = [dict(rate.terms()) for rate in rates]
    for vector in vanishing_combinations(columns, field.ring.domain):
        weights, rest = vector[: len(polynomials)], vector[len(polynomials) :]
        if any(weights):
            yield _written(field, polynomials, weights, monomials, rest)


def _written(
    field: _Field,
    polynomials: Sequence[Any],
    weights: Sequence[Any],
    monomials: Sequence[Any],
    rest: Sequence[Any],
) -> sp.Expr:
    """A product of powers where the powers are whole numbers and nothing is added, else logarithms."""
    values = [_expression(value, field) for value in (*weights, *rest)]
    common = sp.lcm_list([sp.fraction(sp.together(value))[1] for value in values])
    divisor = sp.gcd_list([sp.cancel(value * common) for value in values if value != 0])
    scaled = [sp.cancel(value * common / divisor) for value in values]
    powers, rest = scaled[: len(polynomials)], scaled[len(polynomials) :]
    if rest and next((c for c in rest if c != 0), sp.S.One).could_extract_minus_sign():
        powers, rest = [-p for p in powers], [-c for c in rest]
    factors = [polynomial.as_expr() for polynomial in polynomials]
    if all(power.is_Integer for power in powers) and not any(rest):
        sign = 1 if next(power for power in powers if power) > 0 else -1
        return sp.Mul(*(f ** (sign * power) for f, power in zip(factors, powers, strict=True)))
    added = sp.Add(*(c * monomial.as_expr() for c, monomial in zip(rest, monomials, strict=True)))
    return added + sp.Add(*(power * sp.log(f) for f, power in zip(factors, powers, strict=True)))


def _expression(value: Any, field: _Field) -> sp.Expr:
    return field.ring.domain.to_sympy(field.ring.domain.convert(value))


def _determinant(rows: Sequence[Sequence[Any]]) -> Any:
    """By the first row."""
    if len(rows) == 1:
        return rows[0][0]
    minors = ([[*row[:j], *row[j + 1 :]] for row in rows[1:]] for j in range(len(rows)))
    signs = ((-1) ** j for j in range(len(rows)))
    parts = zip(signs, rows[0], minors, strict=True)
    return sum((sign * entry * _determinant(minor) for sign, entry, minor in parts), rows[0][0].ring.zero)


class _Independence:
    """Gradients at one rational point, which are rational: their rank is never above the true one."""

    def __init__(
        self, states: Sequence[sp.Symbol], parameters: Sequence[sp.Symbol], known: Iterable[sp.Expr]
    ) -> None:
        self._states = states
        symbols = [*states, *parameters]
        self._point = {s: sp.Rational(3 * i + 7, 2 * i + 5) for i, s in enumerate(symbols)}
        self._rows: list[list[sp.Expr]] = []
        for function in known:
            self.grows_by(function)

    def grows_by(self, function: sp.Expr) -> bool:
        """Take a function in if it is independent of those before."""
        gradient = [function.diff(state).subs(self._point) for state in self._states]
        if not all(entry.is_Rational for entry in gradient):
            return False
        rows = [*self._rows, gradient]
        if sp.Matrix(rows).rank() == len(self._rows):
            return False
        self._rows = rows
        return True
