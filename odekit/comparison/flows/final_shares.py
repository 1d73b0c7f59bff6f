"""Where the lifted flow takes a neuron on spheres: the shares of its irreps once one of them has won."""

from collections.abc import Mapping

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison.flows.lifted import LiftedNeurons
from odekit.comparison.measures import irrep_shares
from odekit.networks import Network

__all__ = ["final_shares"]

# In legs, so that decided neurons leave early; their number stops those at the border of two winners.
DECIDED = 0.99
LEG = 10.0
MOST_LEGS = 40


def final_shares(network: Network, weights: Mapping[str, FloatArray]) -> FloatArray:
    """Share of each nontrivial real irrep in the embedding (theta1 where unshared), (M, irreps).

    The lifted flow is integrated in legs until one irrep has at least 99 % of every neuron's embedding; a
    neuron that forty legs leave undecided, close to the border between two winners, has its last shares.

    Parameters
    ----------
    network: on spheres, with any rates.
    weights: (M, n) by weight group.

    Raises
    ------
    ReductionError: no lifted flow.
    """
    group = network.finite_group
    first = network.embeddings[0]
    now = {name: np.array(values) for name, values in weights.items()}
    leg = np.array([LEG / (np.sqrt(2 * group.order) * network.flow_rate() * min(network.rates.values()))])
    neurons = LiftedNeurons(network)
    shares = irrep_shares(now[first], group)[:, 1:]
    for _ in range(MOST_LEGS):
        waiting = ~(shares.max(axis=1) >= DECIDED)
        if not waiting.any():
            break
        moved = neurons.evolve({name: values[waiting] for name, values in now.items()}, leg)
        for name, values in moved.items():
            now[name][waiting] = values[-1]
        shares[waiting] = irrep_shares(now[first][waiting], group)[:, 1:]
    return shares
