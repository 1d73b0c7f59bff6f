"""System: an ordinary differential equation, complete and checked, with what is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

import sympy as sp

from odekit.arguments import expect, is_series, mapping, text_of
from odekit.arrays import FloatArray
from odekit.errors import UnknownNameError
from odekit.expressions import spoken
from odekit.systems.algebra import is_polynomial_in
from odekit.systems.blocks import BlockFlow, matrix_text
from odekit.systems.declarations import check_declarations
from odekit.systems.equations import Equations, closed_part, left_out, spelled_out
from odekit.systems.function import Backend, NumericFunction, numeric_function
from odekit.systems.known import (
    Certificate,
    EllipticForm,
    EquivalentForm,
    FixedPoint,
    Rate,
    ScalingSymmetry,
    Search,
    Searches,
    SphereForm,
    Template,
    combined,
)
from odekit.systems.linearisation import Value, linearised
from odekit.systems.questions import Answers
from odekit.systems.start import check_start
from odekit.systems.time_derivatives import TimeDerivatives, long_lines

__all__ = ["System"]

# More equations than that are no picture, and keep a notebook busy for long.
MOST_SHOWN = 60


@dataclass(frozen=True, eq=False, repr=False)
class System:
    """An ODE: every state with its velocity, and what is known of it.

    `odekit.system`, `odekit.gradient_flow` and `odekit.derive` make systems.

    Parameters
    ----------
    velocities: time derivative of every state, in states, parameters, definitions and time.
    answers: who answers questions about integrals, points of rest, forms and certificates.
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
    blocks: the matrices of which the states are the entries, where they are.
    angles: states and definitions of which whole turns don't count.

    Raises
    ------
    InputError: what are no symbols and expressions, a repeated name, two that are one to Python, or a symbol
        that nothing declares.
    """

    velocities: Mapping[sp.Symbol, sp.Expr]
    answers: Answers[System]
    parameters: tuple[sp.Symbol, ...] = ()
    metric: tuple[sp.Expr, ...] = ()
    energy: sp.Expr | None = None
    direction: str = "ascent"
    definitions: Mapping[sp.Symbol, sp.Expr] = field(default_factory=dict)
    conditions: tuple[str, ...] = ()
    leaks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    templates: tuple[Template[System], ...] = ()
    constraints: Mapping[str, sp.Expr] = field(default_factory=dict)
    time: sp.Symbol | None = None
    solution: Mapping[sp.Symbol, sp.Expr] = field(default_factory=dict)
    blocks: BlockFlow | None = None
    angles: frozenset[sp.Symbol] = frozenset()

    def __post_init__(self) -> None:
        for name in ("velocities", "definitions", "leaks", "constraints", "solution"):
            given = mapping(getattr(self, name), f"{name} of a system", "those of odekit.system")
            object.__setattr__(self, name, MappingProxyType(dict(given)))
        energy = sp.S.Zero if self.energy is None else self.energy
        others = (*self.constraints.values(), *self.solution.values(), *self.metric, energy)
        check_declarations(self.velocities, self.definitions, self.parameters, self.time, others)

    @cached_property
    def states(self) -> tuple[sp.Symbol, ...]:
        """Symbols of the unknowns."""
        return tuple(self.velocities)

    @cached_property
    def vector_field(self) -> tuple[sp.Expr, ...]:
        """Time derivative of every state, in the order of the states."""
        return tuple(self.velocities.values())

    @cached_property
    def _symbols(self) -> tuple[sp.Symbol, ...]:
        time = () if self.time is None else (self.time,)
        return (*self.states, *self.definitions, *self.parameters, *time)

    @property
    def closed(self) -> bool:
        """Whether the modes are invariant under the full gradient: no leaks."""
        return not any(self.leaks.values())

    @cached_property
    def equations(self) -> Equations:
        """Time derivative of every state and every definition; of blocks, as matrix expressions."""
        if self.blocks is not None:
            return Equations("block", self.blocks.equations)
        derived = TimeDerivatives(self.velocities).of_all(self.definitions)
        return Equations("state", {**self.velocities, **derived})

    @cached_property
    def rhs(self) -> Equations:
        """Time derivative of every state with every definition, also a nested one, spelled out."""
        return Equations("state", spelled_out(self.velocities, self.definitions))

    def __getitem__(self, name: str) -> sp.Symbol:
        """The state, definition, parameter, time or block of weights called ``name``.

        Raises
        ------
        UnknownNameError: none is; the nearest is suggested.
        """
        known = {symbol.name: symbol for symbol in (*self._symbols, *self.equations)}
        meant = spoken(written := text_of(name, "a name"), known)
        if meant not in known:
            raise UnknownNameError("state", written, known)
        return known[meant]

    def restrict(self, names: Iterable[str]) -> System:
        """The closed subsystem of some states and definitions, in the system's order, such as alpha, beta, D.

        Raises
        ------
        UnknownNameError: a name that is no state or definition.
        ReductionError: their equations need other states.
        """
        names = [names] if isinstance(names, str) else names
        is_list = is_series(names) or isinstance(names, Mapping)
        expect(is_list, "no states are named", "a sequence of names", names)
        wanted = {self[name] for name in names}
        known = self.rhs if self.blocks is not None else self.equations
        entries = closed_part(known, wanted, {*self.parameters, self.time}, self.states)
        return System(
            entries,
            self.answers,
            self.parameters,
            conditions=self.conditions,
            leaks=self.leaks,
            time=self.time,
            angles=self.angles & entries.keys(),
        )

    def first_integrals(self) -> Search[sp.Expr]:
        """Functionally independent constants of the motion, and whether there can be more."""
        return self._searches.ask("first integrals", lambda: self.answers.first_integrals(self))

    def scaling_symmetries(self) -> Search[ScalingSymmetry]:
        """Powers of a factor that multiply states, parameters and time such that orbits stay orbits."""
        return self._searches.ask("scaling symmetries", lambda: self.answers.scaling_symmetries(self))

    def fixed_points(self) -> Search[FixedPoint]:
        """Fixed phase differences or points of rest: all of small polynomial fields, or what starts find."""
        return self._searches.ask("points of rest", lambda: self.answers.fixed_points(self))

    @cached_property
    def _searches(self) -> Searches:
        return Searches()

    def rates(self) -> Mapping[str, Rate]:
        """Rate of approach to each attracting point, by its name, such as ``"D = 0"``: the slowest one."""
        return self.answers.rates(self)

    def linearisation(self, at: Mapping[str, Value] | None = None) -> sp.Matrix:
        """Jacobian of the velocities by the states, at numbers or formulas by name if they are given."""
        point = mapping({} if at is None else at, "the point", "{'x': 0}").items()
        return linearised(self.rhs, {self[name]: value for name, value in point}, self._symbols)

    def check_start(self, y0: FloatArray, p: FloatArray) -> None:
        """Refuse, by InputError, y0 (state, batch) at p (parameter, batch) off a constraint by over 1e-6."""
        check_start(self.constraints, (*self.states, *self.parameters), y0, p)

    def modified(self, eta: Value, order: int = 2, momentum: Value = 0) -> System:
        """The ODE whose flow descent with steps eta follows up to eta^order: ``f - (eta/2) Df f`` at order 2.

        Descent takes x to ``x + eta f(x)``, x the states, or the weights of what was derived or reduced; t is
        the sum of its steps. With momentum mu, ``x + eta f(x) + mu (x - x_before)``, it is ``f/(1 - mu) -
        eta (1 + mu)/(2 (1 - mu)^3) Df f``, which what rested at x_0 follows from ``x_0 - eta mu/(1 - mu)^2
        f(x_0)``, once mu^n is small. Integrals, solutions and rest points are the result's own.

        Parameters
        ----------
        eta: the step in this time (a learning rate times ``network.flow_rate()``), above 0; or a new name.
        order: from 1 (the flow itself) to 4, with momentum to 2.
        momentum: mu, from 0, below 1; or a name.

        Raises
        ------
        InputError: a step, order or momentum out of range, or a name that means something already.
        ReductionError: a system in blocks, under a constraint, or with a kink, such as ``abs(x)``.
        """
        return self.answers.modified(self, eta, order, momentum)

    def form(self, name: str) -> System:
        """The same flow in other states, such as ``"polar"``, ``"cartesian"`` or ``"polynomial"``."""
        return self.answers.form(self, name)

    def cheapest_form(self) -> EquivalentForm[System] | None:
        """The polynomial system that is cheapest to integrate instead, with the maps there and back.

        None where there is none, or where this system is polynomial itself.
        """
        states = set(self.states)
        if self.blocks is not None or all(is_polynomial_in(entry, states) for entry in self.vector_field):
            return None
        return self.answers.cheapest_form(self)

    @cached_property
    def closed_form(self) -> EllipticForm | None:
        """The exact solution, where one is known."""
        return self.answers.closed_form(self)

    @cached_property
    def sphere_form(self) -> SphereForm | None:
        """Exact solutions on spheres of aligned starts and of one pair alone, where all modes are states."""
        return self.answers.sphere_form(self)

    def certify(self, order: int | None = None) -> Certificate:
        """Compare with the transform of the weight-space gradient at a concrete order.

        Exactly, over the cyclotomic field, up to order 13, and modulo a prime at cumulants above the first;
        else at random points, to 1e-12. Where there are several kinds of mode, all of them are certified.

        Of a system that `odekit.reduce` made it says what is proved, and what was not looked at.
        """
        systems = [template.system for template in self.templates] or [self]
        found = [system.answers.certify(system, order) for system in systems]
        return found[0] if len(found) == 1 else combined(found)

    def ansatz(self) -> tuple[str, ...]:
        """How what was reduced is written in the states, one line per weight group."""
        return self.answers.ansatz(self)

    def report(self, certificate: Certificate | None = None) -> str:
        """The system and what follows from it, as text."""
        return self.answers.report(self, certificate)

    def to_dict(self, certificate: Certificate | None = None) -> dict[str, object]:
        """Everything that is known, as plain data: strings, numbers, lists and dictionaries."""
        return self.answers.to_dict(self, certificate)

    def latex(self) -> str:
        """The system as LaTeX, an aligned block to stand in a displayed equation."""
        return self.answers.latex(self, comments=True)

    def python(self) -> str:
        """The system as a Python program that needs NumPy only."""
        return self.answers.python(self)

    def javascript(self) -> str:
        """The system as a JavaScript module: ``vectorField(t, y, p, out)``, its states and parameters."""
        return self.answers.javascript(self)

    def function(self, backend: Backend = "numpy") -> NumericFunction:
        """A function ``f(t, y, p)`` of the velocities, ready for `scipy.integrate.solve_ivp`.

        It takes a time, states (state, ...), and parameters as a sequence or by name (none where there are
        none), and returns the velocities in the states' shape. The backend is "numpy", "mpmath" or "jax".
        """
        return numeric_function(self.rhs, self.parameters, self.time, backend)

    def __repr__(self) -> str:
        shown = [symbol.name for symbol in self.equations] if self.blocks else map(str, self.states)
        return f"System({', '.join(shown)}; {', '.join(map(str, self.parameters))})"

    def __str__(self) -> str:
        text = str if self.blocks is None else matrix_text
        lines = long_lines(self.velocities, self.definitions) or self.equations.lines(text)
        return "\n".join(filter(None, [*lines, left_out(self.leaks), self.answers.clock(self)]))

    def _repr_latex_(self) -> str | None:
        if len(self.equations) > MOST_SHOWN or long_lines(self.velocities, self.definitions):
            return None
        return f"$$\n{self.answers.latex(self, comments=False)}\n$$\n\n{self.answers.clock(self)}".rstrip()
