"""First integrals of any system, found: a polynomial ansatz in the states and exact linear algebra.

A polynomial P is conserved if ``sum_i f_i dP/dx_i`` is the zero polynomial, in the states and the functions
that occur in the field: linear equations for P's coefficients. They are rational numbers, or, where the
ansatz is small, rational functions of the parameters. Of what is found the functionally independent ones are
kept, lowest degree first. What a constraint keeps anyway does not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement
from math import comb
from typing import Any

import numpy as np
import sympy as sp
from sympy.polys.matrices import DomainMatrix
from sympy.polys.rings import PolyElement

from odekit.systems.integrals.field_polynomials import FieldPolynomials, field_polynomials
from odekit.systems.system import System

__all__ = ["polynomial_integrals"]

MAX_DEGREE = 4
MAX_UNKNOWNS = 200
MAX_UNKNOWNS_WITH_PARAMETERS = 20
INDEPENDENT = 1e-9


def polynomial_integrals(system: System, degree: int = MAX_DEGREE) -> tuple[sp.Expr, ...]:
    """Functionally independent polynomials in the states that the flow conserves, lowest degree first.

    Parameters
    ----------
    system: any system; a field that depends on time is taken as a function of its own at every moment.
    degree: the largest one that is tried, as long as the monomials are at most 200.

    >>> from odekit.systems.energies.gradient_flow import gradient_flow
    >>> polynomial_integrals(gradient_flow("(x*y*z - 1)**2", "x y z"))
    (x**2 - y**2, x**2 - z**2)
    """
    field = field_polynomials(system)
    if field is None:
        return ()
    rank = _Rank(system)
    most = len(system.states) - len(system.constraints) - any(field.entries)
    found: list[sp.Expr] = []
    count = len(system.states)
    monomials: list[PolyElement] = []
    for level in range(1, degree + 1):
        if len(found) >= most or len(monomials) + comb(count + level - 1, level) > MAX_UNKNOWNS:
            break
        monomials += list(_monomials(field, count, level))
        for candidate in _conserved(monomials, field, len(monomials) <= MAX_UNKNOWNS_WITH_PARAMETERS):
            if len(found) < most and rank.grows_by(candidate):
                found.append(candidate)
    return tuple(found)


def _monomials(field: FieldPolynomials, count: int, degree: int) -> Iterator[PolyElement]:
    for chosen in combinations_with_replacement(range(count), degree):
        monomial = field.ring.one
        for index in chosen:
            monomial = monomial * field.ring.gens[index]
        yield monomial


def _conserved(
    monomials: Sequence[PolyElement], field: FieldPolynomials, is_small: bool
) -> Iterator[sp.Expr]:
    """A basis of the conserved combinations, primitive; their coefficients hold parameters if it is small."""
    constants = field.ring.symbols[len(field.ring.symbols) - field.parameters :] if is_small else ()
    domain = sp.QQ.frac_field(*constants) if constants else sp.QQ
    rows: dict[Any, dict[int, Any]] = {}
    for column, monomial in enumerate(monomials):
        for key, value in _derivative(monomial, field).terms():
            kept, powers = (key[: -len(constants)], key[-len(constants) :]) if constants else (key, ())
            row = rows.setdefault(kept, {})
            row[column] = row.get(column, domain.zero) + _coefficient(domain, value, powers)
    entries = {i: {c: v for c, v in row.items() if v} for i, row in enumerate(rows.values())}
    entries = {i: row for i, row in entries.items() if row}
    matrix = DomainMatrix(entries, (len(rows), len(monomials)), domain)
    for vector in matrix.nullspace().to_list():
        pairs = zip(monomials, vector, strict=True)
        found = sp.Add(*(m.as_expr() * domain.to_sympy(value) for m, value in pairs if value))
        yield _primitive(found, field.ring.symbols[: len(field.entries)])


def _coefficient(domain: Any, value: Any, powers: Sequence[int]) -> Any:
    """A rational number times powers of the parameters, in the domain."""
    result = domain.convert_from(value, sp.QQ)
    for generator, power in zip(getattr(domain, "gens", ()), powers, strict=True):
        result = result * generator**power
    return result


def _derivative(polynomial: PolyElement, field: FieldPolynomials) -> PolyElement:
    """Derivative along the field."""
    total = field.ring.zero
    for generator, entry in zip(field.ring.gens, field.entries, strict=False):
        total += polynomial.diff(generator) * entry
    return total


def _primitive(expression: sp.Expr, states: Sequence[sp.Symbol]) -> sp.Expr:
    """Without denominators and common factors, its first term positive."""
    _, part = sp.Poly(sp.fraction(sp.together(expression))[0], *states).primitive()
    return (-part if part.LC().could_extract_minus_sign() else part).as_expr()


class _Rank:
    """Rank of the Jacobian of a growing set of functions at one seeded point."""

    def __init__(self, system: System) -> None:
        self._states = system.states
        generator = np.random.default_rng(0)
        symbols = (*system.states, *system.parameters)
        self._point = {s: sp.Float(generator.uniform(0.3, 1.7), 30) for s in symbols}
        self._rows: list[np.ndarray[Any, np.dtype[np.float64]]] = []
        for function in system.constraints.values():
            self.grows_by(function)

    def grows_by(self, function: sp.Expr) -> bool:
        """Take the function in if it is independent of those before."""
        gradient = np.array([float(function.diff(s).subs(self._point)) for s in self._states])
        rest = gradient / (np.linalg.norm(gradient) or 1.0)
        for _ in range(2):
            for row in self._rows:
                rest = rest - (row @ rest) * row
        size = float(np.linalg.norm(rest))
        if size <= INDEPENDENT:
            return False
        self._rows.append(rest / size)
        return True
