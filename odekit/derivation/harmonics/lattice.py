"""The energy of one frequency for any activation, in the limit of a large order and on a lattice.

With theta = alpha cos(w j + phi) the input of a neuron is ``2 alpha cos(delta) cos(sigma + phi)``, sigma and
delta half the sum and the difference of two angles. Averaged over phases the energy is

    E = n^2 beta cos(D) h(alpha),   h(alpha) = < cos(2 sigma) act(2 alpha cos(delta) cos(sigma)) > for x + y,

and with cos(2 delta) in its place for x - y, sigma being uniform on the circle and delta a multiple of pi/n.
Both have the same limit of a large order. Only the activation's even part enters.
"""

from collections.abc import Iterator

import numpy as np
import sympy as sp

from odekit.derivation.harmonics.profile import (
    ALPHA,
    SAMPLES,
    Activation,
    Profile,
    T,
    Z,
    cosine_moment,
    exponentials,
    harmonic,
    is_constant,
    parity_parts,
    sides,
    symbolic_activation,
)
from odekit.errors import ReductionError
from odekit.numbers import integer
from odekit.systems.algebra import AngleIntegral

__all__ = ["NEGLIGIBLE", "energy_profile", "lattice_part", "left_out"]

SIGMA, DELTA = sp.symbols("sigma delta", real=True)
# A relative difference from the limit that is rounding, up to magnitudes of 3.
NEGLIGIBLE = 1e-10
# A mean over the lattice is written term by term, which nobody reads, and which takes its time, beyond this.
MAX_ORDER = 200


def energy_profile(activation: Activation, order: int | None = None, is_difference: bool = False) -> Profile:
    """h(alpha) of the energy ``E = n^2 beta cos(D) h(alpha)`` of one frequency.

    Parameters
    ----------
    activation: see `symbolic_activation`.
    order: of the frequency's character, above 2: then h is the mean over all phases on the lattice of that
        order, or the limit of a large order where `lattice_part` is rounding or the order above 200. By
        default the limit.
    is_difference: whether the task is x - y instead of x + y.

    Raises
    ------
    InputError: an order that is no integer above 2.

    >>> energy_profile("relu").expression, energy_profile("z**2").expression
    (4*alpha/(3*pi**2), alpha**2/2)
    >>> energy_profile("abs", 3).expression, energy_profile("abs", 3, is_difference=True).expression
    (8*alpha/(9*pi), 2*alpha/(3*pi))
    """
    if order is not None:
        order = integer(order, "order", 3)
    even, _ = parity_parts(activation)
    if is_constant(even):
        return Profile(sp.S.Zero)
    if (polynomials := sides(even)) is not None:
        terms = (
            coefficient * (2 * ALPHA) ** q * _moments(q, order, is_difference)
            for (q,), coefficient in polynomials[0].terms()
            if q
        )
        return Profile(sp.expand(sp.Add(*terms)))
    if order is not None and left_out(activation, order, is_difference) is None:
        return _on_lattice(even, order, is_difference)
    return _limit(activation)


def left_out(activation: Activation, order: int, is_difference: bool = False) -> float | None:
    """What `energy_profile` leaves out by taking the limit at this order; None where it takes the lattice."""
    even, _ = parity_parts(activation)
    if is_constant(even) or sides(even) is not None:
        return None
    part = lattice_part(activation, order, is_difference)
    return part if part <= NEGLIGIBLE or order > MAX_ORDER else None


def lattice_part(activation: Activation, order: int, is_difference: bool = False) -> float:
    """Largest relative difference of the lattice's mean from the limit, at magnitudes from .1 to 3.

    It is infinite where the means don't settle, as with a kink away from 0.
    """
    even, _ = parity_parts(activation)
    alpha = np.array(SAMPLES)
    try:
        limit, wave = _limit(activation)(alpha), harmonic(even, 0 if is_difference else 2)
        total = np.zeros_like(alpha)
        for weight, cosine in _differences(order, is_difference):
            total += float(weight) * wave(2 * alpha * float(cosine))
    except ReductionError:
        return float("inf")
    return float(np.max(np.abs(total - limit) / np.maximum(np.abs(limit), np.finfo(np.float64).tiny)))


def _moments(power: int, order: int | None, is_difference: bool) -> sp.Expr:
    """Of ``|cos delta|^q |cos sigma|^q`` with the wave, delta on the lattice."""
    in_sum, in_difference = (0, 2) if is_difference else (2, 0)
    return cosine_moment(power, in_difference, order) * cosine_moment(power, in_sum)


def _differences(order: int, is_difference: bool) -> Iterator[tuple[sp.Expr, sp.Expr]]:
    """Weight and cosine of each delta from 0 to pi/2, times what makes harmonic 0 or 2 a mean."""
    for place in range(order // 2 + 1):
        delta = sp.pi * place / order
        count = sp.Rational(1 if 2 * place % order == 0 else 2, order)
        yield count * (sp.cos(2 * delta) if is_difference else sp.Rational(1, 2)), sp.cos(delta)


def _on_lattice(even: sp.Expr, order: int, is_difference: bool) -> Profile:
    """The mean over the lattice, term by term; at a right angle the input is 0."""
    wave = harmonic(even, 0 if is_difference else 2)
    terms = list(_differences(order, is_difference))
    places = [(weight, 2 * ALPHA * cosine) for weight, cosine in terms]
    if wave.integrand is None:
        return Profile(sp.Add(*(weight * wave.expression.subs(ALPHA, place) for weight, place in places)))
    integrand = sp.Add(*(weight * wave.integrand.subs(ALPHA, place) for weight, place in places))
    return Profile(AngleIntegral(integrand, (T, 0, 2 * sp.pi)) / (2 * sp.pi), integrand, (T,))


def _limit(activation: Activation) -> Profile:
    if (terms := exponentials(symbolic_activation(activation))) is not None:
        return Profile(sp.Add(*(c * sp.besseli(1, rate * ALPHA) ** 2 for c, rate in terms)))
    even, _ = parity_parts(activation)
    integrand = sp.cos(2 * SIGMA) * even.subs(Z, 2 * ALPHA * sp.cos(DELTA) * sp.cos(SIGMA))
    limits = [(angle, 0, 2 * sp.pi) for angle in (SIGMA, DELTA)]
    return Profile(AngleIntegral(integrand, *limits) / (4 * sp.pi**2), integrand, (SIGMA, DELTA))
