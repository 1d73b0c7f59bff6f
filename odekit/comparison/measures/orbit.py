"""Distance to the maxima of the energy, modulo their symmetry.

The maxima of a real irrep sigma form one orbit: with unit vectors p, q, w in R^r, up to the spheres' norms,

    theta1 = sqrt(r/n) <p, sigma q>,    theta2 = sqrt(r/n) <q, sigma w>,    xi = sqrt(r/n) <p, sigma w>.
"""

from collections.abc import Mapping

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison.measures.shares import dominant_irreps
from odekit.groups import FiniteGroup, rank_one

__all__ = ["orbit_distance"]

Weights = Mapping[str, FloatArray]
# Alternating maximisation converges only linearly, and its rounds are cheap.
ROUNDS = 200
# The direction of a shorter vector is rounding.
VANISHING = 1e-12


def orbit_distance(weights: Weights, group: FiniteGroup) -> FloatArray:
    """Distance of each neuron's directions to the nearest maximum of the real irrep that dominates it.

    Parameters
    ----------
    weights: ``theta1``, ``theta2`` and ``xi``, or ``theta`` and ``xi``, each (M, n), no row zero.
    group: what they live on.

    Returns
    -------
    distance: (M,), between 0 and sqrt(6): the root of the summed squared distances of three unit vectors.
        The nearest point is found by alternating maximisation of the overlap from the blocks' leading
        singular vectors, so that far from the orbit it is an upper bound.
    """
    first, second = weights.get("theta1", weights.get("theta")), weights.get("theta2", weights.get("theta"))
    units = [_unit(np.asarray(values)) for values in (first, second, weights["xi"])]
    winners = dominant_irreps(weights, group)
    distance = np.empty(len(units[0]))
    for index in np.unique(winners):
        chosen = winners == index
        matrices = group.real_irreps[index].matrices
        distance[chosen] = _distance([unit[chosen] for unit in units], matrices)
    return distance


def _unit(values: FloatArray) -> FloatArray:
    return np.asarray(values / np.linalg.norm(values, axis=-1, keepdims=True))


def _distance(units: list[FloatArray], matrices: FloatArray) -> FloatArray:
    scale = np.sqrt(matrices.shape[1] / matrices.shape[0])
    first, second, third = (scale * np.einsum("mg,gij->mij", unit, matrices) for unit in units)
    p, q, w = _nearest(first, second, third)
    points = (rank_one(matrices, left, right) for left, right in ((p, q), (q, w), (p, w)))
    squares = sum(((unit - point) ** 2).sum(axis=-1) for unit, point in zip(units, points, strict=True))
    return np.asarray(np.sqrt(squares))


def _nearest(first: FloatArray, second: FloatArray, third: FloatArray) -> tuple[FloatArray, ...]:
    """Unit vectors that maximise <p, A q> + <q, B w> + <p, C w>, each (M, r)."""
    left, _, right = np.linalg.svd(first)
    p, q = left[:, :, 0], right[:, 0, :]
    w = np.linalg.svd(second)[2][:, 0, :]
    for _ in range(ROUNDS):
        w = _turned(np.einsum("mij,mi->mj", second, q) + np.einsum("mij,mi->mj", third, p), w)
        p = _turned(np.einsum("mij,mj->mi", first, q) + np.einsum("mij,mj->mi", third, w), p)
        q = _turned(np.einsum("mij,mi->mj", first, p) + np.einsum("mij,mj->mi", second, w), q)
    return p, q, w


def _turned(toward: FloatArray, before: FloatArray) -> FloatArray:
    """Unit vectors along ``toward``; as ``before`` where that vanishes up to rounding."""
    length = np.linalg.norm(toward, axis=-1, keepdims=True)
    return np.asarray(np.divide(toward, length, out=before.copy(), where=length > VANISHING))
