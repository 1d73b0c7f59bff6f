"""The drift along the valley of paired heads: a slow manifold ``m(w)``, by its invariance, order by order."""

from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp

from odekit.systems import System

__all__ = ["SlowLaw", "slow_law"]

ORDER = 14  # of exponentials in w, which the three terms of the valley need


@dataclass(frozen=True)
class SlowLaw:
    """``w' = -rate w^power (1 + next w^step)``, up to higher powers.

    Parameters
    ----------
    rate, next: in the parameters of the flow.
    power, step: whole numbers.
    """

    rate: sp.Expr
    next: sp.Expr
    power: int
    step: int

    def __str__(self) -> str:
        return f"w' = -({self.rate})*w**{self.power}*(1 + ({self.next})*w**{self.step})"


def slow_law(pair: System) -> SlowLaw:
    """On the manifold ``m = (a_0 + a_1 w^4 + a_2 w^8)/w``, which the flow does not leave.

    Parameters
    ----------
    pair: a flow in m and w, of heads ``mu = m/a, -m/b``, ``omega = w, -w``.
    """
    m, w = pair.states
    coefficients = sp.symbols("a0:3")
    v = sp.Add(*(each * w ** (4 * i) for i, each in enumerate(coefficients)))
    of_m, of_w = (_expanded(pair.rhs[state], w).subs(m, v / w).expand() for state in (m, w))
    tangent = sp.expand(w * v.diff(w) - v)  # w^2 dm/dw
    invariance = sp.expand(w**2 * of_m - tangent * of_w)
    known: dict[sp.Symbol, sp.Expr] = {}
    for i, each in enumerate(coefficients):
        order = sp.numer(sp.together(invariance.coeff(w, 4 * i - 1).subs(known)))
        known[each] = sp.factor(next(root for root in sp.solve(order, each) if root != 0))
    up, down = _leading(of_m, w, known), dict(_leading(tangent, w, known))
    (first, rate), (second, later) = up[:2]
    step = second - first
    return SlowLaw(
        sp.factor(-rate / down[0]),
        sp.factor(later / rate - down.get(step, sp.S.Zero) / down[0]),
        first + 2,
        step,
    )


def _expanded(rate: sp.Expr, w: sp.Symbol) -> sp.Expr:
    """A velocity with its exponentials as polynomials in w."""
    return sp.expand(rate).replace(sp.exp, lambda of: sp.series(sp.exp(of), w, 0, ORDER).removeO())


def _leading(formula: sp.Expr, w: sp.Symbol, known: Mapping[sp.Symbol, sp.Expr]) -> list[tuple[int, sp.Expr]]:
    """Powers of w with what stands before them, up to the last that three terms of the valley give."""
    found = [(k, sp.factor(formula.coeff(w, k).subs(known))) for k in range(ORDER - 4)]
    return [(power, factor) for power, factor in found if factor != 0]
