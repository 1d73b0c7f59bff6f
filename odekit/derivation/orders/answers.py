"""A neuron beyond uniform softmax: its system, in which order parameters stand for all neurons."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import sympy as sp

from odekit.arguments import chosen
from odekit.derivation.answers import CoupledAnswers, disagreement
from odekit.derivation.certificates import TOLERANCE, assignments, concrete_group, no_frequency, value_of
from odekit.derivation.modes import Condition
from odekit.derivation.orders.brute_force import MAX_QUICK_CELLS, cells
from odekit.derivation.orders.certificate import CoupledBruteForce, certify_flow
from odekit.derivation.orders.conditions import OtherKinds, coupling_conditions, other_kinds
from odekit.derivation.orders.coupled_flow import CoupledFlow
from odekit.derivation.orders.formulas import Formulas
from odekit.derivation.orders.printed import Printed
from odekit.derivation.printers import network_data, network_latex
from odekit.groups import FiniteGroup
from odekit.networks import Network
from odekit.systems import Certificate, System
from odekit.systems.algebra import evaluate

__all__ = ["OrderAnswers"]


@dataclass(frozen=True)
class OrderAnswers(CoupledAnswers):
    """Answers for one kind of neurons in a population, up to a cumulant.

    Parameters
    ----------
    flow: of that kind alone.
    """

    flow: CoupledFlow

    moving: ClassVar[str] = "the order parameters, which are constants here, move with all neurons"

    @property
    def network(self) -> Network:
        """The network that the system was derived from."""
        return self.flow.kinds[0].network

    @cached_property
    def formulas(self) -> Formulas:
        """The flow in formulas."""
        return Formulas(self.flow)

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """What the order and the frequencies must satisfy."""
        return coupling_conditions(self.flow)

    def holds_at(self, order: int) -> bool:
        """Whether some frequencies meet the conditions at an order."""
        return super().holds_at(order) and bool(self._choices(order))

    def _choices(self, order: int) -> tuple[Mapping[str, int], ...]:
        return tuple(assignments(self.flow.frequencies, self.conditions, order))

    @cached_property
    def system(self) -> System:
        """In real and imaginary parts of the neuron's amplitudes and of the order parameters."""
        formulas, order = self.formulas, self.flow.kinds[0].order
        leaks: dict[str, tuple[str, ...]] = dict.fromkeys((*self.network.embeddings, "xi"), ())
        for one in self.flow.responses(0):
            leaks[one.mode.weights] = (*leaks[one.mode.weights], one.mode.label)
        return System(
            formulas.cartesian,
            self,
            parameters=(*((order,) if order.is_Symbol else ()), *formulas.parameters),
            conditions=(
                *(condition.text(str(order)) for condition in self.conditions),
                *self._others.conditions(self.flow.order),
                *self._printed.sums(),
            ),
            leaks=leaks,
        )

    @property
    def verified(self) -> System:
        """The system, unless sums over all tuples of inputs say otherwise.

        Raises
        ------
        ReductionError: they do, for random neurons.
        """
        group = self._group(None)
        choice = next(iter(self._choices(group.order)), None)
        if choice is not None and cells(self.network, group) <= MAX_QUICK_CELLS:
            residual = max(
                CoupledBruteForce(self.flow, group, choice).residual(), self._difference_of_parts()
            )
            if residual > TOLERANCE:
                raise disagreement(self.network, residual)
        return self.system

    def _group(self, order: int | None) -> FiniteGroup:
        return concrete_group(self.network, self.flow.frequencies, self.conditions, order)

    def certify(self, system: System, order: int | None) -> Certificate:
        """Certificate at a concrete order, of the amplitudes' velocities, and of the equations in real parts.

        Raises
        ------
        InputError: the order is not an integer above 1.
        ReductionError: no frequency of that order meets the conditions, or there is too much to sum over.
        """
        group = self._group(order)
        choices = self._choices(group.order)
        if not choices:
            raise no_frequency(self.conditions, group.order)
        certificate = certify_flow(self.flow, group, choices)
        printed = self._difference_of_parts()
        if printed <= TOLERANCE:
            return certificate
        return replace(certificate, passed=False, printed=printed)

    def _difference_of_parts(self) -> float:
        """Largest relative difference of the equations in real parts from the polynomials, at one point."""
        rng = np.random.default_rng(2602)
        symbols = self.formulas.real_symbols
        values = dict(zip(symbols, rng.normal(size=len(symbols)).tolist(), strict=True))
        letters = self.formulas.letter_values(values)
        order = self.flow.kinds[0].order
        known = {**values, **({order: 7.0} if order.is_Symbol else {})}
        factor = value_of(self.formulas.factor, known)
        worst, size = 0.0, 0.0
        field = iter(self.formulas.cartesian.values())
        for mode, polynomial in zip(self.flow.kinds[0].modes, self.flow.field(0), strict=True):
            expected = factor * evaluate(polynomial, letters)
            measured = complex(
                value_of(next(field), known), 0 if mode.is_real else value_of(next(field), known)
            )
            worst, size = max(worst, abs(measured - expected)), max(size, abs(expected))
        return worst / (size or 1.0)

    def form(self, system: System, name: str) -> System:
        """The system itself, which is in real and imaginary parts.

        Raises
        ------
        UnknownNameError: another form.
        """
        chosen("form", name, ("cartesian",))
        return system

    def complex_equations(self) -> Mapping[sp.Expr, sp.Expr]:
        """Time derivative of every complex amplitude, in amplitudes, order parameters and conjugates."""
        return self.formulas.velocities

    def ansatz(self, system: System) -> tuple[str, ...]:
        """Each weight group as a sum over its modes, with the characters chi that occur."""
        lines = []
        for weights in (*self.network.embeddings, "xi"):
            pairs = zip(self.flow.kinds[0].modes, self.formulas.names, strict=True)
            own = [(mode, names.value) for mode, names in pairs if mode.weights == weights]
            terms = [_term(mode, value) for mode, value in own]
            lines.append(f"{weights} = {' + '.join(terms) or '0'}")
        return tuple(lines)

    @cached_property
    def _others(self) -> OtherKinds:
        """What neurons of another frequency do to a neuron of one frequency; else all have these modes."""
        modes = zip(self.flow.kinds[0].modes, self.flow.grades[0], strict=True)
        readouts = [mode for mode, grade in modes if mode.weights == "xi" and grade == 0]
        return other_kinds(self.network) if len(readouts) == 1 else OtherKinds(enter=True, leaks=())

    @cached_property
    def _printed(self) -> Printed:
        return Printed(self.formulas, self._others)

    def report(self, system: System, certificate: Certificate | None) -> str:
        """The network, the equations with their order parameters, where they hold, and what leaks."""
        return self._printed.report(system, certificate)

    def to_dict(self, system: System, certificate: Certificate | None) -> dict[str, object]:
        """Everything that is known, as plain data."""
        return {**network_data(system, self, certificate), **self._printed.entries(system)}

    def latex(self, system: System, *, comments: bool) -> str:
        """The amplitudes' equations as an aligned block, below comments that say what else there is."""
        order = self.flow.kinds[0].order
        names = (*((order,) if order.is_Symbol else ()), *self.formulas.parameter_names)
        in_amplitudes = replace(system, velocities=self.formulas.velocities, parameters=names)
        notes = tuple(f"% {line.strip()}" for line in self._printed.leaks())
        return network_latex(in_amplitudes, comments=comments, notes=notes)


def _term(mode: Any, value: sp.Symbol) -> str:
    """What a mode contributes to its weights."""
    if mode.is_mean:
        return str(value)
    return f"{value} chi_{mode.label}" if mode.is_real else f"Re({value} chi_{mode.label})"
