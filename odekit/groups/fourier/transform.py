"""The one Fourier convention on an Abelian group, both ways.

    fhat(rho) = sum_g f(g) rho(g),        f(g) = (1/n) sum_rho fhat(rho) conj(rho(g))

Leading axes are a batch. On the integers modulo n the sum is ``n * numpy.fft.ifft(f)``.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from odekit.arrays import ComplexArray
from odekit.errors import InputError
from odekit.groups.characters import characters, require_abelian
from odekit.groups.group import FiniteGroup

__all__ = ["fourier_transform", "inverse_fourier_transform", "last_axis", "without_warnings"]

without_warnings = np.errstate(invalid="ignore", over="ignore")
"""Decorator for batches in which a row may hold infinities: what comes of them is a NaN, not a warning."""


@without_warnings
def fourier_transform(f: ArrayLike, G: FiniteGroup) -> ComplexArray:
    """Return fhat(rho) = sum_g f(g) rho(g) for every character rho.

    Parameters
    ----------
    f: ``(..., n)`` real or complex, by element; computed in double precision.
    G: an Abelian group of order n.

    Returns
    -------
    fhat: ``(..., n)`` complex128, by character.

    Raises
    ------
    InputError: f isn't numeric, or its last axis isn't of length n.
    ReductionError: the group isn't Abelian.

    Source: arXiv 2602.16849 uses cosines and arXiv 2606.02993 uses (1/n) sum_g f(g) rho(g^-1); see
    `to_modes` and `averaged_coefficients`.

    Examples
    --------
    >>> from odekit.groups import cyclic
    >>> fourier_transform([1.0, 0.0, 0.0], cyclic(3)).real.tolist()
    [1.0, 1.0, 1.0]
    """
    values = last_axis(f, require_abelian(G).order, "function on the group").astype(np.complex128)
    if not G.factors:
        return values @ characters(G).T
    by_residues = values.reshape(*values.shape[:-1], *G.factors)
    summed = np.fft.ifftn(by_residues, axes=_residue_axes(G), norm="forward")
    return summed.reshape(values.shape)


@without_warnings
def inverse_fourier_transform(fhat: ArrayLike, G: FiniteGroup) -> ComplexArray:
    """Return f(g) = (1/n) sum_rho fhat(rho) conj(rho(g)) for every element g.

    Parameters
    ----------
    fhat: ``(..., n)`` complex, by character.
    G: an Abelian group of order n.

    Returns
    -------
    f: ``(..., n)`` complex128, by element; of a real function, its imaginary part is rounding.

    Raises
    ------
    InputError: fhat isn't numeric, or its last axis isn't of length n.
    ReductionError: the group isn't Abelian.

    Examples
    --------
    >>> from odekit.groups import cyclic
    >>> inverse_fourier_transform([1.0, 1.0, 1.0], cyclic(3)).real.tolist()
    [1.0, 0.0, 0.0]
    """
    values = last_axis(fhat, require_abelian(G).order, "set of coefficients").astype(np.complex128)
    if not G.factors:
        return values @ characters(G).conj() / G.order
    by_residues = values.reshape(*values.shape[:-1], *G.factors)
    averaged = np.fft.fftn(by_residues, axes=_residue_axes(G), norm="forward")
    return averaged.reshape(values.shape)


def _residue_axes(G: FiniteGroup) -> tuple[int, ...]:
    return tuple(range(-len(G.factors), 0))


def last_axis(values: ArrayLike, length: int, what: str) -> NDArray[np.generic]:
    """Return the values as an array whose last axis has this length.

    Raises
    ------
    InputError: they aren't numbers, or the last axis has another length.
    """
    array = np.asarray(values)
    if array.dtype.kind not in "iufc" or array.ndim == 0 or array.shape[-1] != length:
        raise InputError(
            f"the {what} has the wrong shape or type",
            expected=f"numbers of shape (..., {length})",
            received=f"{array.dtype} of shape {array.shape}",
        )
    return array
