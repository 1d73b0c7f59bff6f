"""Coefficients in the convention of arXiv 2606.02993, and phases in one turn."""

import numpy as np
from numpy.typing import ArrayLike

from odekit.arrays import ComplexArray, FloatArray
from odekit.groups.characters import conjugate_characters
from odekit.groups.fourier.transform import last_axis, without_warnings
from odekit.groups.group import FiniteGroup

__all__ = ["averaged_coefficients", "wrap_phase"]


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
