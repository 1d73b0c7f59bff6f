"""Functions of rank one: matrix elements of one real irrep, which is what the energy's maxima are made of."""

import numpy as np

from odekit.arrays import FloatArray

__all__ = ["rank_one"]


def rank_one(matrices: FloatArray, left: FloatArray, right: FloatArray) -> FloatArray:
    """``sqrt(r/n) <left, sigma(g) right>``, (M, n), of norm 1 for unit vectors.

    Parameters
    ----------
    matrices: (n, r, r) of a real irrep.
    left, right: (M, r).

    >>> from odekit.groups import group
    >>> rank_one(group("Z2").real_irreps[1].matrices, np.ones((1, 1)), np.ones((1, 1))).round(4).tolist()
    [[0.7071, -0.7071]]
    """
    scale = np.sqrt(matrices.shape[1] / matrices.shape[0])
    return np.asarray(scale * np.einsum("mi,gij,mj->mg", left, matrices, right, optimize=True))
