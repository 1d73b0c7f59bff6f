"""ReducedSystem: an ordinary differential equation that says where it came from.

States, vector field, metric and energy are SymPy expressions; nothing here knows groups or networks. What a
derivation adds (first integrals, fixed phase differences, a certificate) it adds through ``source``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

import sympy as sp

from odekit.errors import InputError, ReductionError, UnknownNameError

if TYPE_CHECKING:
    from odekit.derivation.certificate import Certificate
    from odekit.derivation.closed_form import EllipticForm
    from odekit.derivation.elliptic_curve import EllipticCurve
    from odekit.derivation.equivalent_form import EquivalentForm
    from odekit.derivation.fixed_points import FixedPoint
    from odekit.derivation.sphere_form import SphereForm
    from odekit.derivation.sphere_report import SphereReport
    from odekit.networks import Network

__all__ = ["ReducedSystem", "Source", "Template"]


class Source(Protocol):
    """What a system asks of its derivation."""

    @property
    def network(self) -> Network: ...
    def ansatz(self) -> tuple[str, ...]: ...
    def first_integrals(self) -> tuple[sp.Expr, ...]: ...
    def fixed_points(self) -> tuple[FixedPoint, ...]: ...
    def form(self, name: str) -> ReducedSystem: ...
    def cheapest_form(self, states: tuple[sp.Symbol, ...]) -> EquivalentForm | None: ...
    def closed_form(self) -> EllipticForm | None: ...
    def sphere_form(self) -> SphereForm | None: ...
    def elliptic_curve(self) -> EllipticCurve | None: ...
    def complex_equations(self) -> Mapping[sp.Expr, sp.Expr]: ...
    def sphere_report(self) -> SphereReport | None: ...
    def certify(self, order: int | None) -> Certificate: ...


@dataclass(frozen=True, eq=False)
class ReducedSystem:
    """An autonomous ODE ``states' = vector_field``, complete and checked.

    Parameters
    ----------
    states: symbols of the unknowns.
    vector_field: one expression per state, in states, parameters and definitions.
    parameters: symbols of the constants, such as the order n.
    metric: diagonal of the metric in which the field is the gradient of ``energy``, one entry per state.
    energy: the function whose gradient flow this is, or None.
    definitions: further symbols that occur in the field, each as an expression in states (D: 2 phi - psi).
    conditions: in words, what order and frequencies must satisfy.
    leaks: by weight group, the frequencies into which the gradient leaves the modes.
    templates: the kinds of mode at a concrete order; the first one is this system.
    source: the derivation, which answers questions about integrals, fixed points and certificates.
    parent: the system that this one was restricted from, whose solution and cheaper forms serve it too.

    Raises
    ------
    InputError: fewer expressions than states, a repeated name, or a symbol that nothing declares.
    """

    states: tuple[sp.Symbol, ...]
    vector_field: tuple[sp.Expr, ...]
    parameters: tuple[sp.Symbol, ...] = ()
    metric: tuple[sp.Expr, ...] = ()
    energy: sp.Expr | None = None
    definitions: Mapping[sp.Symbol, sp.Expr] = field(default_factory=dict)
    conditions: tuple[str, ...] = ()
    leaks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    templates: tuple[Template, ...] = ()
    source: Source | None = None
    parent: ReducedSystem | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "definitions", MappingProxyType(dict(self.definitions)))
        object.__setattr__(self, "leaks", MappingProxyType(dict(self.leaks)))
        names = [symbol.name for symbol in (*self.states, *self.parameters, *self.definitions)]
        if len(set(names)) < len(names):
            raise InputError("a name stands for two things", expected="distinct names", received=str(names))
        if len(self.states) != len(self.vector_field):
            raise InputError(
                "states and vector field differ in length",
                expected=f"{len(self.states)} expressions",
                received=f"{len(self.vector_field)}",
            )
        declared = {*self.states, *self.parameters, *self.definitions}
        unknown = set().union(*(e.free_symbols for e in self.vector_field)) - declared
        if unknown:
            raise InputError(
                "the vector field holds symbols that nothing declares",
                expected="states, parameters and definitions",
                received=", ".join(sorted(str(symbol) for symbol in unknown)),
                hint="add them to parameters",
            )

    @property
    def closed(self) -> bool:
        """Whether the modes are invariant under the full gradient: no leaks."""
        return not any(self.leaks.values())

    @cached_property
    def equations(self) -> Mapping[sp.Symbol, sp.Expr]:
        """Time derivative of every state, and of every defined combination of states."""
        field = dict(zip(self.states, self.vector_field, strict=True))
        derived = {
            symbol: _collect(sum((expression.diff(x) * f for x, f in field.items()), sp.S.Zero))
            for symbol, expression in self.definitions.items()
        }
        return {**field, **derived}

    def symbol(self, name: str) -> sp.Symbol:
        """The state, definition or parameter called ``name``.

        Raises
        ------
        UnknownNameError: none is.
        """
        known = {s.name: s for s in (*self.states, *self.definitions, *self.parameters)}
        if name not in known:
            raise UnknownNameError("state", name, known)
        return known[name]

    def restrict(self, names: Iterable[str]) -> ReducedSystem:
        """The closed subsystem of some states and definitions, such as alpha, beta and D.

        Raises
        ------
        UnknownNameError: a name that is no state or definition.
        ReductionError: their equations need other states.
        """
        chosen = tuple(self.symbol(name) for name in names)
        field = tuple(self.equations[symbol] for symbol in chosen)
        missing = set().union(*(e.free_symbols for e in field)) - {*chosen, *self.parameters}
        if missing:
            raise ReductionError(
                "these states do not form a system of their own",
                expected="states whose equations need no others",
                received=f"{', '.join(names)}, which need {', '.join(sorted(map(str, missing)))}",
                hint=f"all of {', '.join(s.name for s in self.states)}",
            )
        return ReducedSystem(
            chosen,
            field,
            self.parameters,
            conditions=self.conditions,
            leaks=self.leaks,
            parent=self.parent or self,
        )

    def first_integrals(self) -> tuple[sp.Expr, ...]:
        """Functionally independent constants of the motion, found by a polynomial ansatz."""
        return self._source.first_integrals()

    def fixed_points(self) -> tuple[FixedPoint, ...]:
        """Fixed phase differences, with their stability and linear rate."""
        return self._source.fixed_points()

    def rates(self) -> Mapping[str, sp.Expr]:
        """Rate of approach to each attracting phase difference, by its name, such as ``"D = 0"``."""
        return {
            f"{symbol} = {point.values[symbol]}": rate
            for point in self.fixed_points()
            if point.stability == "attracts"
            for symbol, rate in point.rates.items()
        }

    def form(self, name: str) -> ReducedSystem:
        """The same flow in other states: ``"polar"``, ``"cartesian"`` or ``"polynomial"``."""
        return self._source.form(name)

    def cheapest_form(self) -> EquivalentForm | None:
        """The polynomial system that is cheapest to integrate instead, with the maps there and back.

        None where there is none, or where this system is polynomial itself.
        """
        origin = self.parent or self
        if origin.source is None or all(f.is_polynomial(*self.states) for f in self.vector_field):
            return None
        return origin.source.cheapest_form(self.states)

    @property
    def closed_form(self) -> EllipticForm | None:
        """The exact solution, where one is known."""
        origin = self.parent or self
        return origin.source.closed_form() if origin.source is not None else None

    @cached_property
    def sphere_form(self) -> SphereForm | None:
        """Exact solutions on spheres of aligned starts and of one pair alone, where all modes are states."""
        is_whole = self.source is not None and self.states == self.source.form("polar").states
        return self.source.sphere_form() if self.source is not None and is_whole else None

    def elliptic_curve(self) -> EllipticCurve | None:
        """The curve of the exact solution, found by elimination; None where there is no closed form."""
        return self.source.elliptic_curve() if self.source is not None else None

    def sphere_report(self) -> SphereReport | None:
        """What unit spheres add: the meaning of E, laws up to scale, maxima; None without constraint."""
        return self._source.sphere_report()

    def complex_equations(self) -> Mapping[sp.Expr, sp.Expr]:
        """Time derivative of every complex amplitude u = alpha e^(i phi), in amplitudes and conjugates."""
        return self._source.complex_equations()

    def certify(self, order: int | None = None) -> Certificate:
        """Compare with the transform of the weight-space gradient at a concrete order.

        Exactly, over the cyclotomic field with symbolic coefficients, up to order 13; at random points,
        to 1e-12, beyond. Where there are several kinds of mode, all of them are certified.
        """
        from odekit.derivation.certificate import combined

        systems = [template.system for template in self.templates] or [self]
        return combined([system._source.certify(order) for system in systems])

    @property
    def network(self) -> Network:
        """What was derived."""
        return self._source.network

    def ansatz(self) -> tuple[str, ...]:
        """How the weights are written in the states, one line per weight group."""
        return self._source.ansatz()

    def latex(self) -> str:
        """The system as LaTeX, ready for a paper."""
        from odekit.derivation.printers import latex

        return latex(self)

    def __str__(self) -> str:
        return "\n".join(f"{symbol}' = {velocity}" for symbol, velocity in self.equations.items())

    def _repr_latex_(self) -> str:
        from odekit.derivation.printers.latex import aligned

        return f"$$\n{aligned(self)}\n$$"

    @property
    def _source(self) -> Source:
        if self.source is None:
            raise ReductionError(
                "this system carries no derivation",
                expected="a system made by odekit.derive",
                hint="ask the system that it was restricted from",
            )
        return self.source


@dataclass(frozen=True)
class Template:
    """The system of one kind of mode at a concrete order, and the characters of that kind."""

    characters: tuple[str, ...]
    system: ReducedSystem


def _collect(expression: sp.Expr) -> sp.Expr:
    """Collect sines and cosines, and factor what multiplies each."""
    factors: dict[sp.Expr, list[sp.Expr]] = {}
    for term in sp.Add.make_args(sp.expand(expression)):
        parts = sp.Mul.make_args(term)
        wave = sp.Mul(*(part for part in parts if part.has(sp.sin, sp.cos)))
        factors.setdefault(wave, []).append(sp.Mul(*(part for part in parts if not part.has(sp.sin, sp.cos))))
    return sp.Add(*(wave * sp.factor(sp.Add(*terms)) for wave, terms in factors.items()))
