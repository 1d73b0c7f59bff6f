"""Searches for observables that close, as a stream of ever better answers: the last one counts.

Each answer is an identity as it stands. A rate that was not looked at yet leaks as a whole, so that a search
may be ended at any time.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import sympy as sp

from odekit.systems.reduction.closure import Closure, Observables
from odekit.systems.reduction.invariants import (
    Invariants,
    Symmetries,
    combination,
    fewest_combinations,
    in_combinations,
)
from odekit.systems.reduction.leaks import leaks_in
from odekit.systems.reduction.parts import Parts
from odekit.systems.reduction.polynomial_flow import PolynomialFlow

__all__ = ["Found", "closed", "closed_by_leaks", "closed_invariants", "named"]

# So many observables without an end to what they leak are no reduction.
MAX_OBSERVABLES = 60
# Degrees beyond the first of which the energy is a polynomial; of higher ones each step takes minutes.
FURTHER = 4
MAX_DEGREE = 8  # Of observables that are added; of higher ones each step takes minutes.


@dataclass(frozen=True)
class Found:
    """Observables with the closures that are known of them.

    Parameters
    ----------
    observables: with their meanings.
    closures: the rate of each.
    decided: how many of them are split into what closes and what leaks; the others leak as a whole.
    origin: where the observables come from; "" of a user's own.
    remark: what was not looked at among further observables.
    """

    observables: Observables
    closures: Mapping[sp.Symbol, Closure]
    decided: int
    origin: str = ""
    remark: str = ""

    @property
    def is_closed(self) -> bool:
        """Whether nothing leaks."""
        return not any(each.leak for each in self.closures.values())

    @property
    def is_told(self) -> bool:
        """Whether every leak has a short formula."""
        return all(each.formula is not None for each in self.closures.values() if each.leak)


def closed(observables: Observables, origin: str = "") -> Iterator[Found]:
    """The closure of each observable, one after the other."""
    closures = {name: observables.whole(name) for name in observables.meanings}
    yield Found(observables, dict(closures), 0, origin)
    for place, name in enumerate(closures, start=1):
        closures[name] = observables.closure(name)
        yield Found(observables, dict(closures), place, origin)


def closed_by_leaks(
    flow: PolynomialFlow, meanings: Mapping[sp.Symbol, Any], origin: str = ""
) -> Iterator[Found]:
    """What observables leak is added to them, until they close or there are too many."""
    observables = Observables(flow, meanings)
    found = None
    for found in closed(observables, origin):
        yield found
    while found is not None and not found.is_closed:
        leaks = [each.leak for each in found.closures.values() if each.leak]
        new = Parts(flow, tuple(meanings.values())).of(leaks, MAX_DEGREE)
        if not new or len(meanings) + len(new) > MAX_OBSERVABLES:
            limit = f"up to {MAX_OBSERVABLES} observables of degree {MAX_DEGREE} or less"
            yield replace(found, remark=f"{limit} were taken from the leaks")
            return
        meanings = {**meanings, **named(flow, meanings, new)}
        for found in closed(Observables(flow, meanings), origin):
            if found.decided == len(meanings):
                yield found


def closed_invariants(flow: PolynomialFlow, energy: Any, metric: tuple[Any, ...] | None) -> Iterator[Found]:
    """Invariants of an energy's symmetries that close, of the lowest degree for which they do.

    Where there are no symmetries, or their invariants don't close: what parameters multiply in the energy,
    and what that leaks; or else the invariants that the energy needs, with what leaks of them.

    Parameters
    ----------
    flow: that of the energy.
    energy: in the flow's ring.
    metric: its diagonal in that ring; None where it isn't diagonal, or varies with the states.
    """
    parts = Parts(flow, ()).of([energy], MAX_DEGREE)
    if parts:
        yield next(closed(Observables(flow, named(flow, {}, parts)), "parts of the energy"))
    symmetries = None if metric is None else Symmetries(flow, energy, metric)
    leaky = None
    if symmetries is not None and symmetries.sentence:
        for found in _by_degree(symmetries):
            if found.is_closed:
                yield found
                return
            leaky = found
            yield leaky
    if parts and (leaky is None or not leaky.is_told):
        for found in closed_by_leaks(flow, named(flow, {}, parts), "parts of the energy"):
            if leaky is None or (found.is_closed and len(found.closures) < flow.count):
                yield found


def _by_degree(symmetries: Symmetries) -> Iterator[Found]:
    """Invariants up to each degree of which the energy is a polynomial: the first that leak, all that close.

    With reflections there are fewer, and without them some close at a lower degree.
    """
    flow, last = symmetries.flow, MAX_DEGREE
    leaky: Found | None = None
    for is_reflected in (True, False) if symmetries.rotations else (True,):
        invariants, known = Invariants(symmetries, is_reflected), list[Any]()
        degree = 0
        while degree < last and len(known) <= MAX_OBSERVABLES:
            degree += 1
            new = list(invariants.of_degree(degree, known))
            known += new
            observables = Observables(flow, named(flow, {}, known))
            function = observables.written(symmetries.energy, are_parts_split=False) if new else None
            if function is None or function.leak:
                continue
            origin = f"invariants under {symmetries.sentence}"
            found = _needed(observables, function.rate, origin, leaky is not None)
            is_trivial = not (symmetries.rotations or symmetries.sign_changes)
            if found is not None and found.is_closed and is_trivial:
                # Symmetric polynomials always close in as many as there are states, which is no reduction.
                found = found if len(found.closures) < flow.count else None
            if found is not None and not found.is_closed:
                last = min(last, degree + FURTHER)
                leaky = replace(found, remark=f"no invariants up to degree {last} were found to close")
                yield leaky
            elif found is not None:
                yield found
            elif leaky is not None:
                leaky = _with_leaks_in(leaky, known)
                yield leaky
                if not symmetries.rotations and leaky.is_told:
                    return
    if leaky is not None:
        yield _with_parts_split(leaky)


def _with_leaks_in(leaky: Found, invariants: Sequence[Any]) -> Found:
    """What leaks, in further invariants where it can be written so."""
    observables = leaky.observables
    further = [one for one in invariants if one not in observables.meanings.values()]
    new = named(observables.flow, observables.meanings, further)
    return replace(leaky, closures=leaks_in(observables, leaky.closures, new))


def _with_parts_split(leaky: Found) -> Found:
    """What leaks, without what products of observables take away of it where no formula shows it."""
    closures = {
        name: leaky.observables.closure(name) if each.leak and each.formula is None else each
        for name, each in leaky.closures.items()
    }
    return replace(leaky, closures=closures)


def _needed(observables: Observables, energy: Any, origin: str, must_close: bool) -> Found | None:
    """The observables that an energy needs, and again their rates; in the fewest combinations if they close.

    None where they leak but must close.
    """
    needed = _letters(observables, energy)
    closures: dict[sp.Symbol, Closure] = {}
    for name in needed:
        closures[name] = observables.closure(name, needed, are_parts_split=False)
        if must_close and closures[name].leak:
            return None
        needed += [other for other in _letters(observables, closures[name].rate) if other not in needed]
    flow = observables.flow
    new_names = list(named(flow, {}, needed))
    kept = Observables(
        flow, {new: observables.meanings[old] for new, old in zip(new_names, needed, strict=True)}
    )
    columns = [list(observables.meanings).index(name) for name in needed]
    rates = [_in_ring(closures[name].rate, columns, kept) for name in needed]
    found = {
        name: Closure(rate, closures[old].leak, closures[old].gave_up)
        for name, old, rate in zip(new_names, needed, rates, strict=True)
    }
    whole = Found(kept, found, len(found), origin)
    return _fewest(whole, _in_ring(energy, columns, kept)) if whole.is_closed else whole


def _letters(observables: Observables, polynomial: Any) -> list[sp.Symbol]:
    """The observables that occur in a polynomial, in their order."""
    names = list(observables.meanings)
    used = {place for key in polynomial for place, power in enumerate(key[: len(names)]) if power}
    return [names[place] for place in sorted(used)]


def _in_ring(polynomial: Any, columns: Sequence[int], kept: Observables) -> Any:
    """A polynomial of some observables alone, in the ring of these."""
    constants = len(kept.flow.constants)
    terms = {
        (*(key[place] for place in columns), *key[len(key) - constants :]): value
        for key, value in polynomial.items()
    }
    return kept.ring.from_dict(terms)


def _fewest(whole: Found, energy: Any) -> Found:
    """The combinations of observables that the energy and its flow need, with their rates."""
    rates = {name: each.rate for name, each in whole.closures.items()}
    basis = fewest_combinations(energy, rates)
    flow, meanings = whole.observables.flow, list(whole.observables.meanings.values())
    combined = [combination(row, meanings) for row in basis]
    observables = Observables(flow, named(flow, {}, combined))
    moved = in_combinations(
        [combination(row, list(rates.values())) for row in basis],
        basis,
        observables.ring,
        len(flow.constants),
    )
    closures = {
        name: Closure(rate, flow.ring.zero) for name, rate in zip(observables.meanings, moved, strict=True)
    }
    return Found(observables, closures, len(closures), whole.origin)


def named(
    flow: PolynomialFlow, meanings: Mapping[sp.Symbol, Any], new: Iterable[Any]
) -> dict[sp.Symbol, Any]:
    """Names I1, I2, ... that nothing has yet."""
    system = flow.system
    taken = {symbol.name for symbol in (*system.states, *flow.constants, *meanings)}
    names = (name for number in count(1) if (name := f"I{number}") not in taken)
    return {sp.Symbol(name, real=True): meaning for name, meaning in zip(names, new, strict=False)}
