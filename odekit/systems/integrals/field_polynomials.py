"""A vector field as exact polynomials, in the states and in the functions that occur in it.

Sines, exponentials and roots of the states become letters of their own, and a common denominator is cleared,
which changes the speed along an orbit and not the orbit. What enters is a system; what leaves are polynomials
over the rationals, in which the parameters are letters, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from math import comb

import sympy as sp
from sympy.polys.rings import PolyElement, PolyRing

from odekit.systems.system import System

__all__ = ["MAX_TERMS", "FieldPolynomials", "expanded_size", "field_polynomials"]

MAX_TERMS = 20_000


@dataclass(frozen=True)
class FieldPolynomials:
    """A field times its common denominator.

    Parameters
    ----------
    ring: over the rationals, in the states, then the functions, then the parameters.
    entries: one polynomial per state.
    parameters: how many of the last letters are parameters.
    """

    ring: PolyRing
    entries: tuple[PolyElement, ...]
    parameters: int


def field_polynomials(system: System) -> FieldPolynomials | None:
    """The field as polynomials; None where it has too many terms, or an entry can't be written so."""
    field = [
        sp.nsimplify(entry.xreplace(dict(system.definitions)), rational=True) for entry in system.vector_field
    ]
    if sum(map(expanded_size, field)) > MAX_TERMS:
        return None
    fractions = [sp.fraction(sp.together(sp.expand_trig(entry))) for entry in field]
    denominator = reduce(sp.lcm, (below for _, below in fractions), sp.S.One)
    cleared = [sp.expand(above * sp.cancel(denominator / below)) for above, below in fractions]
    functions = _functions(cleared, system)
    if functions is None:
        return None
    letters = {function: sp.Dummy(f"f{i}") for i, function in enumerate(functions)}
    ring = PolyRing([*system.states, *letters.values(), *system.parameters], sp.QQ, sp.grevlex)
    try:
        entries = tuple(ring.from_expr(_lettered(entry, letters)) for entry in cleared)
    except (ValueError, sp.PolynomialError, sp.CoercionFailed):
        return None
    return FieldPolynomials(ring, entries, len(system.parameters))


def expanded_size(expression: sp.Expr) -> int:
    """A bound of the number of terms after expansion.

    >>> a, b = sp.symbols("a b")
    >>> expanded_size((a + b) ** 3), expanded_size(a * (a + b))
    (4, 2)
    """
    if expression.is_Add:
        return sum(map(expanded_size, expression.args))
    if expression.is_Mul:
        return int(sp.prod([expanded_size(factor) for factor in expression.args]))
    if expression.is_Pow and expression.exp.is_Integer:
        terms, power = expanded_size(expression.base), abs(int(expression.exp))
        return comb(terms + power - 1, power)
    return 1


def _functions(entries: Sequence[sp.Expr], system: System) -> list[sp.Expr] | None:
    """Every part that depends on a state or on time and is no polynomial."""
    moving = {*system.states, system.time}
    found: dict[sp.Expr, None] = {}
    for entry in entries:
        for term in sp.Add.make_args(entry):
            for factor in sp.Mul.make_args(term):
                base, exponent = factor.as_base_exp()
                if not factor.free_symbols & moving:
                    continue
                if base in system.states and exponent.is_Integer and exponent > 0:
                    continue
                found[_letter(factor)] = None
    return list(found)


def _letter(factor: sp.Expr) -> sp.Expr:
    base, exponent = factor.as_base_exp()
    return base if exponent.is_Integer and exponent > 0 else factor


def _lettered(entry: sp.Expr, letters: dict[sp.Expr, sp.Symbol]) -> sp.Expr:
    terms = []
    for term in sp.Add.make_args(entry):
        factors = []
        for factor in sp.Mul.make_args(term):
            letter = letters.get(_letter(factor))
            is_power = letter is not None and _letter(factor) != factor
            factors.append(
                factor if letter is None else letter ** (factor.as_base_exp()[1] if is_power else 1)
            )
        terms.append(sp.Mul(*factors))
    return sp.Add(*terms)
