"""From the package's convention to those of the papers, and back, on arrays of any leading shape.

- arXiv 2602.16849 writes weights as cosines with magnitudes alpha, beta and phases phi, psi: `to_polar`.
- arXiv 2606.02993 averages f(g) rho(g^-1): `averaged_coefficients`. Its flow on spheres is written in
  x = a exp(i al) = fhat / sqrt(n), of unit total square: `normalised_coefficients`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from odekit.arrays import ComplexArray, FloatArray
from odekit.groups.characters import conjugate_characters
from odekit.groups.fourier.transform import last_axis, without_warnings
from odekit.groups.group import FiniteGroup

__all__ = [
    "Polar",
    "averaged_coefficients",
    "from_averaged_coefficients",
    "from_normalised_coefficients",
    "from_polar",
    "normalised_coefficients",
    "to_polar",
    "wrap_phase",
]


class Polar(NamedTuple):
    """Magnitudes and phases of a neuron's modes, all of one shape, float64.

    Attributes
    ----------
    alpha, phi: magnitude and phase of theta's modes, radians in (-pi, pi].
    beta, psi: magnitude and phase of xi's modes, radians in (-pi, pi].
    D: 2 phi - psi, radians in (-pi, pi].
    """

    alpha: FloatArray
    phi: FloatArray
    beta: FloatArray
    psi: FloatArray
    D: FloatArray


@without_warnings
def to_polar(u: ArrayLike, v: ArrayLike) -> Polar:
    """Return magnitudes and phases of the modes u = alpha exp(i phi) of theta and v = beta exp(i psi) of xi.

    Parameters
    ----------
    u, v: complex, of one shape or shapes that broadcast. A mode that vanishes gets the phase 0; at a
        character of order 2 the sign becomes the phase 0 or pi.

    Returns
    -------
    polar: ``(alpha, phi, beta, psi, D)`` with D = 2 phi - psi; a `Polar`.

    Source: arXiv 2602.16849, the reduced variables of a neuron.

    Examples
    --------
    >>> polar = to_polar(1j, -2.0)
    >>> float(polar.beta), float(polar.D)
    (2.0, 0.0)
    """
    theta, xi = np.broadcast_arrays(np.asarray(u, dtype=np.complex128), np.asarray(v, dtype=np.complex128))
    phi, psi = _phase(theta), _phase(xi)
    return Polar(np.abs(theta), phi, np.abs(xi), psi, wrap_phase(2 * phi - psi))


@without_warnings
def from_polar(
    alpha: ArrayLike, phi: ArrayLike, beta: ArrayLike, psi: ArrayLike
) -> tuple[ComplexArray, ComplexArray]:
    """Return the modes u = alpha exp(i phi) and v = beta exp(i psi), the inverse of `to_polar`.

    Parameters
    ----------
    alpha, beta: real magnitudes.
    phi, psi: real phases in radians.

    Examples
    --------
    >>> from_polar(2.0, 0.0, 1.0, 0.0)[0].item()
    (2+0j)
    """
    return _from_magnitude(alpha, phi), _from_magnitude(beta, psi)


@without_warnings
def wrap_phase(phase: ArrayLike) -> FloatArray:
    """Return phases that differ by whole turns from those given, radians in (-pi, pi].

    Examples
    --------
    >>> wrap_phase([-np.pi, 0.5]).tolist() == [np.pi, 0.5]
    True
    """
    angles = np.asarray(phase, dtype=np.float64)
    turns = np.ceil((angles - np.pi) / (2 * np.pi))
    wrapped = np.minimum(angles - 2 * np.pi * turns, np.pi)
    return np.asarray(np.where(wrapped <= -np.pi, np.pi, wrapped), dtype=np.float64)


@without_warnings
def averaged_coefficients(fhat: ArrayLike, G: FiniteGroup) -> ComplexArray:
    """Return (1/n) sum_g f(g) rho(g^-1) from fhat(rho) = sum_g f(g) rho(g).

    rho(g^-1) is the conjugate character at g, so this is fhat at the conjugate, divided by n; of a real
    function it is conj(fhat) / n, whose phases are minus those of fhat.

    Parameters
    ----------
    fhat: ``(..., n)`` complex, by character.
    G: an Abelian group of order n.

    Raises
    ------
    InputError: fhat isn't numeric, or its last axis isn't of length n.
    ReductionError: the group isn't Abelian.

    Source: arXiv 2606.02993, its Fourier transform.
    """
    values = last_axis(fhat, conjugate_characters(G).size, "set of coefficients").astype(np.complex128)
    return np.asarray(values[..., conjugate_characters(G)] / G.order, dtype=np.complex128)


@without_warnings
def from_averaged_coefficients(averaged: ArrayLike, G: FiniteGroup) -> ComplexArray:
    """Return fhat(rho) = sum_g f(g) rho(g), the inverse of `averaged_coefficients`.

    Raises
    ------
    InputError: the coefficients aren't numeric, or their last axis isn't of length n.
    ReductionError: the group isn't Abelian.
    """
    values = last_axis(averaged, conjugate_characters(G).size, "set of coefficients").astype(np.complex128)
    return np.asarray(values[..., conjugate_characters(G)] * G.order, dtype=np.complex128)


@without_warnings
def normalised_coefficients(fhat: ArrayLike, G: FiniteGroup) -> ComplexArray:
    """Return x = a exp(i al) = fhat / sqrt(n), for which sum |x|^2 over characters is sum_g |f(g)|^2.

    Parameters
    ----------
    fhat: complex, of any shape: all characters, or those of `mode_basis` only.
    G: the group, of order n.

    Source: arXiv 2606.02993, whose coefficients are conj(x) / sqrt(n) for real f.
    """
    return np.asarray(np.asarray(fhat, dtype=np.complex128) / np.sqrt(G.order), dtype=np.complex128)


@without_warnings
def from_normalised_coefficients(x: ArrayLike, G: FiniteGroup) -> ComplexArray:
    """Return fhat = sqrt(n) x, the inverse of `normalised_coefficients`."""
    return np.asarray(np.asarray(x, dtype=np.complex128) * np.sqrt(G.order), dtype=np.complex128)


def _phase(z: ComplexArray) -> FloatArray:
    """Return arg z in (-pi, pi]; adding 0 turns negative zeros into positive ones first."""
    return np.asarray(np.angle(z + 0.0), dtype=np.float64)


def _from_magnitude(magnitude: ArrayLike, phase: ArrayLike) -> ComplexArray:
    lengths = np.asarray(magnitude, dtype=np.float64)
    return np.asarray(lengths * np.exp(1j * np.asarray(phase, dtype=np.float64)), dtype=np.complex128)
