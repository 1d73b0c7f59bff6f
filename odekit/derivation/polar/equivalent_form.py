"""Equivalent forms: the same flow in states in which it is a polynomial, and the maps there and back.

In X = beta cos D, Y = beta sin D, alpha^2 and theta's phase, or in real and imaginary parts, the flow passes
through zero magnitudes, and is several times cheaper to integrate than with sines and divisions.
"""

from collections.abc import Mapping
from dataclasses import replace

import sympy as sp

from odekit.derivation.modes import FourierReduction
from odekit.derivation.polar.polar import PhaseCombinations, cartesian_field, real_parts
from odekit.derivation.polar.polynomial_form import INVARIANTS, polynomial_field
from odekit.systems import ANY, EquivalentForm, System

__all__ = ["cartesian_form", "giving", "rotating_form"]

Equations = Mapping[sp.Symbol, sp.Expr]


def giving(
    form: EquivalentForm[System], states: tuple[sp.Symbol, ...], parameters: tuple[sp.Symbol, ...]
) -> EquivalentForm[System] | None:
    """The part of a form that gives back some states; None where it doesn't, or needs other states.

    Parameters
    ----------
    form: of the whole system.
    states: original states and phase combinations.
    parameters: constants that may occur in the maps.
    """
    if not set(states) <= set(form.exits):
        return None
    exits = {state: form.exits[state] for state in states}
    system = _closed_part(form.system, {s for exit in exits.values() for s in exit.free_symbols})
    spelled = {symbol: meaning for symbol, meaning in form.definitions.items() if symbol not in states}
    entries = {state: form.entries[state].subs(spelled) for state in system.states}
    if any(entry.free_symbols - {*states, *parameters} for entry in entries.values()):
        return None
    return replace(form, system=system, entries=entries, exits=exits)


def rotating_form(
    reduction: FourierReduction, combinations: PhaseCombinations, equations: Equations
) -> EquivalentForm[System] | None:
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
    _, X, Y = INVARIANTS
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


def cartesian_form(reduction: FourierReduction, combinations: PhaseCombinations) -> EquivalentForm[System]:
    """In the real and imaginary parts of every amplitude, and the signed values."""
    field = cartesian_field(reduction)
    exits: dict[sp.Symbol, sp.Expr] = {}
    entries: dict[sp.Symbol, sp.Expr] = {}
    pairs = [names for names in reduction.names if names.phase is not None]
    for names in reduction.names:
        if names.phase is None:
            exits[names.value] = entries[names.value] = names.value
            continue
        real, imaginary = real_parts(names)
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


def _system(field: Equations, reduction: FourierReduction) -> System:
    order = reduction.order
    parameters = (order,) if isinstance(order, sp.Symbol) else ()
    return System(field, ANY, parameters)


def _closed_part(system: System, needed: set[sp.Symbol]) -> System:
    """The smallest part of a system that holds some states and whatever these depend on."""
    field = system.velocities
    kept: set[sp.Symbol] = set()
    while needed - kept:
        kept |= needed
        needed = {s for state in kept for s in field[state].free_symbols if s in field}
    return System({s: entry for s, entry in field.items() if s in kept}, ANY, system.parameters)
