"""Is a point around which the linearised flow turns a centre of the flow? Two sufficient conditions."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import numpy as np
import sympy as sp

from odekit.systems.rest_points.loci import Locus
from odekit.systems.system import System

__all__ = ["is_centre"]

# Curvatures and slopes are compared with this, far above rounding: a flat direction proves nothing.
FLAT = 1e-8
# Combinations of several conserved functions that are tried for curvatures of one sign.
WEIGHTS = (-1, 0, 1)
MAX_FUNCTIONS = 5
# Values of what is free on a family, at each of which the curvatures have to tell.
PLACES = (1, -1, 10, -10, 0.1, -0.1, 3, -3)


def is_centre(locus: Locus, system: System, integrals: Sequence[sp.Expr]) -> bool:
    """Whether orbits near a point whose linearisation turns stay near it, provably.

    In the plane, where the field times a positive function ``|x|^a |y|^b exp(c x + d y)`` has no divergence
    and is a Hamiltonian's then, whose curvature the linearisation tells. In any dimension, where a conserved
    function has its strict extremum there, on the level of the others and across the family.

    Parameters
    ----------
    locus: a point, all of whose eigenvalues are imaginary, or a family of such.
    system, integrals: the system, and what it conserves beside the constraint's functions.
    """
    if locus.sample:
        return False
    is_plane = len(system.states) == 2 and not locus.dimension
    return (is_plane and _has_factor(locus, system)) or _is_extremal(locus, system, integrals)


def _has_factor(locus: Locus, system: System) -> bool:
    """Whether an integrating factor is known that is smooth and positive at the point."""
    if system.constraints:
        return False
    divergence = sum((f.diff(x) for x, f in system.velocities.items()), sp.S.Zero)
    if sp.simplify(divergence) == 0:
        return True
    weights = [
        part for x, f in system.velocities.items() for part in ((f, f / x) if locus.values[x] != 0 else (f,))
    ]
    letters = sp.symbols(f"w:{len(weights)}")
    total = sp.expand(
        divergence + sum((w * part for w, part in zip(letters, weights, strict=True)), sp.S.Zero)
    )
    numerator = sp.fraction(sp.together(total))[0]
    if not numerator.is_polynomial(*system.states):
        return False
    equations = sp.Poly(numerator, *system.states).coeffs()
    solved = sp.solve(equations, letters, dict=True)
    return bool(solved)


def _is_extremal(locus: Locus, system: System, integrals: Sequence[sp.Expr]) -> bool:
    """Whether a combination of conserved functions is flat there and curved to one side across the family."""
    functions = [*system.constraints.values(), *integrals]
    symbols = set().union(*(e.free_symbols for e in (*functions, *locus.values.values())))
    if not 0 < len(functions) <= MAX_FUNCTIONS or symbols - set(system.states):
        return False
    return all(_is_extremal_at(place, functions, locus, system) for place in _places(locus))


def _places(locus: Locus) -> Iterator[dict[sp.Symbol, sp.Expr]]:
    """The point, or members of the family."""
    free = sorted(_free(locus), key=str)
    sizes = [size for size in PLACES if size > 0 or not any(state.is_positive for state in free)]
    for size in sizes if free else sizes[:1]:
        # Unequal, so that no difference of two of them vanishes by chance.
        chosen = {state: sp.Float(size * (1 + 0.3 * index)) for index, state in enumerate(free)}
        yield {state: sp.N(value.subs(chosen)) for state, value in locus.values.items()}


def _is_extremal_at(
    place: Mapping[sp.Symbol, sp.Expr], functions: Sequence[sp.Expr], locus: Locus, system: System
) -> bool:
    states = list(system.states)
    slopes = np.array(sp.Matrix(functions).jacobian(states).subs(place).evalf().tolist(), dtype=np.float64)
    bends = [
        np.array(sp.hessian(f, states).subs(place).evalf().tolist(), dtype=np.float64) for f in functions
    ]
    _, sizes, rows = np.linalg.svd(slopes)
    level = rows[int((sizes > FLAT).sum()) :].T
    balances = np.linalg.svd(slopes.T)[2][int((sizes > FLAT).sum()) :]
    across = level.shape[1] - locus.dimension
    if not len(balances):
        return False
    for chosen in product(WEIGHTS, repeat=len(balances)):
        combination = np.array(chosen, dtype=np.float64) @ balances
        bend = sum(w * b for w, b in zip(combination, bends, strict=True))
        curvatures = np.linalg.eigvalsh(level.T @ bend @ level)
        if across > 0 and max((curvatures > FLAT).sum(), (curvatures < -FLAT).sum()) >= across:
            return True
    return False


def _free(locus: Locus) -> set[sp.Symbol]:
    return set().union(*(value.free_symbols for value in locus.values.values()))
