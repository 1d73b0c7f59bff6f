"""Where the energy of heads is least: along a valley of small weights, and that of equal heads."""

import sympy as sp

from odekit.derivation.attention.averaged_loss import AveragedLoss
from odekit.systems import System

__all__ = ["least_slope", "valley_floor", "valley_slope", "vanishing_powers"]

ORDER = 8  # of exponentials in w, beyond the first order of a pair's rest


def valley_slope(pair: System) -> sp.Expr:
    """The limit of ``2 m w`` as w falls, where m has the least energy at each w.

    Parameters
    ----------
    pair: a flow in m and w, of heads ``mu = m/a, -m/b``, ``omega = w, -w``.
    """
    w = pair.states[1]
    return sp.factor(sp.limit(2 * w * _valley(pair), w, 0))


def least_slope(heads: System) -> tuple[sp.Expr, sp.Expr]:
    """The slope ``2 m w`` where the energy is least in m and w, and that w, which is positive.

    Parameters
    ----------
    heads: a flow in m and w, of two equal heads.
    """
    m, w = heads.states
    bottom = sp.S(heads.energy).subs(m, _valley(heads))
    weight = next(root for root in sp.solve(sp.numer(sp.factor(bottom.diff(w))), w) if root.is_positive)
    return sp.factor((2 * w * _valley(heads)).subs(w, weight)), weight


def valley_floor(heads: System) -> tuple[sp.Expr, int]:
    """The energy along ``m = v/w`` as w falls, with v where it is least, and the power of w of what is left.

    Parameters
    ----------
    heads: a flow in m and w, of heads that are closed under both.
    """
    (m, w), v = heads.states, sp.Symbol("v", real=True)
    energy = sp.expand(_small(heads.energy, w).subs(m, v / w))
    floor = energy.coeff(w, 0)
    (least,) = sp.solve(floor.diff(v), v)
    rest = (k for k in range(1, ORDER - 2) if sp.simplify(energy.coeff(w, k).subs(v, least)) != 0)
    return sp.factor(floor.subs(v, least)), next(rest)


def vanishing_powers(averaged: AveragedLoss) -> tuple[int, ...]:
    """The powers k, at most 2, of which the sum of ``mu omega^k`` over heads vanishes along the valley.

    At ``mu = v/e`` and ``omega = e a`` the loss falls to its floor as e does; a sum whose square it holds at
    the order ``e^(2k - 2)``, with a positive factor and nothing else, is 0 there if that can be. Two heads
    for which both are, have opposite values and weights; more heads have further choices.

    Parameters
    ----------
    averaged: of one task.
    """
    e, heads = sp.Symbol("e", positive=True), range(len(averaged.mu.symbols))
    v, a = ([sp.Symbol(f"{name}{head}", real=True) for head in heads] for name in "va")
    scaled = {mu: of / e for mu, of in zip(averaged.mu.symbols, v, strict=True)}
    scaled |= {omega: e * of for omega, of in zip(averaged.omega.symbols, a, strict=True)}
    small = sp.expand(_small(averaged.loss.subs(scaled), e))
    factors = {
        k: sp.cancel(small.coeff(e, 2 * k - 2) / sum(x * y**k for x, y in zip(v, a, strict=True)) ** 2)
        for k in range(3)
    }
    return tuple(k for k, of in factors.items() if of.is_positive and not of.has(*v, *a))


def _small(energy: sp.Expr, of: sp.Symbol) -> sp.Expr:
    """An energy whose exponentials are expanded in a symbol."""
    return sp.expand(energy).replace(sp.exp, lambda power: sp.series(sp.exp(power), of, 0, ORDER).removeO())


def _valley(system: System) -> sp.Expr:
    """The value m of least energy at a given w."""
    m = system.states[0]
    (least,) = sp.solve(sp.S(system.energy).diff(m), m)
    return least
