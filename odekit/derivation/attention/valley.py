"""Where the energy of heads is least: the slope ``2 m w`` along a pair's valley, and that of equal heads."""

import sympy as sp

from odekit.systems import System

__all__ = ["least_slope", "valley_slope"]


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


def _valley(system: System) -> sp.Expr:
    """The value m of least energy at a given w."""
    m = system.states[0]
    (least,) = sp.solve(sp.S(system.energy).diff(m), m)
    return least
