"""The elliptic curve on which an orbit moves: (s')^2 as a cubic in s = beta^2 (or v^2), by elimination."""

from collections.abc import Mapping, Sequence

import sympy as sp

from odekit.systems import EllipticCurve

__all__ = ["eliminate"]

CUBIC = 3


def eliminate(
    equations: Mapping[sp.Symbol, sp.Expr],
    magnitudes: tuple[sp.Symbol, sp.Symbol],
    angle: sp.Symbol | None,
    integrals: Sequence[sp.Expr],
) -> EllipticCurve | None:
    """Eliminate theta's magnitude and the angle from the velocity of s, the square of xi's magnitude.

    With s' = V cos D, so (s')^2 = V^2 - (V sin D)^2, the integral K takes away sin D and the integral c the
    magnitude of theta.

    Parameters
    ----------
    equations: time derivative of both magnitudes.
    magnitudes: of theta and of xi.
    angle: the phase combination D, or None where both are signed numbers.
    integrals: first integrals, the quadratic one c and the one with the sine K among them.

    Returns
    -------
    curve: or None where what remains is no cubic in s.
    """
    theta, xi = magnitudes
    s, c, K = sp.Symbol("s", positive=True), sp.Symbol("c", real=True), sp.Symbol("K", real=True)
    quadratic = next((integral for integral in integrals if not integral.has(sp.sin)), None)
    rotational = next((integral for integral in integrals if integral.has(sp.sin)), None)
    if quadratic is None or (rotational is None) != (angle is None):
        return None
    velocity = sp.expand(2 * xi * equations[xi])
    speed = velocity if angle is None else velocity.coeff(sp.cos(angle))
    transverse = sp.S.Zero if rotational is None else K * speed / rotational.coeff(sp.sin(angle))
    squares = {xi: sp.sqrt(s), theta: sp.sqrt(_theta_squared(quadratic, theta, c).subs(xi, sp.sqrt(s)))}
    along, across = (sp.factor((part**2).subs(squares)) for part in (speed, transverse))
    curve = sp.factor_terms(along - across)
    if not curve.is_polynomial(s) or sp.degree(curve, s) != CUBIC:
        return None
    named = {c: quadratic} if rotational is None else {c: quadratic, K: rotational}
    return EllipticCurve(s, xi**2, curve, named)


def _theta_squared(quadratic: sp.Expr, theta: sp.Symbol, value: sp.Symbol) -> sp.Expr:
    """The square of theta's magnitude, from the value of the quadratic integral."""
    coefficient = quadratic.coeff(theta**2)
    return (value - (quadratic - coefficient * theta**2)) / coefficient
