"""What order and frequencies must satisfy, for no more components to have charges that add up to zero."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from math import gcd
from typing import Any

from odekit.derivation.modes import Condition, simplify_conditions
from odekit.derivation.orders.components import Charge, Components, NeuronComponents, add_charges, grade_of
from odekit.derivation.orders.coupled_flow import CoupledFlow

__all__ = ["coupling_conditions"]


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
