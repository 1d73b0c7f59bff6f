"""Closed forms: which derived systems are solved by elliptic functions, and with which constants.

A mode with the energy kappa (u^2 conj(v) + conj(u)^2 v), or kappa u^2 v with signed u and v, flows as
u' = 2 r v conj(u), v' = r u^2 after v is rescaled where theta and xi have different rates.
"""

from collections.abc import Sequence
from fractions import Fraction

import sympy as sp

from odekit.derivation.modes import FourierReduction
from odekit.derivation.polar.polar import PhaseCombinations, real_parts
from odekit.derivation.polar.polynomial_form import INVARIANTS
from odekit.systems import EllipticForm
from odekit.systems.known import Coordinates

__all__ = ["find_elliptic_form"]


def find_elliptic_form(
    reduction: FourierReduction, combinations: PhaseCombinations, states: Sequence[sp.Symbol]
) -> EllipticForm | None:
    """The elliptic form of a system with one mode of theta and one of xi; None where it has another.

    Parameters
    ----------
    reduction, combinations: what was derived.
    states: of the system that asks, in any order; None also where they don't hold u and v.
    """
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
    for coordinates, symbols in _coordinates(reduction, combinations).items():
        if set(symbols) == set(states):
            return EllipticForm(rate, scale, coordinates, symbols)
    return None


def _coordinates(
    reduction: FourierReduction, combinations: PhaseCombinations
) -> dict[Coordinates, tuple[sp.Symbol, ...]]:
    """The states of each way to write u and v."""
    theta, xi = reduction.names
    if theta.phase is None or xi.phase is None:
        return {"signed": (theta.value, xi.value)}
    (D,) = combinations.definitions
    return {
        "polar": (theta.magnitude, theta.phase, xi.magnitude, xi.phase),
        "cartesian": (*real_parts(theta), *real_parts(xi)),
        "misalignment": (theta.magnitude, xi.magnitude, D),
        "invariants": INVARIANTS,
    }


def _monomials(is_signed: bool) -> list[tuple[int, ...]]:
    """Exponents of u^2 v, or of u^2 conj(v) and its conjugate."""
    return [(2, 1)] if is_signed else [(2, 0, 0, 1), (0, 2, 1, 0)]


def _rational(value: Fraction) -> sp.Rational:
    return sp.Rational(value.numerator, value.denominator)
