"""Where does it hold? Conditions on order and frequencies, and on the frequencies of other neurons.

No more components than those derived may have charges that add up to zero.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from math import gcd
from typing import Any

import sympy as sp

from odekit.derivation.modes import (
    Condition,
    SymbolicFrequencies,
    combination_text,
    default_reduction,
    simplify_conditions,
)
from odekit.derivation.orders.components import Charge, Components, NeuronComponents, add_charges, grade_of
from odekit.derivation.orders.coupled_flow import CoupledFlow, coupled_flow
from odekit.groups import CyclicFamily
from odekit.networks import Network
from odekit.systems.algebra import Poly

__all__ = ["OtherKinds", "coupling_conditions", "other_kinds"]


def coupling_conditions(flow: CoupledFlow) -> tuple[Condition, ...]:
    """Conditions under which the derived terms are all that there are; empty at a concrete order."""
    frequencies = flow.frequencies
    if not frequencies.symbols:
        return ()
    near = {tuple(differences) for differences in _near_misses(flow)}
    found = {condition for each in near if (condition := frequencies.condition(each)) is not None}
    common = gcd(*flow.kinds[0].rules.coefficients)
    if common > 1:
        found.add(Condition(frequencies.symbols, coprime_to=common))
    return simplify_conditions({*found, *(condition for kind in flow.kinds for condition in kind.further)})


def _near_misses(flow: CoupledFlow) -> Iterator[Sequence[Any]]:
    """Sets of frequencies that would all have to be zero modulo n for an accident to happen."""
    everywhere = _lowest_grades(flow.feedback, flow.parameters.grades)
    for index, kind in enumerate(flow.kinds):
        neuron = flow.neurons[index]
        inputs = _lowest_grades(neuron.values, neuron.grades)
        slopes = _lowest_grades(neuron.slopes, neuron.grades)
        yield from _sums(flow, _projected(everywhere, len(kind.rules.coefficients)), inputs)
        for place, _ in enumerate(kind.rules.coefficients):
            yield from _sums(flow, _projected(everywhere, place), _projected(slopes, place))
        yield from _with_the_label(flow, replace(neuron, highest=flow.order - 1))
        yield from _modes_that_meet(flow, index)


def _lowest_grades(components: Components, grades: Sequence[int]) -> Mapping[Charge, int]:
    return {
        charge: min(grade_of(exponents, grades) for exponents in polynomial)
        for charge, polynomial in components.items()
    }


def _projected(grades: Mapping[Charge, int], place: int) -> Mapping[Charge, int]:
    """Charges without one of their frequencies, each with its lowest grade."""
    found: dict[Charge, int] = {}
    for charge, grade in grades.items():
        rest = charge[:place] + charge[place + 1 :]
        found[rest] = min(grade, found.get(rest, grade))
    return found


def _sums(flow: CoupledFlow, left: Mapping[Charge, int], right: Mapping[Charge, int]) -> Iterator[Charge]:
    """Sums of two charges that are not too high in grade."""
    for (a, low), (b, high) in product(left.items(), right.items()):
        if low + high < flow.order:
            yield add_charges(flow.frequencies, a, b)


def _with_the_label(flow: CoupledFlow, neuron: NeuronComponents) -> Iterator[Sequence[Any]]:
    """Likewise of the label's part, whose charges are (-c_1 l, ..., -c_s l; l) for every l."""
    frequencies, coefficients = flow.frequencies, neuron.rules.coefficients
    first, *further = coefficients
    for start, *inputs in neuron.values:
        yield [
            frequencies.add(frequencies.scale(c, start), frequencies.scale(-first, q))
            for c, q in zip(further, inputs, strict=True)
        ]
    for *inputs, output in neuron.slopes:
        pairs = zip(coefficients, inputs, strict=True)
        sums = [frequencies.add(q, frequencies.scale(c, output)) for c, q in pairs]
        yield from (sums[:place] + sums[place + 1 :] for place, _ in enumerate(sums))


def _modes_that_meet(flow: CoupledFlow, kind: int) -> Iterator[Sequence[Any]]:
    """Modes and responses of one weight group that are trivial or real, or that meet each other."""
    frequencies, reduction = flow.frequencies, flow.kinds[kind]
    for weights in (*reduction.network.embeddings, "xi"):
        found = [one.mode.frequency for one in flow.responses(kind) if one.mode.weights == weights]
        found += [mode.frequency for mode in reduction.rules.modes.of(weights)]
        for q, other in product(found, found):
            yield [frequencies.add(q, other)]
            yield [frequencies.add(q, frequencies.scale(-1, other))]


@dataclass(frozen=True)
class OtherKinds:
    """How neurons of a generic other frequency l enter the flow of those of frequency k at cumulant 2.

    Parameters
    ----------
    enter: whether they enter the velocities of a neuron's own modes.
    leaks: the modes, such as ``"xi into l"``, that a neuron gets by them.
    """

    enter: bool
    leaks: tuple[str, ...]

    def conditions(self, order: int) -> Iterator[str]:
        """In words, which other neurons there must not be for a system of one kind to hold."""
        if self.enter or (order > 2 and self.leaks):
            yield "all neurons have these modes"
        else:
            yield f"no neurons have another xi mode l with {_vanishing_sums(order)} equal to 0"

    def lines(self) -> Iterator[str]:
        """In words, what neurons of another frequency do."""
        if self.leaks:
            yield f"neurons of another frequency l make it leak, {', '.join(self.leaks)},"
            yield "at relative order |f|^1, which acts back at |f|^2 or higher:"
            yield "reduced_population couples several frequencies"


def other_kinds(network: Network) -> OtherKinds:
    """What neurons of another frequency do to those of one, derived with two symbols at cumulant 2."""
    order = sp.Symbol("n", integer=True, positive=True)
    generic = network.replaced(group=CyclicFamily("Zn", "n"))
    frequencies = SymbolicFrequencies(("k", "l"))
    bases = ((Fraction(1), Fraction(0)), (Fraction(0), Fraction(1)))
    flow = coupled_flow([default_reduction(generic, frequencies, base, order) for base in bases], 2)
    return OtherKinds(
        any(_holds_others(flow, velocity) for velocity in flow.field(0)),
        tuple(
            f"{one.mode.weights} into {one.mode.label}"
            for one in flow.responses(0)
            if one.grade and _holds_others(flow, one.velocity)
        ),
    )


def _holds_others(flow: CoupledFlow, velocity: Poly) -> bool:
    """Whether a velocity of the first kind holds order parameters of the second."""
    first = flow.neurons[0].rules.modes.letters
    foreign = [
        first + place for one in flow.parameters.all if one.kind == 1 for place in (one.letter, one.conjugate)
    ]
    return any(exponents[place] for exponents in velocity for place in foreign)


def _vanishing_sums(order: int) -> str:
    """Sums of frequencies at the output, of k and of up to so many others.

    >>> _vanishing_sums(2)
    'k+l or k-l'
    """
    symbols = ("k", "l", "m")[:order]
    sums = [
        combination_text(symbols, (1, *signs, *(0,) * (order - 1 - count)))
        for count in range(1, order)
        for signs in product((1, -1), repeat=count)
    ]
    return f"{', '.join(sums[:-1])} or {sums[-1]}"
