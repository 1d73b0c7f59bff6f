"""The labels' energy of a neuron with output weights, on three spheres: its Hessian, with and without them.

There ``e = <xi, q(theta_1, theta_2)>`` for |theta_1| = |theta_2| = |xi| = 1, and q are the responses. Where
xi is free to follow, e is |q|, whose Hessian is the Schur complement of that of e in xi.
"""

from functools import cache

import numpy as np

from odekit.arrays import FloatArray, IndexArray
from odekit.claims.experiments.attention_heads import at_values
from odekit.simulation import label_responses
from odekit.systems import gradient_flow

__all__ = ["hessian_with_outputs", "hessian_without_outputs", "layer_curvatures"]

NULL = 0.5  # the block of xi has the eigenvalue -1 in units of e, and 0 along xi itself


def hessian_with_outputs(table: IndexArray, weights: FloatArray) -> FloatArray:
    """The Hessian of e on three spheres at theta along a neuron's layers and xi along q, in units of e.

    Parameters
    ----------
    table: (n, n), the product of the row's element and the column's. weights: (neurons, 2 n).

    Returns
    -------
    (neurons, 3 n, 3 n) float64, 0 along the spheres' normals; at a critical point, elsewhere with e as the
    multiplier of each sphere.
    """
    n = len(table)
    layers = [_unit(part) for part in np.split(weights, 2, axis=-1)]
    theta, curved = np.concatenate(layers, axis=-1), _curved(table)
    responses = label_responses(table, theta)
    outputs = _unit(responses)
    found = np.zeros((len(weights), 3 * n, 3 * n))
    found[:, : 2 * n, : 2 * n] = np.einsum("ijh,mh->mij", curved, outputs)
    found[:, : 2 * n, 2 * n :] = np.einsum("ijh,mj->mih", curved, theta)
    found[:, 2 * n :, : 2 * n] = found[:, : 2 * n, 2 * n :].swapaxes(1, 2)
    found = found / np.linalg.norm(responses, axis=-1)[:, None, None] - np.eye(3 * n)
    off = np.zeros_like(found)
    for place, part in enumerate([*layers, outputs]):
        own = slice(place * n, (place + 1) * n)
        off[:, own, own] = np.eye(n) - part[:, :, None] * part[:, None, :]
    return np.asarray(off @ found @ off)


def hessian_without_outputs(hessians: FloatArray) -> FloatArray:
    """Its Schur complement in the output weights: the Hessian of |q| on two spheres, in units of |q|.

    Parameters
    ----------
    hessians: (neurons, 3 n, 3 n), of `hessian_with_outputs`.

    Returns
    -------
    (neurons, 2 n, 2 n) float64.
    """
    place = 2 * (hessians.shape[-1] // 3)
    across, outer = hessians[:, :place, place:], hessians[:, place:, place:]
    solved = np.linalg.pinv(outer, rcond=NULL, hermitian=True) @ across.swapaxes(1, 2)
    return np.asarray(hessians[:, :place, :place] - across @ solved)


@cache
def layer_curvatures() -> tuple[float, float]:
    """What |q|^2/2 makes, where both layers share one sphere, of |q| on a sphere for each layer.

    Responses are linear in either layer. So are they at ``|q| = z sqrt(x^2 + (1 + k) y^2)``, of layers
    (x, y) and z: there k is the curvature of |q| on the first one's sphere, in units of |q|.

    Returns
    -------
    factor, balance: of the Hessian in units of the energy, the value by which k is multiplied, and that along
    the balance of both lengths.
    """
    energy, place = "z**2*(x**2 + (1 + k)*y**2)/2", {"x": "1/sqrt(2)", "y": 0, "z": "1/sqrt(2)"}
    flow = gradient_flow(
        energy, "x y z", constraint={("x", "y", "z"): "sphere"}, parameters="k", direction="ascent"
    )
    flat, curved = (
        np.array([at_values(entry, {"k": k}) for entry in flow.linearisation(place)]).reshape(3, 3)
        for k in (0.0, 1.0)
    )
    height = at_values(flow.energy, {"x": 0.5**0.5, "y": 0.0, "z": 0.5**0.5, "k": 0.0})
    balance = np.array([1.0, 0.0, -1.0]) / np.sqrt(2)
    return float((curved - flat)[1, 1] / height), float(balance @ flat @ balance / height)


def _curved(table: IndexArray) -> FloatArray:
    """Second derivatives of the responses, which are quadratic in the weights, (2 n, 2 n, n)."""
    basis = np.eye(2 * len(table))
    alone = label_responses(table, basis)
    sums = (basis[:, None] + basis[None]).reshape(-1, len(basis))
    return np.asarray(label_responses(table, sums).reshape(*basis.shape, -1) - alone[:, None] - alone[None])


def _unit(vectors: FloatArray) -> FloatArray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))
