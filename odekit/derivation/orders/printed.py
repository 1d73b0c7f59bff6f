"""A neuron among others as a person or a program reads it: sums, leaks with their sizes, report and data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sympy as sp

from odekit.derivation.answers import complex_equations
from odekit.derivation.orders.conditions import OtherKinds
from odekit.derivation.orders.coupled_flow import Response
from odekit.derivation.orders.formulas import Formulas
from odekit.derivation.printers import network_lines
from odekit.networks import Network, time_text
from odekit.systems import Certificate, System
from odekit.systems.printers import join_sections

__all__ = ["Printed"]


@dataclass(frozen=True)
class Printed:
    """What is said of the flow of one kind of neurons.

    Parameters
    ----------
    formulas: the flow.
    others: what neurons of another frequency do.
    """

    formulas: Formulas
    others: OtherKinds

    @property
    def _network(self) -> Network:
        return self.formulas.flow.kinds[0].network

    @property
    def _responses(self) -> Iterator[tuple[Response, sp.Symbol, sp.Expr]]:
        """What the modes leak into, with its symbol and velocity."""
        pairs = zip(self.formulas.flow.responses(0), self.formulas.responses.items(), strict=True)
        return ((one, symbol, velocity) for one, (symbol, velocity) in pairs)

    def sums(self) -> Iterator[str]:
        """What each order parameter is."""
        for symbol, formula in self.formulas.definitions.items():
            yield f"{symbol} is the logit scale times the sum of {formula} over neurons"

    def leaks(self) -> Iterator[str]:
        """Velocity and size of what the modes leak into, also by neurons of another frequency."""
        for one, symbol, velocity in self._responses:
            where = f"{one.mode.weights} leaks into {one.mode.label}"
            if one.grade == 0:
                yield f"{where} at uniform softmax already"
                continue
            back = "" if self._is_projection else f", and acts back at {self._size(one.grade + 1)} or higher"
            yield f"{symbol}' = {velocity}"
            yield f"  {where} at relative order {self._size(one.grade)}{back}"
        yield from self.others.lines()

    @property
    def _is_projection(self) -> bool:
        """Whether the gradient leaves the modes at uniform softmax already."""
        return any(one.grade == 0 for one in self.formulas.flow.responses(0))

    def _size(self, grade: int) -> str:
        """A power of the logits' size, also in the weights' scale kappa where all terms have one degree."""
        is_monomial = len(self._network.activation_polynomial or {}) == 1
        power = grade * (self._network.degree + 1)
        return f"|f|^{grade}{f' = kappa^{power}' if is_monomial else ''}"

    def _loss(self) -> Iterator[str]:
        """The loss, and how good the equations are."""
        order = self.formulas.flow.order
        yield f"cross-entropy up to cumulant {order} of the logits over the outputs, summed over inputs:"
        yield "a constant, less the logit scale times the sum of E over neurons, plus V"
        yield f"E = {self.formulas.energy}"
        yield f"V = {self.formulas.interaction}"
        if self._is_projection:
            yield "the gradient leaves these modes at uniform softmax already: this is its projection"
            return
        yield f"relative error at a fixed rescaled time: of order {self._size(order)}, f being the logits"

    def report(self, system: System, certificate: Certificate | None) -> str:
        """The network, the equations with their order parameters, where they hold, and what leaks."""
        others = len(system.conditions) - len(self.formulas.definitions)
        sections = {
            "Network": network_lines(self._network),
            "Weights": system.ansatz(),
            "Loss": self._loss(),
            "Order parameters": self.sums(),
            "Equations of motion, amplitudes": _equations(self.formulas.velocities),
            "Equations of motion, real and imaginary parts": _equations(system.equations),
            "Time": [time_text(self._network)],
            "Leaks": list(self.leaks()) or ["none"],
            "Conditions": system.conditions[:others],
            "Kinds of mode": _templates(system),
            "Certificate": [] if certificate is None else [str(certificate)],
        }
        return join_sections(sections)

    def entries(self, system: System) -> dict[str, object]:
        """What the plain data of a system adds to that of any derived one."""
        return {
            "cumulants": self.formulas.flow.order,
            "parameters": [symbol.name for symbol in system.parameters],
            "order_parameters": _texts(self.formulas.definitions),
            "neuron_energy": str(self.formulas.energy),
            "interaction": str(self.formulas.interaction),
            "complex_equations": _texts(self.formulas.velocities),
            "responses": [
                {
                    "weights": one.mode.weights,
                    "frequency": one.mode.label,
                    "state": symbol.name,
                    "relative_order": one.grade,
                    "velocity": str(velocity),
                }
                for one, symbol, velocity in self._responses
            ],
        }


def _texts(expressions: Mapping[sp.Symbol, sp.Expr]) -> dict[str, str]:
    return {symbol.name: str(expression) for symbol, expression in expressions.items()}


def _equations(velocities: Mapping[sp.Symbol, sp.Expr]) -> Iterator[str]:
    return (f"{symbol}' = {velocity}" for symbol, velocity in velocities.items())


def _templates(system: System) -> Iterator[str]:
    for template in system.templates:
        yield f"characters {', '.join(template.characters)}"
        yield from (f"  where {condition}" for condition in template.system.conditions)
        for symbol, velocity in complex_equations(template.system).items():
            yield f"  {symbol}' = {velocity}"
