"""The energy ``E = sum_h (q_h - mean q)^2 / 2``, ``q_h = sum (a_x + b_y)^2`` over the pairs with ``x y = h``.

That is |Y^T sigma(X w)|^2 / 2 with centred labels Y and sigma = z^2: what one hidden neuron climbs.
"""

import numpy as np

from odekit.arrays import FloatArray, IndexArray
from odekit.simulation.models.parts import follow_parts

__all__ = [
    "ascend_label_energy",
    "climb_label_energy",
    "label_energy",
    "label_gradient",
    "label_hessian",
    "label_responses",
]


def label_responses(table: IndexArray, weights: FloatArray, pairs: FloatArray | float = 1.0) -> FloatArray:
    """q less its mean, (neurons, n).

    Parameters
    ----------
    table: (n, n), the product of the row's element and the column's.
    weights: (neurons, 2 n), a and b.
    pairs: 1 for each pair that is seen and 0 for others, (neurons, n, n), or 1 for all.
    """
    a, b = np.split(weights, 2, axis=-1)
    squares = pairs * (a[:, :, None] + b[:, None, :]) ** 2
    found = squares.reshape(len(weights), -1) @ np.eye(len(table))[table.ravel()]
    return np.asarray(found - found.mean(axis=-1, keepdims=True))


def label_energy(table: IndexArray, weights: FloatArray, pairs: FloatArray | float = 1.0) -> FloatArray:
    """E of each neuron, (neurons,), on the pairs that are seen; see `label_responses`."""
    return np.asarray((label_responses(table, weights, pairs) ** 2).sum(axis=-1) / 2)


def label_gradient(table: IndexArray, weights: FloatArray, pairs: FloatArray | float = 1.0) -> FloatArray:
    """grad E of each neuron, (neurons, 2 n), on the pairs that are seen; see `label_responses`."""
    a, b = np.split(weights, 2, axis=-1)
    responses = label_responses(table, weights, pairs)[:, table]
    slopes = 2 * pairs * (a[:, :, None] + b[:, None, :]) * responses
    return np.concatenate([slopes.sum(axis=2), slopes.sum(axis=1)], axis=-1)


def label_hessian(table: IndexArray, weights: FloatArray) -> FloatArray:
    """The second derivatives of E on all pairs, (neurons, 2 n, 2 n)."""
    n = len(table)
    a, b = np.split(weights, 2, axis=-1)
    responses = label_responses(table, weights)[:, table]
    sums = 2 * (a[:, :, None] + b[:, None, :])
    labels = np.eye(n)[table]  # (x, y, h)
    slopes = np.concatenate(
        [np.einsum("mxy,xyh->mxh", sums, labels), np.einsum("mxy,xyh->myh", sums, labels)], axis=1
    )
    slopes -= slopes.mean(axis=-1, keepdims=True)
    curved = np.zeros((len(weights), 2 * n, 2 * n))
    curved[:, :n, n:], curved[:, n:, :n] = 2 * responses, 2 * responses.swapaxes(1, 2)
    every = np.arange(n)
    curved[:, every, every] = 2 * responses.sum(axis=2)
    curved[:, n + every, n + every] = 2 * responses.sum(axis=1)
    return np.asarray(slopes @ slopes.swapaxes(1, 2) + curved)


def climb_label_energy(
    table: IndexArray, weights: FloatArray, times: FloatArray, rtol: float = 1e-10, *, sphere: bool = True
) -> FloatArray:
    """Follow ``w' = grad E``, on ``|w| = 1`` with the gradient projected, or without a constraint.

    Parameters
    ----------
    table: (n, n) of the group. weights: (neurons, 2 n) float64, of length 1 on the sphere.
    times: (T,) float64, increasing. rtol: relative tolerance of a step.

    Returns
    -------
    (T, neurons, 2 n) float64.

    Source: arXiv 2509.21519, abstract: independent features climb an energy.
    """

    def velocity(parts: list[FloatArray]) -> list[FloatArray]:
        slope = label_gradient(table, parts[0])
        if not sphere:
            return [slope]
        inward = (slope * parts[0]).sum(axis=-1, keepdims=True) / (parts[0] ** 2).sum(axis=-1, keepdims=True)
        return [slope - inward * parts[0]]

    return follow_parts(velocity, [weights], times, rtol)[0]


def ascend_label_energy(
    table: IndexArray, weights: FloatArray, pairs: FloatArray | float, steps: int, part: float
) -> FloatArray:
    """Ascend E on ``|w| = 1`` in finite steps: w moves by a part of the way to its gradient's direction.

    A step is ``w + part (grad E / <w, grad E> - w)``, brought to length 1. It rests where the gradient on the
    sphere is 0, and is gradient ascent with the step ``part / <w, grad E>``, which isn't small.

    Parameters
    ----------
    table: (n, n) of the group. weights: (neurons, 2 n) float64, of length 1.
    pairs: those that are seen; see `label_responses`.
    steps: how many, at least 1. part: in (0, 1].

    Returns
    -------
    (2, neurons, 2 n) float64, before the last step and after it.
    """
    before = weights
    for _ in range(steps):
        before, slope = weights, label_gradient(table, weights, pairs)
        outward = (slope * weights).sum(axis=1, keepdims=True)
        weights = weights + part * (slope / outward - weights)
        weights = weights / np.linalg.norm(weights, axis=1, keepdims=True)
    return np.array([before, weights])
