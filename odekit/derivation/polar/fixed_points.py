"""Fixed phase differences and their stability, at magnitudes that are kept positive.

Phases rest where every sine in the energy vanishes. Where each coefficient times its cosine is positive the
point attracts, where all are negative it repels.
"""

from collections.abc import Mapping, Sequence
from itertools import product
from operator import mul

import sympy as sp

from odekit.derivation.modes import FourierReduction
from odekit.derivation.polar.polar import PhaseCombinations, polar_expression
from odekit.systems import FixedPoint, Search
from odekit.systems.algebra import integer_relations

__all__ = ["find_fixed_points"]

# At most 2^4 rests: more modes and combinations make lists that nobody reads.
MAX_COMBINATIONS = 4
MAX_MODES = 8


def find_fixed_points(
    reduction: FourierReduction, combinations: PhaseCombinations, equations: Mapping[sp.Symbol, sp.Expr]
) -> Search[FixedPoint]:
    """All rests with each phase combination 0 or pi, for at most four combinations and eight modes.

    Parameters
    ----------
    reduction: whose energy decides the stability.
    combinations: the energy's phase combinations.
    equations: time derivative of each combination, in combinations and magnitudes.
    """
    symbols = tuple(combinations.definitions)
    if not symbols:
        return Search((), "complete", "no phase combination moves")
    if len(symbols) > MAX_COMBINATIONS or len(reduction.modes) > MAX_MODES:
        reason = f"more than {MAX_COMBINATIONS} phase combinations or {MAX_MODES} modes"
        return Search((), "not tried", reason)
    energy = polar_expression(reduction, combinations, reduction.energy)
    coefficients = {symbol: energy.coeff(sp.cos(symbol)) for symbol in symbols}
    relations = integer_relations(_charges(list(combinations.definitions.values())))
    points = []
    for half_turns in product((0, 1), repeat=len(symbols)):
        if any(sum(map(mul, relation, half_turns)) % 2 for relation in relations):
            continue
        values = {symbol: turn * sp.pi for symbol, turn in zip(symbols, half_turns, strict=True)}
        stability = _stability(coefficients, values, is_independent=not relations)
        points.append(FixedPoint(values, stability, {} if relations else _rates(equations, values)))
    return Search(tuple(points), "complete", "every phase combination 0 or pi, which rests at all magnitudes")


def _charges(definitions: Sequence[sp.Expr]) -> list[list[int]]:
    """Coefficient of every phase in every combination."""
    phases = sorted(set().union(*(d.free_symbols for d in definitions)), key=str)
    return [[int(definition.coeff(phase)) for phase in phases] for definition in definitions]


def _stability(
    coefficients: Mapping[sp.Symbol, sp.Expr], values: Mapping[sp.Symbol, sp.Expr], is_independent: bool
) -> str:
    signs = {_sign(coefficients[symbol] * sp.cos(value)) for symbol, value in values.items()}
    if None in signs:
        return "depends on signs"
    if len(signs) > 1:
        return "saddle" if is_independent else "depends on magnitudes"
    return "attracts" if signs == {1} else "repels"


def _sign(expression: sp.Expr) -> int | None:
    factored = sp.factor_terms(expression)
    if factored.is_positive:
        return 1
    return -1 if factored.is_negative else None


def _rates(
    equations: Mapping[sp.Symbol, sp.Expr], values: Mapping[sp.Symbol, sp.Expr]
) -> dict[sp.Symbol, sp.Expr]:
    """Minus the derivative of D' by D, for each combination that the others do not move."""
    rates = {}
    for symbol in values:
        slopes = {other: equations[symbol].diff(other).subs(values) for other in values}
        if not any(sp.expand(slope) for other, slope in slopes.items() if other != symbol):
            rates[symbol] = sp.factor(-slopes[symbol])
    return rates
