"""All points and families of rest of a field that is polynomial in its states, or in sines of angles."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations, product
from math import prod

import sympy as sp

from odekit.systems.algebra import is_tame
from odekit.systems.integrals import expanded_size
from odekit.systems.known import Search
from odekit.systems.rest_points.loci.circles import Letters, letters_of
from odekit.systems.rest_points.loci.components import Component, real_components
from odekit.systems.rest_points.loci.locus import ROUNDING, Locus, distinct_by_shift, is_zero
from odekit.systems.rest_points.loci.roots import formulas, real_solutions
from odekit.systems.rest_points.loci.zero_set import zero_factors
from odekit.systems.system import System

__all__ = ["polynomial_loci"]

# Beyond these a Groebner basis may not come back in time, or roots are too long to simplify; the states and
# degrees are those of states that hang together.
MAX_STATES = 4
# Of more states, equations hold several families at once too often to tell what attracts.
MAX_STATES_WITHOUT_FORMULA = 3
MAX_PARAMETERS, FEW_PARAMETERS = 6, 2
MAX_PRODUCT, MAX_PRODUCT_WITH_PARAMETERS = 125, 8
MAX_TERMS = 60
MAX_LOCI = 256
# Digits by which values are put in order.
SHOWN = 15
# What a field is at a sample of a family, in units of its largest term, where it vanishes but for rounding.
SMALL = 1e-6

NO_FORMULA = "points that have no formula in the parameters are missing"
UNKNOWN = "families may be missing: of some equations it isn't known whether they have real solutions"

Shifts = Sequence[tuple[int, ...]]
Factors = list[tuple[sp.Expr, ...]]


def polynomial_loci(system: System, angles: Sequence[sp.Symbol], shifts: Shifts) -> Search[Locus]:
    """Real points and families, larger families first; not tried where equations are no small polynomials.

    Parameters
    ----------
    system: whose field doesn't depend on time. Its parameters have general values, none of them 0.
    angles: states that are taken up to whole turns.
    shifts: directions in which all of the field's zeros can be moved; each locus is told once.
    """
    try:
        return _found(system, angles, shifts)
    except _NotCoveredError as obstacle:
        return Search((), "not tried", str(obstacle))


class _NotCoveredError(Exception):
    """What makes the equations too large."""


def _found(system: System, angles: Sequence[sp.Symbol], shifts: Shifts) -> Search[Locus]:
    if len(system.parameters) > MAX_PARAMETERS:
        raise _NotCoveredError(f"more than {MAX_PARAMETERS} parameters")
    entries = [sp.nsimplify(e, rational=True) for e in (*system.vector_field, *system.constraints.values())]
    if not all(map(is_tame, entries)) or sum(map(expanded_size, entries)) > MAX_TERMS * len(entries):
        raise _NotCoveredError(f"more than {MAX_TERMS} terms an equation")
    fixed = dict.fromkeys((system.states[_pivot(shift)] for shift in shifts), sp.S.Zero)
    factors = [zero_factors(entry.subs(fixed), system.states) for entry in entries]
    general = ", at general values of the parameters, none of them 0" if system.parameters else ""
    if () in factors:
        return Search((), "complete", f"a velocity vanishes nowhere{general}")
    found, gaps = [Locus(fixed, len(shifts), shifts=tuple(shifts))], list[str]()
    most = MAX_PRODUCT if len(system.parameters) <= FEW_PARAMETERS else MAX_PRODUCT_WITH_PARAMETERS
    for states in _blocks(factors, [s for s in system.states if s not in fixed]):
        letters = letters_of(states, angles)
        own = [f for f in factors if set(states) & set().union(*(e.free_symbols for e in f))]
        parts, missing = _block(own, letters, most)
        if any(_share_samples(pair, system) for pair in product(found, parts)):
            raise _NotCoveredError("families apart that need values of the same parameter")
        found, gaps = [_joined(a, b) for a, b in product(found, parts)], [*gaps, *missing]
        if len(found) > MAX_LOCI:
            raise _NotCoveredError(f"more than {MAX_LOCI} points and families")
    defined = [_in_order(locus, system) for locus in found if _is_defined(locus, system)]
    apart = distinct_by_shift(defined, system.states, angles, shifts)
    items = tuple(sorted(apart, key=_place_in_list))
    if gaps:
        return Search(items, "partial", ", and ".join(dict.fromkeys(gaps)))
    return Search(items, "complete", f"all points and families, by elimination{general}")


def _place_in_list(locus: Locus) -> tuple[object, ...]:
    return (-locus.dimension, bool(locus.equations), *map(_rank, locus.values.values()))


def _rank(value: sp.Expr) -> tuple[object, ...]:
    """Numbers by size, then formulas."""
    is_number = value.is_number and value.is_extended_real
    return (0, sp.N(value, SHOWN)) if is_number else (1, sp.default_sort_key(value))


def _pivot(shift: tuple[int, ...]) -> int:
    """The first state that a shift moves, which its representative has at 0."""
    return next(index for index, step in enumerate(shift) if step)


def _blocks(factors: Factors, states: Sequence[sp.Symbol]) -> Iterator[tuple[sp.Symbol, ...]]:
    """The states apart by which hang together in some equation."""
    groups = [{state} for state in states]
    for equation in factors:
        symbols = set().union(*(factor.free_symbols for factor in equation))
        touched = [group for group in groups if group & symbols]
        if touched:
            groups = [group for group in groups if group not in touched]
            groups.append(set().union(*touched))
    ordered = (tuple(state for state in states if state in group) for group in groups)
    yield from sorted(ordered, key=lambda group: states.index(group[0]))


def _block(factors: Factors, letters: Letters, most: int) -> tuple[list[Locus], list[str]]:
    """The loci of states that hang together, and what may be missing from them."""
    if len(letters.states) > MAX_STATES:
        raise _NotCoveredError(f"more than {MAX_STATES} states hang together")
    equations = [[letters.polynomial(factor) for factor in equation] for equation in factors]
    if any(factor is None for equation in equations for factor in equation):
        raise _NotCoveredError("the field is no polynomial in states and in sines of angles")
    degrees = (max(sp.Poly(f, *letters.symbols).total_degree() for f in e) for e in equations if 0 not in e)
    if prod(degrees) > most:
        raise _NotCoveredError(f"degrees multiply to more than {most}")
    circles = [[circle] for circle in letters.circles]
    pieces = real_components([*equations, *circles], letters.symbols)
    if pieces is None:
        raise _NotCoveredError("the solutions fall into too many pieces")
    loci: list[Locus] = []
    gaps = [] if pieces[1] else [UNKNOWN]
    families = [component for component in pieces[0] if component.dimension]
    for component in pieces[0]:
        if component.dimension:
            loci.append(_family(component, letters))
            continue
        solutions = real_solutions(component)
        if solutions is None:
            raise _NotCoveredError("too many combinations of roots")
        apart = [v for v in solutions[0] if not any(family.holds(v) for family in families)]
        loci += [Locus(v) for v in map(letters.values, apart) if not _is_forbidden(v)]
        gaps += [] if solutions[1] else [NO_FORMULA]
    if len(letters.states) > MAX_STATES_WITHOUT_FORMULA and any(one.equations for one in loci):
        raise _NotCoveredError("a family of four states has no formula for each")
    return list({(tuple(one.values.items()), one.equations): one for one in loci}.values()), gaps


def _is_forbidden(values: Mapping[sp.Symbol, sp.Expr]) -> bool:
    """Whether a state that was declared positive is not."""
    return any(state.is_positive and value.is_nonpositive for state, value in values.items())


def _family(component: Component, letters: Letters) -> Locus:
    """A family by one rational formula for each state where there is one, else by its equations."""
    values = _parametrised(component, letters)
    if values:
        return Locus(values, component.dimension)
    circles = set(letters.circles)
    written = (sp.simplify(letters.written_out(e)) for e in component.basis if e not in circles)
    equations = tuple(dict.fromkeys(e for e in written if e != 0))
    sample = dict(component.sample)
    for state, (sine, cosine) in letters.waves.items():
        sample[state] = float(sp.atan2(sample.pop(sine), sample.pop(cosine)))
    return Locus(
        {}, component.dimension, equations, sample=sample, reduced=partial(_reduced, component, letters)
    )


def _parametrised(component: Component, letters: Letters) -> dict[sp.Symbol, sp.Expr]:
    """One formula for each state in those that are free; none where roots or free angles would be needed."""
    if not component.basis:
        return {state: state for state in letters.states}
    size = len(letters.symbols) - component.dimension
    for unknowns in ((), *combinations(letters.symbols, size)):
        solutions = formulas(component, unknowns)
        if len(solutions) != 1 or len(solutions[0]) != size:
            continue
        solution = {letter: solutions[0].get(letter, letter) for letter in letters.symbols}
        turning = [solution[letter] for waves in letters.waves.values() for letter in waves]
        is_rational = all(value.is_rational_function(*letters.symbols) for value in solution.values())
        if is_rational and all(value.is_number for value in turning):
            return letters.values(solution)
    return {}


def _reduced(component: Component, letters: Letters, expression: sp.Expr) -> sp.Expr:
    """What a formula is on a family: its remainder; a quotient by numerator and denominator."""
    numerator, denominator = (letters.polynomial(part) for part in sp.fraction(sp.together(expression)))
    if numerator is None or denominator is None:
        return expression
    rest = sp.factor(component.reduced(numerator) / component.reduced(denominator))
    return letters.written_out(rest)


def _joined(one: Locus, other: Locus) -> Locus:
    """Both, in states that don't hang together."""
    return Locus(
        {**one.values, **other.values},
        one.dimension + other.dimension,
        (*one.equations, *other.equations),
        one.shifts or other.shifts,
        {**one.sample, **other.sample},
        lambda expression: other.reduced(one.reduced(expression)),
    )


def _share_samples(loci: Sequence[Locus], system: System) -> bool:
    """Whether a parameter has values in the samples of two families, which need not be the same."""
    return any(sum(p in locus.sample for locus in loci) > 1 for p in system.parameters)


def _in_order(locus: Locus, system: System) -> Locus:
    values = {state: locus.values[state] for state in system.states if state in locus.values}
    return replace(locus, values=values)


def _is_defined(locus: Locus, system: System) -> bool:
    """Whether the field itself rests there, and not only its numerators."""
    below = [sp.fraction(sp.together(entry))[1] for entry in system.vector_field]
    if not locus.equations:
        place, rounding = locus.values, ROUNDING
    else:
        place, rounding = _sampled(locus, system), SMALL
    has_pole = any(is_zero(entry, place, rounding) for entry in below)
    return not has_pole and all(is_zero(entry, place, rounding) for entry in system.vector_field)


def _sampled(locus: Locus, system: System) -> dict[sp.Symbol, sp.Expr]:
    """Values at the family's sample, and some of the parameters that it leaves open."""
    place = {p: sp.Float(7 + i) / 9 for i, p in enumerate(system.parameters)}
    place |= {symbol: sp.Float(value) for symbol, value in locus.sample.items()}
    return {**{state: value.subs(place) for state, value in locus.values.items()}, **place}
