"""What a neuron of one frequency adds to the logits, by Fourier coefficients over its two inputs.

With X = kx + phi and Y = ky + phi it is ``act(alpha (cos X + cos Y)) = sum c_jm(alpha) e^(i (j X + m Y))``.
Half the sum and half the difference of the angles make the input a product, 2 alpha cos(sigma) cos(delta).
"""

import numpy as np
import sympy as sp

from odekit.arrays import FloatArray
from odekit.derivation.harmonics.lattice import DELTA, SIGMA
from odekit.derivation.harmonics.profile import (
    ALPHA,
    Activation,
    Profile,
    Z,
    cosine_moment,
    exponentials,
    is_constant,
    parity_parts,
    sides,
    symbolic_activation,
)
from odekit.systems.algebra import AngleIntegral, code_function

__all__ = ["torus_coefficient", "torus_coefficients"]

# Of smooth activations at magnitudes up to 1 the coefficients fall below rounding long before half of it.
POINTS = 64


def torus_coefficient(activation: Activation, j: int, m: int) -> Profile:
    """c_jm(alpha), which is real, and the same for both signs of j and of m, and for m j.

    Parameters
    ----------
    activation: see `odekit.derivation.harmonic`.
    j, m: integers.

    >>> torus_coefficient("relu", 1, 0).expression, torus_coefficient("exp(z)", 2, 1).expression
    (alpha/4, besseli(1, alpha)*besseli(2, alpha))
    """
    act = symbolic_activation(activation)
    charge, difference = abs(j + m), abs(j - m)
    part = parity_parts(act)[charge % 2]
    if is_constant(part):
        part = part.subs(Z, 0)
    if (polynomials := sides(part)) is not None:
        terms = (
            coefficient * (2 * ALPHA) ** q * cosine_moment(q, charge) * cosine_moment(q, difference)
            for (q,), coefficient in polynomials[0].terms()
        )
        return Profile(sp.expand(sp.Add(*terms)))
    if (waves := exponentials(act)) is not None:
        bessel = (
            c * sp.besseli(abs(j), rate * ALPHA) * sp.besseli(abs(m), rate * ALPHA) for c, rate in waves
        )
        return Profile(sp.Add(*bessel))
    integrand = part.subs(Z, 2 * ALPHA * sp.cos(DELTA) * sp.cos(SIGMA))
    integrand *= sp.cos(charge * SIGMA) * sp.cos(difference * DELTA)
    limits = [(angle, 0, 2 * sp.pi) for angle in (SIGMA, DELTA)]
    return Profile(AngleIntegral(integrand, *limits) / (4 * sp.pi**2), integrand, (SIGMA, DELTA))


def torus_coefficients(
    activation: Activation, alpha: FloatArray, order: int | None = None
) -> tuple[FloatArray, FloatArray]:
    """All c_jm at some magnitudes by a Fourier transform, and the mean square of the activation.

    Parameters
    ----------
    alpha: (batch,) magnitudes, of order 1 at most.
    order: of a lattice, over which the squares are averaged instead, and over common shifts of both angles.

    Returns
    -------
    coefficients: (batch, 32, 32), of j and m from 0.
    squares: (batch,) means over both angles.
    """
    waves = np.cos(2 * np.pi * np.arange(POINTS) / POINTS)
    halves = np.cos(np.pi * np.arange(order or 1) / (order or 1))
    function = code_function([Z], symbolic_activation(activation))
    with np.errstate(all="ignore"):
        values, products = (
            np.broadcast_to(np.asarray(function(inputs)).real, inputs.shape)
            for inputs in (
                alpha[:, None, None] * (waves[:, None] + waves),
                2 * alpha[:, None, None] * waves[:, None] * halves,
            )
        )
        coefficients = np.fft.fft2(values).real / POINTS**2
        squares = ((values if order is None else products) ** 2).mean(axis=(1, 2))
    half = POINTS // 2
    return coefficients[:, :half, :half], squares
