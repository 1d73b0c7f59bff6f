"""The polynomial form: X = beta cos D, Y = beta sin D and alpha^2, or alpha where its parity asks for it."""

from collections.abc import Mapping

import sympy as sp

from odekit.derivation.modes import FourierReduction
from odekit.derivation.polar.polar import PhaseCombinations

__all__ = ["INVARIANTS", "polynomial_field"]

# alpha^2, beta cos D and beta sin D.
INVARIANTS = sp.symbols("x X Y", real=True)


def polynomial_field(
    reduction: FourierReduction,
    combinations: PhaseCombinations,
    equations: Mapping[sp.Symbol, sp.Expr],
    with_phase: bool = False,
) -> dict[sp.Symbol, sp.Expr] | None:
    """Time derivative of x (or alpha), X, Y and the signed states, or None where there is no such form.

    With ``with_phase`` that of theta's phase too, which none of the others depend on.
    """
    pairs = [n for m, n in zip(reduction.modes, reduction.names, strict=True) if not m.is_real]
    if len(pairs) != 2 or len(combinations.definitions) != 1:
        return None
    (alpha, beta), (D,) = (names.magnitude for names in pairs), combinations.definitions
    signed = {n.value: equations[n.value] for n in reduction.names if n.phase is None}
    x, X, Y = INVARIANTS
    field = {
        X: sp.cos(D) * equations[beta] - beta * sp.sin(D) * equations[D],
        Y: sp.sin(D) * equations[beta] + beta * sp.cos(D) * equations[D],
        **signed,
    }
    if with_phase and pairs[0].phase is not None:
        field[pairs[0].phase] = equations[pairs[0].phase]
    squared = {x: 2 * alpha * equations[alpha], **field}
    reduced = _reduce(squared, {alpha: sp.sqrt(x)}, beta, D, X, Y)
    return reduced or _reduce({alpha: equations[alpha], **field}, {}, beta, D, X, Y)


def _reduce(
    field: Mapping[sp.Symbol, sp.Expr],
    substitution: Mapping[sp.Symbol, sp.Expr],
    beta: sp.Symbol,
    D: sp.Symbol,
    X: sp.Symbol,
    Y: sp.Symbol,
) -> dict[sp.Symbol, sp.Expr] | None:
    """Write each expression in X and Y; None where one is no polynomial in the states."""
    states = tuple(field)
    result = {}
    for state, expression in field.items():
        rotated = sp.expand(expression).subs({sp.cos(D): X / beta, sp.sin(D): Y / beta})
        cleared = sp.expand(sp.expand(rotated).subs(X**2, beta**2 - Y**2)).subs(substitution)
        cleared = sp.expand(sp.powdenest(cleared, force=True))
        if not cleared.is_polynomial(*states) or cleared.free_symbols & {beta, D, *substitution}:
            return None
        result[state] = sp.factor_terms(cleared)
    return result
