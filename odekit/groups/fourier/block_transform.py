"""The one Fourier convention on any finite group, both ways, in one block for each irrep.

    fhat(rho) = sum_g f(g) rho(g),        f(g) = (1/n) sum_rho d_rho tr( rho(g)^* fhat(rho) )

Leading axes are a batch. A convolution, (f * h)(g) = sum_x f(x) h(x^-1 g), becomes fhat hhat.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from odekit.arrays import ComplexArray
from odekit.errors import InputError
from odekit.groups.fourier.transform import (
    fourier_transform,
    inverse_fourier_transform,
    last_axis,
    without_warnings,
)
from odekit.groups.group import FiniteGroup

__all__ = ["group_fourier", "inverse_group_fourier"]


@without_warnings
def group_fourier(f: ArrayLike, G: FiniteGroup) -> tuple[ComplexArray, ...]:
    """Return fhat(rho) = sum_g f(g) rho(g) for every irrep rho.

    Of a real f, the block of the conjugate irrep is the conjugate block, and blocks of type R are real.

    Parameters
    ----------
    f: ``(..., n)`` real or complex, by element; computed in double precision.
    G: any finite group, of order n.

    Returns
    -------
    blocks: ``(..., d, d)`` complex128 for each irrep of dimension d, in the order of ``G.irreps``.

    Raises
    ------
    InputError: f isn't numeric, its last axis isn't of length n, or the group is too large; see
        `find_irreps`.

    Source: arXiv 2606.02993 uses (1/n) sum_g f(g) rho(g^-1), which is fhat^* / n for real f, so that the
    order of factors is the opposite one there.

    Examples
    --------
    >>> from odekit.groups import symmetric
    >>> [block.real.tolist() for block in group_fourier([1.0, 0, 0, 0, 0, 0], symmetric(3))]
    [[[1.0]], [[1.0]], [[1.0, 0.0], [0.0, 1.0]]]
    """
    irreps = G.irreps
    values = last_axis(f, G.order, "function on the group").astype(np.complex128)
    if G.is_abelian:
        return tuple(np.moveaxis(fourier_transform(values, G), -1, 0)[..., None, None])
    blocks = (values @ irrep.matrices.reshape(G.order, -1) for irrep in irreps)
    return tuple(
        block.reshape(*values.shape[:-1], irrep.dimension, irrep.dimension)
        for block, irrep in zip(blocks, irreps, strict=True)
    )


@without_warnings
def inverse_group_fourier(blocks: Sequence[ArrayLike], G: FiniteGroup) -> ComplexArray:
    """Return f(g) = (1/n) sum_rho d_rho tr(rho(g)^* fhat(rho)) for every element g.

    Parameters
    ----------
    blocks: ``(..., d, d)`` complex for each irrep of dimension d, in the order of ``G.irreps``; the leading
        axes broadcast.
    G: any finite group, of order n.

    Returns
    -------
    f: ``(..., n)`` complex128, by element; of a real function, its imaginary part is rounding.

    Raises
    ------
    InputError: there isn't one block of the right shape for each irrep, or the group is too large; see
        `find_irreps`.

    Examples
    --------
    >>> from odekit.groups import symmetric
    >>> f = inverse_group_fourier([[[1.0]], [[1.0]], [[1.0, 0.0], [0.0, 1.0]]], symmetric(3))
    >>> [round(abs(value), 9) for value in f.tolist()]
    [1.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    checked = _checked_blocks(blocks, G)
    if G.is_abelian:
        coefficients = np.broadcast_arrays(*(block[..., 0, 0] for block in checked))
        return inverse_fourier_transform(np.stack(coefficients, axis=-1), G)
    batch = np.broadcast_shapes(*(block.shape[:-2] for block in checked))
    f = np.zeros((*batch, G.order), dtype=np.complex128)
    for block, irrep in zip(checked, G.irreps, strict=True):
        flat = block.reshape(*block.shape[:-2], -1)
        f += irrep.dimension / G.order * (flat @ irrep.matrices.reshape(G.order, -1).conj().T)
    return f


def _checked_blocks(blocks: Sequence[ArrayLike], G: FiniteGroup) -> list[ComplexArray]:
    arrays = [np.asarray(block) for block in blocks]
    expected = [irrep.matrices.shape[1:] for irrep in G.irreps]
    if [array.shape[-2:] for array in arrays] != expected or any(a.dtype.kind not in "iufc" for a in arrays):
        raise InputError(
            f"these aren't the blocks of a function on {G.name}",
            expected=f"arrays of numbers whose last two axes are {_shapes(expected)}",
            received=_shapes([array.shape[-2:] for array in arrays]),
        )
    return [array.astype(np.complex128) for array in arrays]


def _shapes(shapes: list[tuple[int, ...]]) -> str:
    return ", ".join(" by ".join(map(str, shape)) or "a number" for shape in shapes) or "nothing"
