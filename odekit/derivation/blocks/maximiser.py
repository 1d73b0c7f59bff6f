"""Weights at a maximum of the energy on spheres, for every real irrep and any three directions."""

import numpy as np
from numpy.typing import ArrayLike

from odekit.arrays import FloatArray
from odekit.errors import InputError, UnknownNameError
from odekit.groups import FiniteGroup, RealIrrep, rank_one

__all__ = ["maximiser"]


def maximiser(
    group: FiniteGroup,
    irrep: RealIrrep | str,
    p: ArrayLike,
    q: ArrayLike,
    w: ArrayLike,
    constraint: str = "sphere",
) -> dict[str, FloatArray]:
    """Weights of one neuron at a maximum: ``theta1 = c <p, sigma(g) q>``, ``theta2 = c <q, sigma(g) w>``,
    ``xi = c <p, sigma(g) w>`` with ``c = sqrt(r/n)``.

    Parameters
    ----------
    group: of order n.
    irrep: a nontrivial real irrep sigma of the group, or its name.
    p, q, w: (r,) real and not zero; they are normalised.
    constraint: ``"sphere"``, or ``"joint_sphere"``, where both embeddings are shorter by sqrt(2).

    Returns
    -------
    weights: (n,) float64 by weight group; their energy is 2 sqrt(n/r) on three spheres.

    Raises
    ------
    UnknownNameError: the group has no real irrep of that name.
    InputError: a vector of another length than r, or zero.

    Source: arXiv 2606.02993, landscape.

    >>> from odekit.groups import group
    >>> [round(float(value), 6) for value in maximiser(group("Z2"), "1", [1], [1], [1])["xi"]]
    [0.707107, -0.707107]
    """
    sigma = _named(group, irrep) if isinstance(irrep, str) else irrep
    p, q, w = (_unit(name, vector, sigma.r) for name, vector in (("p", p), ("q", q), ("w", w)))
    part = 1 / np.sqrt(2) if constraint == "joint_sphere" else 1.0
    first, second, output = (
        rank_one(sigma.matrices, a[None], b[None])[0] for a, b in ((p, q), (q, w), (p, w))
    )
    return {"theta1": part * first, "theta2": part * second, "xi": output}


def _named(group: FiniteGroup, name: str) -> RealIrrep:
    known = {sigma.name: sigma for sigma in group.real_irreps}
    if name not in known:
        raise UnknownNameError("real irrep", name, known)
    return known[name]


def _unit(name: str, vector: ArrayLike, length: int) -> FloatArray:
    values = np.asarray(vector, dtype=np.float64)
    norm = float(np.linalg.norm(values))
    if values.shape != (length,) or not 0 < norm < np.inf:
        raise InputError(
            f"{name} is no direction",
            expected=f"{length} real numbers, not all zero",
            received=f"shape {values.shape}, norm {norm:g}",
        )
    return values / norm
