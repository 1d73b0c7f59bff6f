"""The gradient flow of the loss up to a cumulant, with the neurons coupled by their order parameters.

The loss's derivative by the logits is softmax minus the label. Times n, minus that is, up to the order asked,

    T = label - 1 - f - (f^2 - mean f^2)/2 - ...,        all of them with mean 0 over the outputs.

The label's part is the flow at uniform softmax, which `SelectionRules` derives. The others are products of
Fourier components of f; with one weight taken out of a neuron's logit, those survive whose charges add up to
zero. So the flow of one neuron is a polynomial in its own letters and in those of the order parameters.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from odekit.derivation.modes import FourierReduction, Frequencies, Mode, build_modes, reduction_to
from odekit.derivation.orders.components import (
    Charge,
    Components,
    NeuronComponents,
    add_charges,
    grade_of,
    letter_grades,
    truncated,
)
from odekit.derivation.orders.order_parameters import OrderParameters, find_order_parameters
from odekit.derivation.orders.series import moment_coefficients
from odekit.systems.algebra import Poly, add, multiply

__all__ = ["CoupledFlow", "Response", "coupled_flow"]


@dataclass(frozen=True)
class Response:
    """A mode that a neuron does not have, and into which its gradient leads.

    Parameters
    ----------
    mode: its weight group and frequency, with the letters that it would have behind those of the neuron.
    grade: power of the logits' size, relative to the first order, at which it appears; 0 where uniform
        softmax leads there.
    velocity: its time derivative in units of n^(s-1), in the letters of the neuron and the order parameters.
    """

    mode: Mode[Any]
    grade: int
    velocity: Poly


@dataclass(frozen=True)
class CoupledFlow:
    """The flow up to a cumulant, of kinds of neurons with given modes.

    Parameters
    ----------
    kinds: modes and selection rules of each kind of neurons, with frequencies in common.
    grades: by kind, the grade of every mode; 0 where a neuron starts with it.
    order: the highest cumulant.
    """

    kinds: tuple[FourierReduction, ...]
    grades: tuple[tuple[int, ...], ...]
    order: int

    @cached_property
    def neurons(self) -> tuple[NeuronComponents, ...]:
        """The Fourier components of each kind of neuron."""
        return tuple(
            NeuronComponents(kind.rules, letter_grades(kind.modes, grades), self.order - 2)
            for kind, grades in zip(self.kinds, self.grades, strict=True)
        )

    @cached_property
    def parameters(self) -> OrderParameters:
        """The order parameters, in which the logits are linear."""
        return find_order_parameters(self.neurons)

    @cached_property
    def feedback(self) -> Components:
        """T without the label's part, by charge, in the letters of the order parameters."""
        parts: dict[Charge, list[tuple[Fraction, Poly]]] = {}
        power: Components = self.parameters.logits
        for degree in range(1, self.order):
            factor = -(degree + 1) * moment_coefficients(self.order)[degree + 1]
            for charge, polynomial in power.items():
                if charge[-1] != self.frequencies.zero:
                    parts.setdefault(charge, []).append((factor, polynomial))
            power = self._times_logits(power, self.order - 1) if degree + 1 < self.order else {}
        totals = {charge: add(found) for charge, found in parts.items()}
        return {charge: total for charge, total in totals.items() if total}

    @cached_property
    def interaction(self) -> Poly:
        """What the loss gains beyond uniform softmax, over n^s, in the letters of the order parameters.

        The cumulants of the logits summed over all inputs; by Parseval that of degree r is the sum over sets
        of r components whose charges add up to zero.
        """
        nothing = (self.frequencies.zero,) * (len(self.kinds[0].rules.coefficients) + 1)
        terms: list[tuple[Fraction, Poly]] = []
        power: Components = self.parameters.logits
        for coefficient in moment_coefficients(self.order).values():
            power = self._times_logits(power, self.order)
            terms.append((coefficient, power.get(nothing, {})))
        return add(terms)

    def _times_logits(self, power: Components, highest: int) -> Components:
        """Products with the logits up to a grade; each factor has at least 1, which bounds the other's."""
        parts: dict[Charge, list[tuple[int, Poly]]] = {}
        lefts, rights = (self._low(each, highest - 1) for each in (power, self.parameters.logits))
        for left, a in lefts.items():
            for right, b in rights.items():
                found = truncated(multiply(a, b), self.parameters.grades, highest)
                if found:
                    parts.setdefault(add_charges(self.frequencies, left, right), []).append((1, found))
        return {charge: add(found) for charge, found in parts.items()}

    def _low(self, components: Components, highest: int) -> Components:
        kept = {
            charge: truncated(polynomial, self.parameters.grades, highest)
            for charge, polynomial in components.items()
        }
        return {charge: polynomial for charge, polynomial in kept.items() if polynomial}

    @property
    def frequencies(self) -> Frequencies[Any]:
        """The frequencies that all kinds have in common."""
        return self.kinds[0].rules.modes.frequencies

    def all_grades(self, kind: int) -> tuple[int, ...]:
        """The grade of every letter of a neuron and of the order parameters."""
        return (*self.neurons[kind].grades, *self.parameters.grades)

    def gradient(self, kind: int, weights: str) -> Mapping[Any, Poly]:
        """Derivative of minus the loss, over n^s and the logit scale, by the coefficient at every frequency.

        In the letters of the neuron, followed by those of the order parameters.
        """
        rules, highest = self.kinds[kind].rules, self.order - 1
        parts: dict[Any, list[tuple[int, Poly]]] = {}
        for frequency, polynomial in rules.gradient(weights).items():
            uniform = truncated(polynomial, self.neurons[kind].grades, highest)
            parts.setdefault(frequency, []).append((1, self._joined(uniform, None)))
        terms = self._readout_terms(kind) if weights == "xi" else self._embedding_terms(kind, weights)
        for frequency, own, others in terms:
            found = truncated(self._joined(own, others), self.all_grades(kind), highest)
            parts.setdefault(frequency, []).append((1, found))
        totals = {frequency: add(found) for frequency, found in parts.items()}
        return {frequency: total for frequency, total in totals.items() if total}

    def _readout_terms(self, kind: int) -> Iterator[tuple[Any, Poly, Poly]]:
        """Frequency, the neuron's factor and that of the order parameters of each term of xi's gradient."""
        for charge, others in self.feedback.items():
            own = self.neurons[kind].values.get(self._negated(charge[:-1]))
            if own is not None:
                yield self.frequencies.scale(-1, charge[-1]), own, others

    def _embedding_terms(self, kind: int, weights: str) -> Iterator[tuple[Any, Poly, Poly]]:
        """Likewise of theta's: all charges have to add up to zero but that of the input taken out."""
        for place, name in enumerate(self.kinds[kind].rules.embeddings):
            if name != weights:
                continue
            by_rest: dict[Charge, list[tuple[Any, Poly]]] = {}
            for charge, others in self.feedback.items():
                by_rest.setdefault(_without(charge, place), []).append((charge[place], others))
            for charge, own in self.neurons[kind].slopes.items():
                for frequency, others in by_rest.get(self._negated(_without(charge, place)), ()):
                    total = self.frequencies.add(charge[place], frequency)
                    yield self.frequencies.scale(-1, total), own, others

    def _negated(self, charge: Charge) -> Charge:
        return tuple(self.frequencies.scale(-1, q) for q in charge)

    def _joined(self, own: Poly, others: Poly | None) -> Poly:
        """Product of a polynomial in the neuron's letters and one in those of the order parameters."""
        factors = {(0,) * self.parameters.letters: Fraction(1)} if others is None else others
        return {(*a, *b): x * y for a, x in own.items() for b, y in factors.items()}

    @cached_property
    def _velocities(self) -> tuple[Mapping[str, Mapping[Any, Poly]], ...]:
        """By kind and weight group, the velocity at every canonical frequency, in units of n^(s-1)."""
        found = []
        for index, kind in enumerate(self.kinds):
            by_weights = {}
            for weights in (*kind.network.embeddings, "xi"):
                gradient, rate = self.gradient(index, weights), Fraction(repr(kind.network.rates[weights]))
                canonical = dict.fromkeys(self.frequencies.canonical(q) for q in gradient)
                by_weights[weights] = {
                    q: add([((1 if self._is_real(q) else 2) * rate, gradient.get(self._opposite(q), {}))])
                    for q in canonical
                }
            found.append(by_weights)
        return tuple(found)

    def _is_real(self, frequency: Any) -> bool:
        return bool(self.frequencies.scale(2, frequency) == self.frequencies.zero)

    def _opposite(self, frequency: Any) -> Any:
        return self.frequencies.scale(-1, frequency)

    def field(self, kind: int) -> tuple[Poly, ...]:
        """Right-hand side of each mode of a neuron, in units of n^(s-1)."""
        velocities = self._velocities[kind]
        return tuple(velocities[mode.weights].get(mode.frequency, {}) for mode in self.kinds[kind].modes)

    def responses(self, kind: int) -> tuple[Response, ...]:
        """The modes outside into which the gradient leads at this order."""
        modes, grades = self.kinds[kind].rules.modes, self.all_grades(kind)
        found = {
            (weights, frequency): velocity
            for weights, velocities in self._velocities[kind].items()
            for frequency, velocity in velocities.items()
            if velocity and not modes.holds(weights, frequency)
        }
        own = [(mode.weights, mode.frequency) for mode in modes.modes]
        further = build_modes(self.frequencies, [*own, *found]).modes[len(own) :]
        return tuple(
            Response(mode, min(grade_of(exponents, grades) for exponents in velocity), velocity)
            for mode, velocity in zip(further, found.values(), strict=True)
        )

    def with_responses(self, highest: int) -> "CoupledFlow":
        """The same flow with the responses up to a grade among the modes.

        Not of kinds that leave their modes at uniform softmax already: what follows there is a projection.
        """
        kinds, grades = [], []
        for index, (kind, own) in enumerate(zip(self.kinds, self.grades, strict=True)):
            responses = self.responses(index)
            is_projection = any(one.grade == 0 for one in responses)
            added = [one for one in responses if one.grade <= highest and not is_projection]
            wanted = [(mode.weights, mode.frequency) for mode in kind.modes]
            wanted += [(one.mode.weights, one.mode.frequency) for one in added]
            kinds.append(reduction_to(kind.network, self.frequencies, wanted, kind.order))
            grades.append((*own, *(one.grade for one in added)))
        return CoupledFlow(tuple(kinds), tuple(grades), self.order)


def coupled_flow(kinds: Sequence[FourierReduction], order: int) -> CoupledFlow:
    """The flow up to a cumulant, with those responses among the modes that act back at this order.

    Those of the highest grade act back only through the label's part, where they do.

    Parameters
    ----------
    kinds: the modes with which each kind of neurons starts.
    order: the highest cumulant, 2 or 3.
    """
    flow = CoupledFlow(tuple(kinds), tuple((0,) * len(kind.modes) for kind in kinds), order)
    for highest in range(1, order - 1):
        flow = flow.with_responses(highest)
    complete = flow.with_responses(order - 1)
    return complete if _acts_back(flow, complete) else flow


def _acts_back(flow: CoupledFlow, complete: CoupledFlow) -> bool:
    """Whether the velocities of the modes of a flow hold letters of the modes that another has besides.

    These are of the highest grade, so that they can only stand in the flow at uniform softmax.
    """
    for old, kind, grades in zip(flow.kinds, complete.kinds, complete.grades, strict=True):
        known, letters = old.rules.modes.letters, letter_grades(kind.modes, grades)
        for velocity in kind.field[: len(old.modes)]:
            if any(any(exponents[known:]) for exponents in truncated(velocity, letters, flow.order - 1)):
                return True
    return False


def _without(charge: Charge, place: int) -> Charge:
    return charge[:place] + charge[place + 1 :]
