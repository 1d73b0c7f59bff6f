"""Does a gradient flow come to rest at a point where its energy has no curvature along some direction?"""

from collections.abc import Iterator, Mapping, Sequence

import sympy as sp

from odekit.systems.rest_points.loci import Locus
from odekit.systems.system import System

__all__ = ["extremum_says"]

Terms = Mapping[tuple[int, ...], sp.Expr]


def extremum_says(locus: Locus, system: System) -> str:
    """``"attracts"`` at a strict minimum of a polynomial that falls, ``"repels"`` at a strict maximum, or "".

    Where such an energy is strictly the smallest it has no other critical point nearby, and falls to it.
    """
    if system.energy is None or system.constraints or locus.dimension or locus.sample:
        return ""
    places = [entry.subs(dict(locus.values)) for entry in system.metric]
    if not places or not all(entry.is_positive for entry in places):
        return ""
    falling = -system.energy if system.direction == "ascent" else system.energy
    deviations = [sp.Dummy(state.name, real=True) for state in system.states]
    shifted = falling.subs(
        {x: locus.values[x] + d for x, d in zip(system.states, deviations, strict=True)}, simultaneous=True
    )
    if not shifted.is_polynomial(*deviations):
        return ""
    terms = {
        powers: value for powers, value in sp.Poly(shifted, *deviations).as_dict().items() if any(powers)
    }
    if _is_smallest(terms):
        return "attracts"
    return "repels" if _is_smallest({powers: -value for powers, value in terms.items()}) else ""


def _is_smallest(terms: Terms) -> bool:
    """Whether a polynomial is positive near 0, where it is 0: by its part of weighted degree 1.

    The weights are those at which the lowest power of each variable alone has degree 1. What has a higher
    degree is smaller near 0, so that the part of degree 1 decides where it is positive but at 0.
    """
    count = len(next(iter(terms), ()))
    alone = [
        min((powers[i] for powers in terms if powers[i] == sum(powers)), default=0) for i in range(count)
    ]
    if not count or any(power == 0 or power % 2 for power in alone):
        return False
    degrees = {
        powers: sum(sp.Rational(p, least) for p, least in zip(powers, alone, strict=True)) for powers in terms
    }
    principal = {powers: value for powers, value in terms.items() if degrees[powers] == 1}
    return all(degree >= 1 for degree in degrees.values()) and all(
        _is_positive(principal, part) for part in _parts(principal, count)
    )


def _parts(terms: Terms, count: int) -> Iterator[tuple[int, ...]]:
    """The variables in sets that no term holds together."""
    left = set(range(count))
    while left:
        part = {min(left)}
        while more := {j for p in terms if any(p[i] for i in part) for j in range(count) if p[j]} - part:
            part |= more
        left -= part
        yield tuple(sorted(part))


def _is_positive(terms: Terms, part: Sequence[int]) -> bool:
    """Whether the terms in these variables add up to what is positive but at 0; False where not known."""
    own = {tuple(p[i] for i in part): value for p, value in terms.items() if any(p[i] for i in part)}
    if len(part) == 1:
        return all(value.is_positive for value in own.values())
    if all(sum(powers) == 2 for powers in own):
        letters = sp.symbols(f"x:{len(part)}")
        return bool(sp.hessian(sp.Poly(own, *letters).as_expr(), letters).is_positive_definite)
    if len(part) > 2 or not all(value.is_Rational for value in own.values()):
        return False
    letter = sp.Dummy("slope")
    sides = [
        sp.Poly(sum(value * sign ** powers[0] * letter ** powers[1] for powers, value in own.items()), letter)
        for sign in (1, -1)
    ]
    return all(side.eval(0) > 0 and side.LC() > 0 and side.count_roots() == 0 for side in sides)
