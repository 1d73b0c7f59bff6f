"""Stability of a point of rest in symbols, from the eigenvalues of the Jacobian there."""

from collections.abc import Mapping, Sequence

import sympy as sp

from odekit.systems.known import FixedPoint
from odekit.systems.system import System

__all__ = ["linearised"]

Values = Mapping[sp.Symbol, sp.Expr]


def linearised(values: Values, system: System, integrals: Sequence[sp.Expr]) -> FixedPoint:
    """The point with the eigenvalues of the field's Jacobian, less one zero for each function that is kept.

    Every function that the flow keeps at every level gives the Jacobian a left null vector, its gradient.

    Parameters
    ----------
    values: value by state, which may hold other states: a family.
    system, integrals: the system, and what it conserves beside the constraint's functions.
    """
    field = sp.Matrix(system.vector_field)
    slopes = field.jacobian(list(system.states)).replace(sp.DiracDelta, lambda *_: sp.S.Zero)
    linear = slopes.subs(values).applyfunc(sp.simplify)
    kept = sp.Matrix([*system.constraints.values(), *integrals])
    rank = kept.jacobian(list(system.states)).subs(values).applyfunc(sp.simplify).rank() if kept else 0
    eigenvalues = [sp.simplify(value) for value, count in linear.eigenvals().items() for _ in range(count)]
    zeros = [value for value in eigenvalues if value == 0]
    others = [value for value in eigenvalues if value != 0]
    left = zeros[min(rank, len(zeros)) :]
    family = len(set().union(*(value.free_symbols for value in values.values())) & set(system.states))
    stability = "degenerate" if len(left) > family else _stability(others)
    ordered = sorted(others, key=sp.default_sort_key)
    return FixedPoint(values, stability, {}, (*ordered, *left), family)


def _stability(eigenvalues: Sequence[sp.Expr]) -> str:
    """What the signs of the real parts say."""
    parts = [sp.re(value) if value.is_real is not True else value for value in eigenvalues]
    signs = {_sign(part) for part in parts}
    if {1, -1} <= signs or any(sp.simplify(a + b) == 0 for i, a in enumerate(parts) for b in parts[:i]):
        return "saddle"
    if None in signs:
        return "depends on values"
    if not signs:
        return "degenerate"
    return "attracts" if signs == {-1} else "repels"


def _sign(expression: sp.Expr) -> int | None:
    """The sign for all real symbols that are not zero, where SymPy can tell."""
    if not expression.free_symbols:
        return int(sp.sign(expression.evalf()))
    known = {s: sp.Dummy(real=True, nonzero=True) for s in expression.free_symbols if s.is_positive is None}
    for form in (expression, sp.factor(expression), sp.expand(expression)):
        named = form.xreplace(known)
        if named.is_positive or named.is_negative:
            return 1 if named.is_positive else -1
    return None
