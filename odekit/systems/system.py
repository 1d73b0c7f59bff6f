"""ReducedSystem: an ordinary differential equation that says where it came from.

States, vector field, metric and energy are SymPy expressions; nothing here knows groups or networks. What a
derivation adds (first integrals, fixed phase differences, a certificate) it adds through ``source``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import sympy as sp

from odekit.errors import InputError, ReductionError, UnknownNameError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from odekit.derivation.certificates.certificate import Certificate
    from odekit.derivation.polar.closed_form import EllipticForm
    from odekit.derivation.polar.elliptic_curve import EllipticCurve
    from odekit.derivation.polar.equivalent_form import EquivalentForm
    from odekit.derivation.polar.fixed_points import FixedPoint
    from odekit.derivation.spheres.form import SphereForm
    from odekit.derivation.spheres.report import SphereReport
    from odekit.networks import Network
    from odekit.systems.answers import Source
    from odekit.systems.symmetries import ScalingSymmetry

__all__ = ["ReducedSystem", "Template"]


@dataclass(frozen=True, eq=False)
class ReducedSystem:
    """An ODE ``states' = vector_field``, complete and checked.

    Parameters
    ----------
    states: symbols of the unknowns.
    vector_field: one expression per state, in states, parameters and definitions.
    parameters: symbols of the constants, such as the order n.
    metric: diagonal of the metric in which the field is the gradient of ``energy``, one entry per state;
        empty where there is none, or where the metric is not diagonal.
    energy: the function whose gradient flow this is, or None.
    direction: ``"ascent"`` where the flow goes up the energy, ``"descent"`` where it goes down.
    definitions: further symbols that occur in the field, each as an expression in states (D: 2 phi - psi).
    conditions: in words, what order and frequencies must satisfy.
    leaks: by weight group, the frequencies into which the gradient leaves the modes.
    templates: the kinds of mode at a concrete order; the first one is this system.
    constraints: functions of the states that vanish on the orbits that are meant, by name.
    time: the symbol of time, where the field depends on it.
    solution: each state at time t from its initial value x_0, where that is known.
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
    direction: str = "ascent"
    definitions: Mapping[sp.Symbol, sp.Expr] = field(default_factory=dict)
    conditions: tuple[str, ...] = ()
    leaks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    templates: tuple[Template, ...] = ()
    constraints: Mapping[str, sp.Expr] = field(default_factory=dict)
    time: sp.Symbol | None = None
    solution: Mapping[sp.Symbol, sp.Expr] = field(default_factory=dict)
    source: Source | None = None
    parent: ReducedSystem | None = None

    def __post_init__(self) -> None:
        for name in ("definitions", "leaks", "constraints", "solution"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
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
        unknown = set().union(*(e.free_symbols for e in self.vector_field)) - declared - {self.time}
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
        missing = set().union(*(e.free_symbols for e in field)) - {*chosen, *self.parameters, self.time}
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
            time=self.time,
            parent=self.parent or self,
        )

    def first_integrals(self) -> tuple[sp.Expr, ...]:
        """Functionally independent constants of the motion, found by a polynomial ansatz."""
        return self._source.first_integrals()

    def scaling_symmetries(self) -> tuple[ScalingSymmetry, ...]:
        """Powers of a factor that multiply states, parameters and time such that orbits stay orbits."""
        from odekit.systems.symmetries import scaling_symmetries

        return scaling_symmetries(self)

    def fixed_points(self) -> tuple[FixedPoint, ...]:
        """Fixed phase differences, or points of rest of a given energy, with stability and linear rates."""
        return self._source.fixed_points()

    def rates(self) -> Mapping[str, sp.Expr]:
        """Rate of approach to each attracting point, by its name, such as ``"D = 0"``: the slowest one."""
        attracting = [point for point in self.fixed_points() if point.stability == "attracts"]
        by_phase = {
            f"{symbol} = {point.values[symbol]}": rate
            for point in attracting
            for symbol, rate in point.rates.items()
        }
        return {**by_phase, **{p.name: p.slowest for p in attracting if p.slowest is not None}}

    def check_start(self, y0: NDArray[np.float64], p: NDArray[np.float64]) -> None:
        """Refuse initial states y0 (state, batch) at p (parameter, batch) that violate a constraint.

        Raises
        ------
        InputError: the first constraint and trajectory where the residual is above 1e-6.
        """
        from odekit.systems.start import check_start

        check_start(self, y0, p)

    def form(self, name: str) -> ReducedSystem:
        """The same flow in other states: ``"polar"``, ``"cartesian"`` or ``"polynomial"``."""
        return self._source.form(name)

    def with_decay(self) -> ReducedSystem:
        """The system with weight decay, a further parameter ``decay``, in polar form."""
        from odekit.derivation.polar.decay import with_decay

        return with_decay(self)

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
        form = self.source.sphere_form() if self.source is not None else None
        return form if form is not None and self.states == self._source.form("polar").states else None

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
        from odekit.derivation.certificates.certificate import combined

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
        """The system as LaTeX, an aligned block to stand in a displayed equation."""
        from odekit.derivation.printers import latex

        return latex(self)

    def __repr__(self) -> str:
        return f"ReducedSystem({', '.join(map(str, self.states))}; {', '.join(map(str, self.parameters))})"

    def __str__(self) -> str:
        return "\n".join(f"{symbol}' = {velocity}" for symbol, velocity in self.equations.items())

    def _repr_latex_(self) -> str:
        from odekit.systems.printers.latex import aligned

        return f"$$\n{aligned(self)}\n$$"

    @property
    def _source(self) -> Source:
        if self.source is None:
            raise ReductionError(
                "this system carries no derivation",
                expected="a system made by odekit.derive or odekit.gradient_flow",
                hint="ask the system that it was restricted from, or derive it",
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
