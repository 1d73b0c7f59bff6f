"""How much of a neuron lies in each real irrep, and which one dominates it."""

from collections.abc import Mapping

import numpy as np

from odekit.arrays import FloatArray, IndexArray
from odekit.groups import FiniteGroup, group_fourier

__all__ = ["dominant_irreps", "irrep_shares"]


def irrep_shares(values: FloatArray, group: FiniteGroup) -> FloatArray:
    """Squared length of functions in each real irrep, (..., number of real irreps), over the whole.

    Parameters
    ----------
    values: (..., n) real.

    Returns
    -------
    shares: in [0, 1], adding up to 1, in the order of ``group.real_irreps``; by Plancherel
        sum over rho in sigma of d_rho |fhat(rho)|^2 / (n |f|^2).
    """
    blocks = group_fourier(values, group)
    lengths = [
        irrep.dimension * (np.abs(block) ** 2).sum(axis=(-2, -1)) / group.order
        for irrep, block in zip(group.irreps, blocks, strict=True)
    ]
    with np.errstate(invalid="ignore", divide="ignore"):
        total = (np.asarray(values) ** 2).sum(axis=-1)
        parts = [sum(lengths[i] for i in real.members) / total for real in group.real_irreps]
    return np.stack(parts, axis=-1)


def dominant_irreps(weights: Mapping[str, FloatArray], group: FiniteGroup) -> IndexArray:
    """Index of the real irrep that holds the largest share of theta (theta1 where unshared), (..., M)."""
    first = next(values for name, values in weights.items() if name != "xi")
    return np.asarray(irrep_shares(first, group).argmax(axis=-1))
