"""First integrals of every kind that is looked for, polynomial ones first."""

from dataclasses import replace

import sympy as sp

from odekit.errors import AlgebraError, LimitError
from odekit.limits import bounded
from odekit.systems.integrals.darboux import darboux_integrals
from odekit.systems.integrals.polynomial_integrals import polynomial_integrals
from odekit.systems.known import Search
from odekit.systems.system import System

__all__ = ["find_integrals", "is_defined_everywhere"]

SHARE = 0.5  # Of the time that there is: determinants of some fields take minutes.


def find_integrals(system: System) -> Search[sp.Expr]:
    """Polynomials, then quotients and sums of logarithms of Darboux polynomials, independent of each other.

    >>> from odekit.systems.any_system import system
    >>> print(find_integrals(system("x' = x*(1 - y); y' = y*(x - 1)")))
    x + y - log(x) - log(y)
    complete: no more can be independent
    """
    found = polynomial_integrals(system)
    most = len(system.states) - len(system.constraints) - any(entry != 0 for entry in system.vector_field)
    if system.time is not None:
        return replace(found, reason=f"{found.reason}; functions of the states alone, without the time")
    if found.status == "complete":
        return found
    try:
        others = _darboux(system, found.items, most - len(found))
        covered = (
            "but no quotients and logarithms"
            if others is None
            else "and quotients and logarithms of the Darboux polynomials that were found"
        )
    except (LimitError, AlgebraError) as error:
        others, covered = None, f"but no quotients and logarithms: {str(error).removesuffix('.')}"
    items = (*found.items, *(others or ()))
    if len(items) >= most:
        return Search(items, "complete", "no more can be independent")
    if found.status == "not tried" and not items:
        return found
    return Search(items, "partial", f"{found.reason}, {covered}")


@bounded("the search for Darboux polynomials", share=SHARE)
def _darboux(system: System, known: tuple[sp.Expr, ...], most: int) -> list[sp.Expr] | None:
    return darboux_integrals(system, known, most)


def is_defined_everywhere(integral: sp.Expr) -> bool:
    """Whether it has neither a logarithm nor a denominator."""
    has_denominator = any(power.exp.is_negative for power in integral.atoms(sp.Pow))
    return not integral.has(sp.log) and not has_denominator
