"""Projection of a velocity on a constraint in a metric; every level of the constraint is kept, not only 0."""

from collections.abc import Sequence

import sympy as sp

from odekit.systems.energies.constraint import Constraint
from odekit.systems.energies.variables import Variable

__all__ = ["projected"]

# Two functions have determinants short enough to be put on one denominator.
FEW_FUNCTIONS = 2


def projected(
    velocity: sp.Matrix, inverse: sp.Matrix, constraints: Sequence[Constraint], states: Sequence[sp.Symbol]
) -> sp.Matrix:
    """``v - W J^T (J W J^T)^-1 J v`` for the velocity v, the functions' Jacobian J and the inverse metric W.

    A frame A in a metric that is a number on it loses ``A (A^H A)^-1 herm(A^H v)`` instead, which is the same
    on the constraint, where ``A^H A = 1``, and shorter.

    Parameters
    ----------
    velocity: (states, 1).
    inverse: (states, states), the inverse of the metric.
    constraints: the functions that vanish.
    states: in the order of the rows.
    """
    order = {state: row for row, state in enumerate(states)}
    frames = [one for one in constraints if _stands_alone(one, constraints, inverse, states)]
    result = sp.Matrix(velocity)
    for one in frames:
        frame = one.frame
        if frame is not None:
            rows = [order[state] for state in frame.symbols]
            part = _tangent(frame, [velocity[row] for row in rows])
            for row, entry in zip(rows, part, strict=True):
                result[row] = entry
    functions = [f for one in constraints if one not in frames for f in one.functions.values()]
    return result - _across(result, inverse, functions, states) if functions else result


def _across(
    velocity: sp.Matrix, inverse: sp.Matrix, functions: Sequence[sp.Expr], states: Sequence[sp.Symbol]
) -> sp.Matrix:
    jacobian = sp.Matrix(functions).jacobian(list(states))
    gram = (jacobian * inverse * jacobian.T).applyfunc(sp.expand)
    multipliers = _solved(gram, (jacobian * velocity).applyfunc(sp.together))
    return inverse * jacobian.T * multipliers


def _solved(gram: sp.Matrix, right: sp.Matrix) -> sp.Matrix:
    """Solution of a symmetric system: entry by entry where it is diagonal, by cofactors where it is small.

    A larger one is solved in one symbol for each different entry, because the quotients of determinants of
    polynomials would be put together term by term.
    """
    if gram.is_diagonal():
        return sp.Matrix([sp.together(right[i] / gram[i, i]) for i in range(gram.rows)])
    if gram.rows <= FEW_FUNCTIONS:
        return (gram.adjugate() * right / gram.det()).applyfunc(sp.together)
    entries = {entry: sp.Dummy() for entry in gram if not entry.is_number}
    named = gram.xreplace(entries)
    meaning = {symbol: entry for entry, symbol in entries.items()}
    return (named.adjugate() * right / named.det(method="berkowitz")).xreplace(meaning)


def _stands_alone(
    one: Constraint, constraints: Sequence[Constraint], inverse: sp.Matrix, states: Sequence[sp.Symbol]
) -> bool:
    """Whether a frame shares no state with other constraints, and the metric is one number on it."""
    if one.frame is None:
        return False
    own = set(one.frame.symbols)
    if any(own & set(other.states(states)) for other in constraints if other is not one):
        return False
    rows = [row for row, state in enumerate(states) if state in own]
    if len({inverse[row, row] for row in rows}) > 1:
        return False
    return not any(inverse[i, j] != 0 for i in rows for j in range(len(states)) if i != j)


def _tangent(frame: Variable, velocity: Sequence[sp.Expr]) -> list[sp.Expr]:
    """A frame's velocity without its part across, state by state."""
    A, rows = frame.value, frame.shape[0]
    step = 2 if frame.is_complex else 1
    entries = [
        velocity[i] + (sp.I * velocity[i + 1] if frame.is_complex else 0)
        for i in range(0, len(velocity), step)
    ]
    V = sp.Matrix(rows, frame.shape[1], entries)
    product, gram = A.H * V, (A.H * A).applyfunc(lambda e: sp.expand(e, complex=frame.is_complex))
    across = A * gram.adjugate() * (product + product.H) / 2
    size = sp.expand(gram.det(), complex=frame.is_complex)
    if not frame.is_complex:
        return [v - entry / size for v, entry in zip(velocity, across, strict=True)]
    split = [part for entry in across for part in sp.expand(entry, complex=True).as_real_imag()]
    return [v - entry / size for v, entry in zip(velocity, split, strict=True)]
