"""Scaling symmetries: exponents by which states, parameters and time can be multiplied.

Scaling every x_i by c^(a_i), every parameter p_j by c^(b_j) and time by c^k takes orbits to orbits where each
monomial of x_i' has the degree a_i - k: linear equations for the exponents.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import gcd, lcm

import sympy as sp

from odekit.systems.algebra import is_polynomial_in, null_space
from odekit.systems.integrals import MAX_TERMS, expanded_size
from odekit.systems.known import ScalingSymmetry, Search
from odekit.systems.system import System

__all__ = ["scaling_symmetries"]

Row = dict[sp.Basic, Fraction]


def scaling_symmetries(system: System) -> Search[ScalingSymmetry]:
    """A basis of the scaling symmetries of a system, those that keep time first.

    A function that is no power, such as a sine, must keep its argument. A time-dependent field has time as
    one of its letters. None are looked for in a field of more than 20,000 terms.

    >>> from odekit.systems.energies.gradient_flow import gradient_flow
    >>> for symmetry in scaling_symmetries(gradient_flow("(s - a*b)**2/2", "a b", parameters="s")):
    ...     print(symmetry)
    a -> c a, b -> c b, s -> c^2 s, t -> c^-2 t
    """
    if sum(map(expanded_size, system.vector_field)) > MAX_TERMS:
        return Search((), "not tried", f"the field has more than {MAX_TERMS} terms")
    clock = system.time or sp.Symbol("t", real=True)
    unknowns: list[sp.Basic] = [*system.states, *system.parameters, clock]
    rows = list(_rows(system, clock))
    entries = {
        i: {unknowns.index(symbol): value for symbol, value in row.items()} for i, row in enumerate(rows)
    }
    basis = [_integers(vector) for vector in null_space(entries, max(len(rows), 1), len(unknowns))]
    basis.sort(key=lambda vector: (vector[-1] != 0, sum(map(abs, vector))))
    items = tuple(_symmetry(vector, system) for vector in basis)
    letters, meaning = set(unknowns), dict(system.definitions)
    formulas = [*system.vector_field, *system.constraints.values()]
    if all(is_polynomial_in(formula.xreplace(meaning), letters) for formula in formulas):
        return Search(items, "complete", "a basis of all exponents, by linear equations")
    return Search(items, "partial", "those that keep the argument of every function")


def _rows(system: System, clock: sp.Symbol) -> Iterator[Row]:
    """Each linear equation, as a coefficient by unknown."""
    symbols = {*system.states, *system.parameters, clock}
    meaning = dict(system.definitions)
    for state, velocity in zip(system.states, system.vector_field, strict=True):
        target = _sum([({state: Fraction(1)}, 1), ({clock: Fraction(1)}, -1)])
        for degree, constraints in _degrees(velocity.xreplace(meaning), symbols):
            yield from constraints
            yield _sum([(degree, 1), (target, -1)])
    for function in system.constraints.values():
        for degree, constraints in _degrees(function.xreplace(meaning), symbols):
            yield from constraints
            yield degree


def _degrees(expression: sp.Expr, symbols: set[sp.Symbol]) -> Iterator[tuple[Row, list[Row]]]:
    """The degree of each term, a linear form of the unknowns, and what has to vanish for it to have one."""
    numerator, denominator = sp.fraction(sp.together(sp.expand(expression)))
    below, below_rows = _common(sp.expand(denominator), symbols)
    for term in sp.Add.make_args(sp.expand(numerator)):
        if term != 0:
            degree, rows = _term(term, symbols)
            yield _sum([(degree, 1), (below, -1)]), [*rows, *below_rows]


def _common(expression: sp.Expr, symbols: set[sp.Symbol]) -> tuple[Row, list[Row]]:
    """The degree of the first term, and what makes all others have the same."""
    found = [_term(term, symbols) for term in sp.Add.make_args(expression)]
    first = found[0][0]
    return first, [
        *(row for _, rows in found for row in rows),
        *(_sum([(d, 1), (first, -1)]) for d, _ in found[1:]),
    ]


def _term(term: sp.Expr, symbols: set[sp.Symbol]) -> tuple[Row, list[Row]]:
    degree: list[tuple[Row, Fraction | int]] = []
    rows: list[Row] = []
    for factor in sp.Mul.make_args(term):
        base, exponent = factor.as_base_exp()
        if not factor.free_symbols & symbols:
            continue
        if base in symbols and exponent.is_Rational:
            degree.append(({base: Fraction(int(exponent.p), int(exponent.q))}, 1))
        elif exponent.is_Rational and base.is_Add:
            inner, inner_rows = _common(sp.expand(base), symbols)
            degree.append((inner, Fraction(int(exponent.p), int(exponent.q))))
            rows += inner_rows
        else:
            rows += _invariant(factor, symbols)
    return _sum(degree), rows


def _invariant(function: sp.Expr, symbols: set[sp.Symbol]) -> list[Row]:
    """What keeps every argument of a function."""
    rows = []
    for argument in function.args:
        for term in sp.Add.make_args(sp.expand(argument)):
            degree, inner = _term(term, symbols)
            rows += [degree, *inner]
    return rows


def _sum(parts: Sequence[tuple[Row, Fraction | int]]) -> Row:
    total: Row = {}
    for row, factor in parts:
        for symbol, value in row.items():
            total[symbol] = total.get(symbol, Fraction(0)) + factor * value
    return {symbol: value for symbol, value in total.items() if value}


def _integers(vector: Sequence[Fraction]) -> list[int]:
    """The smallest integer multiple whose first entry is positive."""
    common = lcm(*(value.denominator for value in vector))
    whole = [int(value * common) for value in vector]
    divisor = gcd(*whole) * (1 if next(value for value in whole if value) > 0 else -1)
    return [value // divisor for value in whole]


def _symmetry(vector: Sequence[int], system: System) -> ScalingSymmetry:
    count = len(system.states)
    states = {s: e for s, e in zip(system.states, vector[:count], strict=True) if e}
    parameters = {s: e for s, e in zip(system.parameters, vector[count:-1], strict=True) if e}
    return ScalingSymmetry(states, parameters, vector[-1])
