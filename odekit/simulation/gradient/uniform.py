"""The uniform softmax in weight space: as the logit scale tends to 0 each neuron ascends its own energy.

    E = sum_x ( xi[label(x)] - mean xi ) act( sum_i theta_i[x_i] )

Its gradient is the limit of minus the gradient of the summed loss, divided by the logit scale.
"""

from collections.abc import Callable

import numpy as np

from odekit.arrays import FloatArray, IntArray
from odekit.networks import Network
from odekit.simulation.gradient.interruption import current_question
from odekit.simulation.gradient.loss import LossGradient

__all__ = ["energy_gradient", "unit_network"]

Ascent = Callable[[FloatArray], FloatArray]
# Keeps arrays of n**2 entries a neuron in the cache, with enough neurons to fill the inner loops.
CHUNK_ENTRIES = 2**15
LEAST_CHUNK = 16


def unit_network(network: Network) -> Network:
    """The same network with the summed loss at logit scale 1, in whose time the uniform flow is measured."""
    return network.replaced(loss="sum", logit_scale=1.0)


def energy_gradient(network: Network) -> Ascent:
    """Gradient of every neuron's energy, from stack (e + 1, n, M) to stack.

    A polynomial of degree 2 at most, on a task of two inputs whose labels form a Latin square, needs only
    sums over the group, n**2 products a neuron:

        dE/dtheta1[g] = 2c sum_h xi~[gh] theta2[h],   dE/dxi[g] = 2c sum_{hk = g} theta1[h] theta2[k] - mean,

    c the coefficient of z**2 and xi~ = xi - mean xi: terms in one input alone, constant and linear ones sum
    to zero along a row of the square. Everything else goes through `LossGradient.evaluate_uniform`.
    """
    polynomial, labels = network.activation_polynomial, network.labels()
    if polynomial is not None and max(polynomial, default=0) <= 2 and _is_latin(labels):
        return _quadratic(labels, float(polynomial.get(2, 0)), network.embedding == "shared")
    gradient = LossGradient(unit_network(network))
    return lambda weights: np.negative(gradient.evaluate_uniform(weights))


def _is_latin(labels: IntArray) -> bool:
    if labels.ndim != 2:
        return False
    lines = np.stack([labels, labels.T])
    return bool((np.sort(lines, axis=2) == np.arange(len(labels))).all())


def _quadratic(labels: IntArray, coefficient: float, is_shared: bool) -> Ascent:
    order = len(labels)
    # partner[g, h] is the k with label(h, k) = g.
    partner = np.argsort(labels, axis=1).T.copy()
    chunk = max(LEAST_CHUNK, CHUNK_ENTRIES // order**2)

    def ascend(weights: FloatArray) -> FloatArray:
        slope = np.empty_like(weights)
        for start in range(0, weights.shape[2], chunk):
            current_question()()
            some = np.s_[:, :, start : start + chunk]
            _bilinear(labels, partner, weights[some], slope[some])
        slope *= 2 * coefficient
        return slope

    def ascend_shared(weights: FloatArray) -> FloatArray:
        slope = ascend(weights[[0, 0, 1]])
        slope[1] += slope[0]
        return slope[1:]

    return ascend_shared if is_shared else ascend


def _bilinear(labels: IntArray, partner: IntArray, weights: FloatArray, slope: FloatArray) -> None:
    """Gradient of sum_{g,h} xi~[gh] theta1[g] theta2[h] in theta1, theta2 and xi, into ``slope``."""
    shape = (*labels.shape, weights.shape[2])
    theta1, theta2, xi = weights
    wanted = (xi - xi.mean(axis=0)).take(labels.ravel(), axis=0).reshape(shape)
    np.einsum("ghm,hm->gm", wanted, theta2, out=slope[0])
    np.einsum("ghm,gm->hm", wanted, theta1, out=slope[1])
    others = theta2.take(partner.ravel(), axis=0).reshape(shape)
    np.einsum("ghm,hm->gm", others, theta1, out=slope[2])
    slope[2] -= slope[2].mean(axis=0)
