"""Equivalent forms: the same flow in states in which it is a polynomial, and the maps there and back.

A polar field needs sines and cosines and divides by magnitudes. In X = beta cos D, Y = beta sin D, alpha^2
and theta's phase, or in real and imaginary parts, the same flow is a polynomial, passes through zero
magnitudes, and is several times cheaper to integrate. What enters is a reduction; what leaves is an
`EquivalentForm`. How it is integrated isn't known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import sympy as sp

from odekit.derivation.modes.reduction import FourierReduction
from odekit.derivation.polar.polar import PhaseCombinations, cartesian_field
from odekit.derivation.polar.polynomial_form import polynomial_field
from odekit.systems.system import ReducedSystem

__all__ = ["EquivalentForm", "cartesian_form", "rotating_form"]

Equations = Mapping[sp.Symbol, sp.Expr]


@dataclass(frozen=True)
class EquivalentForm:
    """A polynomial system, and the maps between its states and those of the system it stands for.

    Parameters
    ----------
    system: the polynomial system.
    entries: each of its states as an expression in the original states.
    exits: original states and phase combinations, each as an expression in the states of ``system``.
    phases: those of the exits that are angles known up to a multiple of 2 pi.
    magnitudes: those of the exits that are never negative.
    definitions: the phase combinations that may occur in ``entries``, in the original phases.
    """

    system: ReducedSystem
    entries: Mapping[sp.Symbol, sp.Expr]
    exits: Mapping[sp.Symbol, sp.Expr]
    phases: frozenset[sp.Symbol]
    magnitudes: frozenset[sp.Symbol]
    definitions: Mapping[sp.Symbol, sp.Expr]

    def giving(
        self, states: tuple[sp.Symbol, ...], parameters: tuple[sp.Symbol, ...]
    ) -> EquivalentForm | None:
        """The part of the form that gives back some states; None where it doesn't, or needs other states.

        Parameters
        ----------
        states: original states and phase combinations.
        parameters: constants that may occur in the maps.
        """
        if not set(states) <= set(self.exits):
            return None
        exits = {state: self.exits[state] for state in states}
        system = _closed_part(self.system, {s for exit in exits.values() for s in exit.free_symbols})
        spelled = {symbol: form for symbol, form in self.definitions.items() if symbol not in states}
        entries = {state: self.entries[state].subs(spelled) for state in system.states}
        if any(entry.free_symbols - {*states, *parameters} for entry in entries.values()):
            return None
        return replace(self, system=system, entries=entries, exits=exits)


def rotating_form(
    reduction: FourierReduction, combinations: PhaseCombinations, equations: Equations
) -> EquivalentForm | None:
    """In alpha^2 (or alpha), X, Y, signed values and theta's phase; None where there is no such form.

    With ``D = c phi + e psi`` and ``e = +-1``, psi is ``e (D - c phi)``.
    """
    field = polynomial_field(reduction, combinations, equations, with_phase=True)
    if field is None:
        return None
    theta, xi = (names for names in reduction.names if names.phase is not None)
    ((D, definition),) = combinations.definitions.items()
    coefficient = definition.coeff(xi.phase)
    if abs(coefficient) != 1:
        return None
    X, Y = (symbol for symbol in field if symbol.name in ("X", "Y"))
    first = next(iter(field))
    is_squared = first != theta.magnitude
    alpha, beta, angle = theta.magnitude, xi.magnitude, sp.atan2(Y, X)
    own = {symbol: symbol for symbol in field if symbol not in (X, Y, first)}
    exits = {
        alpha: sp.sqrt(first) if is_squared else first,
        beta: sp.sqrt(X**2 + Y**2),
        D: angle,
        **own,
        xi.phase: coefficient * (angle - definition.coeff(theta.phase) * theta.phase),
    }
    entries = {first: alpha**2 if is_squared else alpha, X: beta * sp.cos(D), Y: beta * sp.sin(D), **own}
    system = _system(field, reduction)
    magnitudes = frozenset({alpha, beta} if is_squared else {beta})
    return EquivalentForm(
        system, entries, exits, frozenset({D, xi.phase}), magnitudes, combinations.definitions
    )


def cartesian_form(reduction: FourierReduction, combinations: PhaseCombinations) -> EquivalentForm:
    """In the real and imaginary parts of every amplitude, and the signed values."""
    field = cartesian_field(reduction)
    exits: dict[sp.Symbol, sp.Expr] = {}
    entries: dict[sp.Symbol, sp.Expr] = {}
    pairs = [names for names in reduction.names if names.phase is not None]
    for names in reduction.names:
        if names.phase is None:
            exits[names.value] = entries[names.value] = names.value
            continue
        real, imaginary = (sp.Symbol(f"{names.value.name}_{part}", real=True) for part in ("re", "im"))
        exits[names.magnitude] = sp.sqrt(real**2 + imaginary**2)
        exits[names.phase] = sp.atan2(imaginary, real)
        entries[real] = names.magnitude * sp.cos(names.phase)
        entries[imaginary] = names.magnitude * sp.sin(names.phase)
    combined = {D: definition.subs(exits) for D, definition in combinations.definitions.items()}
    return EquivalentForm(
        _system(field, reduction),
        entries,
        {**exits, **combined},
        frozenset({*combined, *(names.phase for names in pairs)}),
        frozenset(names.magnitude for names in pairs),
        combinations.definitions,
    )


def _system(field: Equations, reduction: FourierReduction) -> ReducedSystem:
    order = reduction.order
    parameters = (order,) if isinstance(order, sp.Symbol) else ()
    return ReducedSystem(tuple(field), tuple(field.values()), parameters)


def _closed_part(system: ReducedSystem, needed: set[sp.Symbol]) -> ReducedSystem:
    """The smallest part of a system that holds some states and whatever these depend on."""
    field = dict(zip(system.states, system.vector_field, strict=True))
    kept: set[sp.Symbol] = set()
    while needed - kept:
        kept |= needed
        needed = {s for state in kept for s in field[state].free_symbols if s in field}
    states = tuple(state for state in field if state in kept)
    return ReducedSystem(states, tuple(field[state] for state in states), system.parameters)
