"""The truncated loss of a population summed in floating point, from theory's softmax series alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from odekit.networks import Network

FloatArray = NDArray[np.float64]
Gradient = Callable[[Network, Mapping[str, FloatArray], int], dict[str, FloatArray]]


def truncated_gradient(
    network: Network, weights: Mapping[str, FloatArray], order: int
) -> dict[str, FloatArray]:
    """Ascent of minus the summed loss over the logit scale, by weights (neuron, n), one tuple at a time.

    Softmax is ``1/n + (f - mean f)/n + ((f - mean f)^2 - var f)/(2 n)`` up to the order, and full at order 0.
    """
    n, summands = network.finite_group.order, network.task.summands
    names = [network.embedding_of(place) for place in range(summands)]
    polynomial = network.activation_polynomial or {}
    act = np.polynomial.Polynomial([float(polynomial.get(d, 0)) for d in range(network.degree + 1)])
    labels, xi = network.labels(), weights["xi"]
    found = {name: np.zeros_like(values) for name, values in weights.items()}
    for inputs in product(range(n), repeat=summands):
        z = sum(weights[name][:, x] for name, x in zip(names, inputs, strict=True))
        f = network.logit_scale * act(z) @ xi
        centred = f - f.mean()
        softmax = np.full(n, 1 / n)
        if order == 0:
            softmax = np.exp(centred) / np.exp(centred).sum()
        if order > 1:
            softmax = softmax + centred / n
        if order > 2:
            softmax = softmax + (centred**2 - (centred**2).mean()) / (2 * n)
        miss = -softmax
        miss[labels[inputs]] += 1
        found["xi"] += act(z)[:, None] * miss
        for name, x in zip(names, inputs, strict=True):
            found[name][:, x] += act.deriv()(z) * (xi @ miss)
    return found


@pytest.fixture
def oracle() -> Gradient:
    return truncated_gradient
