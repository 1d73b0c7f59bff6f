"""Fixed phase differences and their stability, at magnitudes that are kept positive.

The phases move by a gradient flow of their own, so a combination D is at rest where every sine in the
energy vanishes. There the energy's second derivative decides: where each cosine's coefficient times the
cosine is positive the energy is largest and D attracts, where all are negative it repels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import sympy as sp

from odekit.derivation.polar import PhaseCombinations, polar_expression
from odekit.derivation.reduction import FourierReduction

__all__ = ["FixedPoint", "find_fixed_points"]

MAX_COMBINATIONS = 4
MAX_MODES = 8


@dataclass(frozen=True)
class FixedPoint:
    """A point at which the phase combinations rest.

    Parameters
    ----------
    values: value in radians by combination.
    stability: ``"attracts"``, ``"repels"``, ``"saddle"`` or ``"depends on signs"``.
    rate: rate at which a small deviation shrinks (negative: grows), for a single combination.
    """

    values: Mapping[sp.Symbol, sp.Expr]
    stability: str
    rate: sp.Expr

    @property
    def name(self) -> str:
        """The combinations and their values, such as ``D = 0``."""
        return ", ".join(f"{symbol} = {value}" for symbol, value in self.values.items())


def find_fixed_points(
    reduction: FourierReduction, combinations: PhaseCombinations, equations: Mapping[sp.Symbol, sp.Expr]
) -> tuple[FixedPoint, ...]:
    """All rests of the phase combinations with each of them 0 or pi, for at most four combinations and eight modes."""
    symbols = tuple(combinations.definitions)
    if not symbols or len(symbols) > MAX_COMBINATIONS or len(reduction.modes) > MAX_MODES:
        return ()
    energy = polar_expression(reduction, combinations, reduction.energy)
    coefficients = {symbol: energy.coeff(sp.cos(symbol)) for symbol in symbols}
    reachable = _reachable(list(combinations.definitions.values()))
    points = []
    for choice in product((0, 2), repeat=len(symbols)):
        if choice in reachable:
            values = {symbol: turns * sp.pi / 2 for symbol, turns in zip(symbols, choice, strict=True)}
            points.append(FixedPoint(values, _stability(coefficients, values), _rate(equations, values)))
    return tuple(points)


def _reachable(definitions: Sequence[sp.Expr]) -> set[tuple[int, ...]]:
    """The combinations' values, in quarter turns, at all phases that are multiples of a quarter turn."""
    phases = sorted(set().union(*(d.free_symbols for d in definitions)), key=str)
    charges = [[int(definition.coeff(phase)) for phase in phases] for definition in definitions]
    return {
        tuple(sum(c * turn for c, turn in zip(charge, turns, strict=True)) % 4 for charge in charges)
        for turns in product(range(4), repeat=len(phases))
    }


def _stability(coefficients: Mapping[sp.Symbol, sp.Expr], values: Mapping[sp.Symbol, sp.Expr]) -> str:
    signs = {_sign(coefficients[symbol] * sp.cos(value)) for symbol, value in values.items()}
    if signs == {1}:
        return "attracts"
    if signs == {-1}:
        return "repels"
    return "depends on signs" if None in signs else "saddle"


def _sign(expression: sp.Expr) -> int | None:
    factored = sp.factor_terms(expression)
    if factored.is_positive:
        return 1
    return -1 if factored.is_negative else None


def _rate(equations: Mapping[sp.Symbol, sp.Expr], values: Mapping[sp.Symbol, sp.Expr]) -> sp.Expr:
    """Minus the derivative of D' by D, for a single combination; the trace's negative for several."""
    slopes = [-equations[symbol].diff(symbol).subs(values) for symbol in values]
    return sp.factor(sp.Add(*slopes))
