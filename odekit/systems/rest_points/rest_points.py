"""Points and families of rest of any system and their stability: in symbols where the equations are small.

Stability is meant along the constraint, the levels of the first integrals, and families of points of rest.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import sympy as sp

from odekit.errors import AlgebraError, LimitError
from odekit.limits import bounded
from odekit.systems.known import FixedPoint, Search, gathered
from odekit.systems.rest_points.described import described
from odekit.systems.rest_points.kinked import has_jumps, holds, kinked_rest_points
from odekit.systems.rest_points.loci import angles_of, polynomial_loci, translations
from odekit.systems.rest_points.numeric import numeric_rest_points
from odekit.systems.system import System

__all__ = ["find_rest_points"]

T = TypeVar("T")

HALF = 0.5  # Of the time that there is, for where it rests; the other half for whether it is stable there.


def find_rest_points(system: System, integrals: Sequence[sp.Expr]) -> Search[FixedPoint]:
    """Real points of rest, and whether they are all; not tried where the field depends on time.

    All of them, and families once with their dimension, where the field is polynomial in states and in sines
    of angles, in at most four states that hang together, of degrees that multiply to at most 125, or to 8
    where there are three to six parameters; the parameters have general values. Between kinks too, of which
    each family is told with the inequalities that hold on it. Else numeric, where there are
    no parameters: from seeded starts, so that points may be missing, each exact or with a proved bound of its
    error. Angles are taken up to whole turns, and up to a common shift where the field has that symmetry,
    which then makes a family.

    Parameters
    ----------
    system: any.
    integrals: what it conserves beside the constraint's functions.
    """
    if system.time is not None:
        return Search((), "not tried", "the field depends on the time")
    angles = angles_of(system)
    shifts = translations(system, angles)
    loci = _within_half(polynomial_loci, system, angles, shifts)
    if loci.status != "not tried":
        work = (described(locus, system, integrals) for locus in loci)
        items, obstacle = gathered(work, "the stability of the points of rest", HALF)
        return Search(items, "partial", obstacle) if obstacle else Search(items, loci.status, loci.reason)
    between = _within_half(kinked_rest_points, system, integrals, angles, shifts)
    if between.status != "not tried" and not has_jumps(system):
        return between
    if system.parameters:
        reason = f"{loci.reason}; numbers for the parameters allow a numeric search"
        return between if between else Search((), "not tried", reason)
    found = numeric_rest_points(system, integrals, angles, shifts)
    if found.status == "complete":
        return found
    families = [point for point in between if point.family]
    others = [point for point in found if not any(holds(family, point) for family in families)]
    status = "partial" if families else found.status
    return Search((*families, *others), status, f"{found.reason}; {loci.reason}")


def _within_half(search: Callable[..., Search[T]], *arguments: Any) -> Search[T]:
    """A search by elimination, if it comes to an end in half of the time that there is."""
    try:
        return bounded("the elimination of states", share=HALF)(search)(*arguments)
    except (LimitError, AlgebraError) as error:
        return Search((), "not tried", str(error).removesuffix("."))
