"""What a training will take, measured on one gradient before it begins."""

import time
from typing import NamedTuple

import numpy as np

from odekit.networks import Network
from odekit.simulation.gradient import LossGradient, blas_threads

__all__ = ["Cost", "training_cost"]

# Gradients of a usual flow to the fall of the loss, at both tolerances and with the scout before them.
USUAL = 3000
# Copies of a flow's snapshots: at both tolerances, by name, and in the run.
COPIES = 4
# Weights that a step of the method works with.
STAGES = 20
# A gradient that has so many operations is shorter than can be worth measuring.
TRIFLE = 1e7


class Cost(NamedTuple):
    """Gradients, and the memory and the time that they take, all of them about."""

    gradients: int
    seconds: float
    bytes: float


def training_cost(network: Network, snapshots: int, steps: int | None = None) -> Cost:
    """Measure one gradient, and tell what a training takes.

    Parameters
    ----------
    snapshots: how many are kept.
    steps: of a descent, or None for a flow.
    """
    order, planes = network.finite_group.order, len(network.embeddings) + 1
    stack = 8.0 * planes * order * network.neurons
    room = stack * (COPIES * snapshots + STAGES)
    tuples = float(order) ** network.task.summands
    gradients = USUAL if steps is None else steps
    # The plan of the rows holds some ten numbers for each tuple of inputs.
    room += 80.0 * tuples
    if tuples * order * network.neurons < TRIFLE:
        return Cost(gradients, 0.0, room)
    return Cost(gradients, gradients * _seconds(network), room)


def _seconds(network: Network) -> float:
    """Time of one gradient of few of the neurons, times how many these are of all."""
    few = min(network.neurons, 16)
    some = network.replaced(neurons=few)
    weights = np.full((len(some.embeddings) + 1, some.finite_group.order, few), 0.01)
    gradient = LossGradient(some)
    with blas_threads(some):
        start = time.perf_counter()
        gradient.evaluate(weights)
    return (time.perf_counter() - start) * network.neurons / few
