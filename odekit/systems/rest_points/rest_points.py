"""Points of rest of any system and their stability: symbolic where the equations are small, else numeric.

Stability is meant along the constraint, the levels of the first integrals, and families of points of rest.
"""

from collections.abc import Mapping, Sequence

import sympy as sp

from odekit.systems.integrals import expanded_size
from odekit.systems.known import FixedPoint
from odekit.systems.rest_points.linearised import linearised
from odekit.systems.rest_points.numeric import numeric_rest_points
from odekit.systems.system import System

__all__ = ["find_rest_points"]

# Beyond these SymPy's `solve` may not come back in time, or finds roots too long to simplify.
MAX_STATES = 3
MAX_PARAMETERS = 2
MAX_PRODUCT = 125
MAX_TERMS = 60
Values = Mapping[sp.Symbol, sp.Expr]


def find_rest_points(system: System, integrals: Sequence[sp.Expr]) -> tuple[FixedPoint, ...]:
    """All real points of rest that were found; none where the field depends on time.

    Symbolic for polynomial equations in at most three states and two parameters whose degrees multiply to at
    most 125. Else numeric, where there are no parameters: at the level 0 of the first integrals, from seeded
    starts, so that points may be missing, each with a proved bound of its error.
    """
    if system.time is not None:
        return ()
    is_short = len(system.states) <= MAX_STATES and len(system.parameters) <= MAX_PARAMETERS
    equations = _equations(system) if is_short else None
    if equations is not None and _is_small(equations, system):
        found = _solved(equations, system)
        if found is not None:
            return tuple(linearised(values, system, integrals) for values in found)
    return () if system.parameters else numeric_rest_points(system, integrals)


def _equations(system: System) -> list[sp.Expr] | None:
    """The field's numerators and the constraints, as polynomials; None where they are none."""
    field = [sp.nsimplify(entry, rational=True) for entry in system.vector_field]
    if sum(map(expanded_size, field)) > MAX_TERMS * len(field):
        return None
    numerators = [sp.fraction(sp.together(entry))[0] for entry in field]
    equations = [e for e in (*numerators, *system.constraints.values()) if e != 0]
    return equations if all(e.is_polynomial(*system.states) for e in equations) else None


def _is_small(equations: Sequence[sp.Expr], system: System) -> bool:
    product = 1
    for equation in equations:
        product *= max(sp.Poly(equation, *system.states).total_degree(), 1)
    return product <= MAX_PRODUCT


def _solved(equations: Sequence[sp.Expr], system: System) -> list[Values] | None:
    try:
        solutions = sp.solve(equations, list(system.states), dict=True)
    except NotImplementedError:
        return None
    distinct = {
        tuple(sp.radsimp(sp.simplify(solution.get(state, state))) for state in system.states): None
        for solution in solutions
        if _is_real(solution) and _is_defined(solution, system)
    }
    return [dict(zip(system.states, values, strict=True)) for values in distinct]


def _is_real(solution: Values) -> bool:
    return not any(value.is_real is False or value.has(sp.I) for value in solution.values())


def _is_defined(solution: Values, system: System) -> bool:
    """Whether the field itself rests there, and not only its numerators."""
    return all(sp.simplify(entry.subs(solution)) == 0 for entry in system.vector_field)
