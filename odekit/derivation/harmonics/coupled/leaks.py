"""Where else do further cumulants lead? The harmonics of their gradient, of one neuron on a lattice."""

from collections.abc import Mapping

import numpy as np

from odekit.derivation.harmonics.coupled.population import HarmonicPopulation
from odekit.derivation.harmonics.hierarchy import HarmonicHierarchy
from odekit.derivation.harmonics.response import (
    HARMONICS,
    LATTICE,
    NEGLIGIBLE,
    evenly_spaced,
    multiple_text,
    network_on,
)
from odekit.networks import Network

__all__ = ["cumulant_leaks", "with_leaks"]


def cumulant_leaks(network: Network, order: int) -> Mapping[str, Mapping[int, float]]:
    """Multiples of k up to 7k in the gradient of what cumulants from 2 to an order add, by weight group.

    Relative to k, at alpha = beta = 1 and logit scale 1; weight groups that stay at k are left out.
    """
    ladder = HarmonicHierarchy(network_on(network, LATTICE), HARMONICS)
    one, none = np.ones(1), np.zeros(1)
    population = HarmonicPopulation(ladder, one, none, one, none, 1.0, order)
    _, gradients = population.gradients(*evenly_spaced(LATTICE))
    found = {}
    for name, gradient in zip(("theta", "xi"), gradients, strict=True):
        sizes = np.abs(gradient[:, 0])
        found[name] = {
            m: float(size / sizes[1])
            for m, size in enumerate(sizes)
            if m != 1 and size > NEGLIGIBLE * sizes[1]
        }
    return {name: multiples for name, multiples in found.items() if multiples}


def with_leaks(
    labels: Mapping[str, tuple[str, ...]], further: Mapping[str, Mapping[int, float]]
) -> dict[str, tuple[str, ...]]:
    """The labels of harmonics by weight group, with those that they get besides."""
    known = [multiple_text(m) for m in range(HARMONICS + 1)]
    leaking = {name: {*labels.get(name, ()), *map(multiple_text, more)} for name, more in further.items()}
    return {**labels, **{name: tuple(k for k in known if k in found) for name, found in leaking.items()}}
