"""Eigenvalues of the linearisation at a point or along a family of rest, and what explains those that are 0.

Every function that the flow keeps at every level gives the Jacobian a left null vector, its gradient, and
every direction of a family a right one. Where a gradient has a slope along the family, both tell of one zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import sympy as sp
from sympy.polys.matrices import DomainMatrix

from odekit.arrays import FloatArray
from odekit.systems.algebra import smooth_jacobian
from odekit.systems.rest_points.loci import Locus, is_zero
from odekit.systems.rest_points.stability import numeric_roots
from odekit.systems.system import System

__all__ = ["KINKED", "Spectrum", "smooth_there", "spectrum_at"]

# Smaller singular values of gradients at a sampled point, below the root of the floats' spacing, are 0.
ZERO = 1e-8
MAX_KINKS = 4
ROUNDED = 1e-20  # A coefficient below this share of what its terms can be, from 40 digits of a point, is 0.
SHOWN = 15  # Digits of an eigenvalue that has no formula.
KINKED = (sp.Abs, sp.sign, sp.Max, sp.Min, sp.Heaviside)


@dataclass(frozen=True)
class Spectrum:
    """The eigenvalues at a place where a system rests.

    Parameters
    ----------
    others: those that are not 0.
    zeros: how many are 0.
    kept: zeros that the functions which the flow keeps account for.
    explained: zeros that these and the family account for.
    coefficients: of the monic polynomial whose roots are all but the explained zeros, from the second on.
    """

    others: tuple[sp.Expr, ...]
    zeros: int
    kept: int
    explained: int
    coefficients: tuple[sp.Expr, ...]


def spectrum_at(locus: Locus, system: System, integrals: Sequence[sp.Expr]) -> Spectrum | None:
    """The spectrum; None where the field has a kink, a jump or no slope there, so no linearisation.

    Parameters
    ----------
    locus: where the system rests.
    system, integrals: the system, and what it conserves beside the constraint's functions.
    """
    slopes = _jacobian(locus, system)
    if slopes is None:
        return None
    kept = sp.Matrix([*system.constraints.values(), *integrals])
    normals = kept.jacobian(list(system.states)) if kept else sp.zeros(0, len(system.states))
    rank, along = _ranks(locus, normals, system)
    explained = rank + locus.dimension - along
    polynomial = [sp.S.One, *_coefficients(slopes, locus)]
    zeros = next((i for i, entry in enumerate(reversed(polynomial)) if entry != 0), 0)
    explained = min(explained, zeros)
    others = _roots(slopes, polynomial[: len(polynomial) - zeros], locus)
    moving = polynomial[1 : max(len(polynomial) - explained, 1)]
    return Spectrum(others, zeros, min(rank, zeros), explained, tuple(moving))


def smooth_there(functions: Sequence[sp.Expr], system: System, locus: Locus) -> list[sp.Expr]:
    """Those of some functions of the states that have a slope where a system rests."""
    states = list(system.states)
    slopes = (sp.Matrix([[function.diff(state) for state in states]]) for function in functions)
    there = [np.isfinite(_digits(row.subs(locus.values), locus)).all() for row in slopes]
    return [function for function, is_smooth in zip(functions, there, strict=True) if is_smooth]


def _jacobian(locus: Locus, system: System) -> sp.Matrix | None:
    """The Jacobian there, finite, and one and the same from all sides of the kinks; None where it is not."""
    field, states = sp.Matrix(system.vector_field), list(system.states)
    arguments = {part: _argument(part) for part in field.atoms(*KINKED)}
    on_kink = {part: u for part, u in arguments.items() if u is None or _vanishes(u, locus)}
    if None in on_kink.values() or len(on_kink) > MAX_KINKS:
        return None
    sides = product((1, -1), repeat=len(set(on_kink.values())))
    smooth = [_beside_all(field, on_kink, side) for side in sides]
    there = [sp.Matrix.hstack(smooth_jacobian(one, states), one) for one in smooth]
    if not np.isfinite([_digits(one.subs(locus.values), locus) for one in there]).all():
        return None
    if any(not _vanishes(gap, locus) for one in there[1:] for gap in one - there[0]):
        return None
    if any(not _vanishes(entry, locus) for entry in there[0][:, len(states)]):
        return None
    return there[0][:, : len(states)].applyfunc(lambda entry: _value(entry, locus))


def _value(entry: sp.Expr, locus: Locus) -> sp.Expr:
    if locus.is_in_digits:
        return sp.S.Zero if is_zero(entry, locus.sample) else locus.reduced(entry)
    value = entry.subs(locus.values)
    return locus.reduced(value) if locus.sample else sp.simplify(value)


def _beside_all(field: sp.Matrix, on_kink: Mapping[sp.Expr, sp.Expr], sides: Sequence[int]) -> sp.Matrix:
    """The field on chosen sides of the kinks."""
    side = dict(zip(dict.fromkeys(on_kink.values()), sides, strict=True))
    return field.xreplace({part: _beside(part, u, side[u]) for part, u in on_kink.items()})


def _digits(matrix: sp.Matrix, locus: Locus) -> FloatArray:
    """Values at the sample, or at some value of everything that is left open."""
    place = dict(locus.sample)
    for index, symbol in enumerate(sorted(matrix.free_symbols - set(place), key=str), 1):
        place[symbol] = 0.7 + 0.31 * index
    return np.array(matrix.subs(place).evalf().tolist(), dtype=np.complex128).view(np.float64)


def _argument(part: sp.Expr) -> sp.Expr | None:
    """What is 0 at the kink; None where that is not one thing."""
    if isinstance(part, sp.Max | sp.Min):
        return part.args[0] - part.args[1] if len(part.args) == 2 else None
    return part.args[0]


def _beside(part: sp.Expr, argument: sp.Expr, side: int) -> sp.Expr:
    """The function on one side of its kink."""
    if isinstance(part, sp.Max | sp.Min):
        first, second = part.args
        return first if (side > 0) == isinstance(part, sp.Max) else second
    if isinstance(part, sp.Abs):
        return side * argument
    return sp.Integer(side) if isinstance(part, sp.sign) else sp.Integer(side > 0)


def _vanishes(expression: sp.Expr, locus: Locus) -> bool:
    if locus.is_in_digits:
        return is_zero(expression, locus.sample)
    return is_zero(locus.reduced(expression.subs(locus.values)), {})


def _ranks(locus: Locus, normals: sp.Matrix, system: System) -> tuple[int, int]:
    """How many independent functions are kept there, and how many of them change along the family.

    A direction of the family that isn't known is one that was found by a function's change along it.
    """
    tangent = _tangent(locus, system)
    unknown = max(locus.dimension - tangent.cols, 0)
    if not locus.sample:
        there = normals.subs(locus.values)
        return _exact_rank(there), _exact_rank(there * tangent) + unknown
    place = {**locus.values, **locus.sample}
    gradients = np.array(normals.subs(locus.values).subs(place).evalf().tolist(), dtype=np.float64)
    gradients = gradients.reshape(-1, len(system.states))
    along = gradients @ np.array(tangent.evalf().tolist(), dtype=np.float64)
    return _rank(gradients), _rank(along) + unknown


def _exact_rank(matrix: sp.Matrix) -> int:
    """At general values of what is free."""
    if not matrix:
        return 0
    written = DomainMatrix.from_Matrix(matrix)
    if not written.domain.is_EX:
        return int(written.to_field().rank())
    return int(matrix.applyfunc(sp.simplify).rank())


def _rank(matrix: FloatArray) -> int:
    return int((np.linalg.svd(matrix, compute_uv=False) > ZERO).sum()) if matrix.size else 0


def _tangent(locus: Locus, system: System) -> sp.Matrix:
    """The family's directions as columns; at the sample where there is one."""
    states = list(system.states)
    columns = [sp.Matrix(shift) for shift in locus.shifts]
    free = [s for s in states if any(s in value.free_symbols for value in locus.values.values())]
    values = sp.Matrix([locus.values.get(state, sp.S.Zero) for state in states])
    columns += [values.diff(state) for state in free]
    if locus.equations:
        unknown = [state for state in states if state not in locus.values]
        matrix = sp.Matrix(locus.equations).jacobian(unknown).subs(locus.values).subs(locus.sample).evalf()
        _, sizes, rows = np.linalg.svd(np.array(matrix.tolist(), dtype=np.float64))
        for row in rows[int((sizes > ZERO).sum()) :]:
            place = dict(zip(unknown, map(float, row), strict=True))
            columns.append(sp.Matrix([place.get(state, 0) for state in states]))
    return sp.Matrix.hstack(*columns) if columns else sp.zeros(len(states), 0)


def _coefficients(slopes: sp.Matrix, locus: Locus) -> list[sp.Expr]:
    """Of the characteristic polynomial, from the second on, as they are there."""
    letter = sp.Dummy("eigenvalue")
    entries = slopes.charpoly(letter).all_coeffs()[1:]
    if not locus.is_in_digits:
        return [_tidy(locus.reduced(entry), locus) for entry in entries]
    sizes = sp.Poly(sp.prod(letter + sum(map(abs, slopes.row(i))) for i in range(slopes.rows)), letter)
    bounds = sizes.all_coeffs()[1:]
    return [sp.S.Zero if abs(e) <= ROUNDED * bound else e for e, bound in zip(entries, bounds, strict=True)]


def _tidy(entry: sp.Expr, locus: Locus) -> sp.Expr:
    if locus.equations:
        return entry
    if entry.is_number:
        return sp.S.Zero if is_zero(entry, {}) else entry
    return sp.factor(sp.simplify(entry))


def _roots(slopes: sp.Matrix, polynomial: Sequence[sp.Expr], locus: Locus) -> tuple[sp.Expr, ...]:
    """The eigenvalues that are not 0, by short formulas or digits; of parameters those with formulas."""
    if len(polynomial) == 1:
        return ()
    if locus.is_in_digits:
        return tuple(sp.N(root, SHOWN) for root in numeric_roots(polynomial[1:]))
    letter = sp.Dummy("eigenvalue")
    if locus.sample or slopes.free_symbols:
        values = sp.roots(sp.Poly(list(polynomial), letter))
        found = [_short(value) for value, count in values.items() for _ in range(count)]
    else:
        parts = sp.Poly(list(polynomial), letter).factor_list()[1]
        found = [root for part, count in parts for root in _roots_of_numbers(part) * count]
    return tuple(sorted((value for value in found if value != 0), key=sp.default_sort_key))


def _roots_of_numbers(part: sp.Poly) -> list[sp.Expr]:
    """By formulas up to degree 2: longer ones tell less than digits."""
    if part.degree() <= 2:
        return [_short(root) for root, count in sp.roots(part).items() for _ in range(count)]
    return [sp.N(root, SHOWN) for root in numeric_roots(part.monic().all_coeffs()[1:])]


def _short(value: sp.Expr) -> sp.Expr:
    """Simplified, but for cubic roots of parameters, at which SymPy would work for a minute."""
    is_cubic = any(power.exp.is_Rational and power.exp.q > 2 for power in value.atoms(sp.Pow))
    return value if is_cubic and value.free_symbols else sp.simplify(value)
