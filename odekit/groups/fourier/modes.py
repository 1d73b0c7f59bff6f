"""Real weights as one complex number per real mode, both ways; leading axes are a batch.

    w[g] = mean + sum_k Re( u_k chi_k(g) ),        u_k = alpha_k exp(i phi_k)

A mode is a pair {chi, conj chi}, represented by the character that comes first, or a character of order 2,
whose u is real and signed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from odekit.arrays import BoolArray, ComplexArray, FloatArray, IndexArray
from odekit.errors import InputError
from odekit.groups.characters import character_labels, conjugate_characters
from odekit.groups.fourier.transform import (
    fourier_transform,
    inverse_fourier_transform,
    last_axis,
    without_warnings,
)
from odekit.groups.group import FiniteGroup

__all__ = [
    "RealModes",
    "coefficients_to_modes",
    "from_modes",
    "mean_mode",
    "mode_basis",
    "modes_to_coefficients",
    "to_modes",
]


@dataclass(frozen=True, eq=False)
class RealModes:
    """The real modes of an Abelian group, the trivial one left out.

    Attributes
    ----------
    characters: ``(n_modes,)`` integers: the character of each mode, of a pair the one with the smaller row.
    is_real: ``(n_modes,)`` bool: whether the character has order 2, so that the mode has a sign and no phase.
    labels: the characters' names: ``"1", "2", ...`` for cyclic groups, ``"(1,2)"`` for their products.
    """

    characters: IndexArray
    is_real: BoolArray
    labels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)


def mode_basis(G: FiniteGroup) -> RealModes:
    """Return the modes of real functions on an Abelian group.

    Parameters
    ----------
    G: an Abelian group of order n; the modes and the mean have n real dimensions together.

    Raises
    ------
    ReductionError: the group isn't Abelian.

    Examples
    --------
    >>> from odekit.groups import cyclic
    >>> mode_basis(cyclic(6)).labels, mode_basis(cyclic(6)).is_real.tolist()
    (('1', '2', '3'), [False, False, True])
    """
    chosen, is_real = _mode_characters(conjugate_characters(G))
    names = character_labels(G)
    return RealModes(chosen, is_real, tuple(names[row] for row in chosen))


@without_warnings
def to_modes(w: ArrayLike, G: FiniteGroup) -> ComplexArray:
    """Return u with w = mean + sum_k Re(u_k chi_k).

    With the coefficients fhat of `fourier_transform`, u = 2 conj(fhat) / n for a pair and u = fhat / n
    for a character of order 2.

    Parameters
    ----------
    w: ``(..., n)`` real, by element; computed in double precision.
    G: an Abelian group of order n.

    Returns
    -------
    u: ``(..., n_modes)`` complex128, in the order of `mode_basis`; `mean_mode` gives the rest of w.

    Raises
    ------
    InputError: w isn't real, or its last axis isn't of length n.
    ReductionError: the group isn't Abelian.

    Source: arXiv 2602.16849, the cosine form of the weights, alpha and phi there being |u| and arg u.

    Examples
    --------
    >>> from odekit.groups import cyclic
    >>> to_modes([3.0, 1.0], cyclic(2)).tolist()
    [(1+0j)]
    """
    fhat = fourier_transform(_real(w), G)
    chosen, _ = _mode_characters(conjugate_characters(G))
    return coefficients_to_modes(fhat[..., chosen], G)


@without_warnings
def from_modes(u: ArrayLike, G: FiniteGroup, mean: ArrayLike = 0.0) -> FloatArray:
    """Return the weights w = mean + sum_k Re(u_k chi_k).

    Parameters
    ----------
    u: ``(..., n_modes)`` complex, in the order of `mode_basis`; at a character of order 2 only the real
        part enters.
    G: an Abelian group of order n.
    mean: ``(...,)`` real, the mean of each row of weights.

    Returns
    -------
    w: ``(..., n)`` float64, by element.

    Raises
    ------
    InputError: u isn't numeric, or its last axis isn't of length n_modes.
    ReductionError: the group isn't Abelian.

    Examples
    --------
    >>> from odekit.groups import cyclic
    >>> from_modes([1.0], cyclic(2), mean=2.0).tolist()
    [3.0, 1.0]
    """
    conjugates = conjugate_characters(G)
    chosen, _ = _mode_characters(conjugates)
    coefficients = modes_to_coefficients(u, G)
    means = np.asarray(mean, dtype=np.float64)
    batch = np.broadcast_shapes(coefficients.shape[:-1], means.shape)
    fhat = np.zeros((*batch, G.order), dtype=np.complex128)
    fhat[..., 0] = means * G.order
    fhat[..., conjugates[chosen]] = coefficients.conj()
    fhat[..., chosen] = coefficients
    return np.ascontiguousarray(inverse_fourier_transform(fhat, G).real)


@without_warnings
def mean_mode(w: ArrayLike) -> FloatArray:
    """Return the mean of the weights over the group, ``(...,)`` float64, for w of shape ``(..., n)``."""
    return np.asarray(np.mean(np.asarray(w, dtype=np.float64), axis=-1), dtype=np.float64)


@without_warnings
def modes_to_coefficients(u: ArrayLike, G: FiniteGroup) -> ComplexArray:
    """Return fhat at the character of each mode: (n/2) conj(u) for a pair, n Re(u) at order 2.

    Parameters
    ----------
    u: ``(..., n_modes)`` complex, in the order of `mode_basis`.

    Returns
    -------
    fhat: ``(..., n_modes)`` complex128, in the convention of `fourier_transform`. Its phase is *minus* the
        phase of u, and so is the sign of every combination of phases such as D.

    Raises
    ------
    InputError: u isn't numeric, or its last axis isn't of length n_modes.
    ReductionError: the group isn't Abelian.
    """
    chosen, is_real = _mode_characters(conjugate_characters(G))
    modes = last_axis(u, chosen.size, "set of modes").astype(np.complex128)
    return np.where(is_real, G.order * modes.real, G.order / 2 * modes.conj())


@without_warnings
def coefficients_to_modes(fhat: ArrayLike, G: FiniteGroup) -> ComplexArray:
    """Return u from fhat at the character of each mode, the inverse of `modes_to_coefficients`.

    Parameters
    ----------
    fhat: ``(..., n_modes)`` complex, of real weights.

    Returns
    -------
    u: ``(..., n_modes)`` complex128; the imaginary part is zero at a character of order 2.

    Raises
    ------
    InputError: fhat isn't numeric, or its last axis isn't of length n_modes.
    ReductionError: the group isn't Abelian.
    """
    chosen, is_real = _mode_characters(conjugate_characters(G))
    values = last_axis(fhat, chosen.size, "set of coefficients").astype(np.complex128)
    return np.where(is_real, values.real / G.order, 2 / G.order * values.conj())


def _mode_characters(conjugates: IndexArray) -> tuple[IndexArray, BoolArray]:
    """Return the first nontrivial character of each pair, and whether it is its own conjugate."""
    rows = np.arange(conjugates.size, dtype=np.intp)
    chosen = rows[(rows <= conjugates) & (rows > 0)]
    return chosen, conjugates[chosen] == chosen


def _real(w: ArrayLike) -> NDArray[np.generic]:
    weights = np.asarray(w)
    if weights.dtype.kind == "c":
        raise InputError("modes are of real weights", expected="a real dtype", received=f"{weights.dtype}")
    return weights
