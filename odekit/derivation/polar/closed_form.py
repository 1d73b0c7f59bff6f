"""Closed forms: which derived systems are solved by elliptic functions, and with which constants.

A mode with the energy kappa (u^2 conj(v) + conj(u)^2 v), or kappa u^2 v with signed u and v, flows as

    u' = 2 r v conj(u),        v' = r u^2

after v is rescaled where theta and xi have different rates. What enters is a reduction, and the match is made
on its derived energy; what leaves are the constants of the solution.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import sympy as sp

from odekit.derivation.modes.reduction import FourierReduction

__all__ = ["EllipticForm", "find_elliptic_form"]


@dataclass(frozen=True)
class EllipticForm:
    """The constants of an elliptic solution.

    Parameters
    ----------
    rate: r, in the parameters; positive, the sign being that of ``readout_scale``.
    readout_scale: the factor that the solved v is divided by: v = readout_scale * v_canonical.
    is_signed: whether u and v are signed numbers instead of complex ones.
    """

    rate: sp.Expr
    readout_scale: sp.Expr
    is_signed: bool


def find_elliptic_form(reduction: FourierReduction) -> EllipticForm | None:
    """The elliptic form of a system with one mode of theta and one of xi, or None where it has another."""
    if len(reduction.modes) != 2:
        return None
    theta, xi = reduction.modes
    if theta.weights == "xi" or xi.weights != "xi" or theta.is_real != xi.is_real:
        return None
    expected = _monomials(theta.is_real)
    kappa = next(iter(reduction.energy.values()), None)
    if kappa is None or reduction.energy != dict.fromkeys(expected, kappa):
        return None
    unit = Fraction(1) if theta.is_real else Fraction(4)
    eta, zeta = (_rational(reduction.rate(mode)) for mode in (theta, xi))
    rate = _rational(abs(kappa) * unit) * reduction.factor * sp.sqrt(eta * zeta)
    scale = sp.sqrt(zeta / eta) * (1 if kappa > 0 else -1)
    return EllipticForm(rate, scale, theta.is_real)


def _monomials(is_signed: bool) -> list[tuple[int, ...]]:
    """Exponents of u^2 v, or of u^2 conj(v) and its conjugate."""
    return [(2, 1)] if is_signed else [(2, 0, 0, 1), (0, 2, 1, 0)]


def _rational(value: Fraction) -> sp.Rational:
    return sp.Rational(value.numerator, value.denominator)
