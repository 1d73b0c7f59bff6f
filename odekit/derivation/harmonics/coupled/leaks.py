"""Where else does the second cumulant lead? The harmonics of its gradient, of one neuron on a lattice."""

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

__all__ = ["variance_leaks", "with_leaks"]


def variance_leaks(network: Network) -> Mapping[int, float]:
    """Multiples of k up to 7k in the gradient of ``-Var f/2`` in theta, relative to k, at alpha = beta = 1.

    That in xi holds k alone, which is all that xi holds.
    """
    ladder = HarmonicHierarchy(network_on(network, LATTICE), HARMONICS)
    one, none = np.ones(1), np.zeros(1)
    population = HarmonicPopulation(ladder, one, none, one, none, 1.0)
    _, (theta, _) = population.gradients(*evenly_spaced(LATTICE))
    sizes = np.abs(theta[:, 0])
    return {
        m: float(size / sizes[1]) for m, size in enumerate(sizes) if m != 1 and size > NEGLIGIBLE * sizes[1]
    }


def with_leaks(
    labels: Mapping[str, tuple[str, ...]], further: Mapping[int, float]
) -> dict[str, tuple[str, ...]]:
    """The labels of harmonics by weight group, with those that theta gets besides."""
    known = [multiple_text(m) for m in range(HARMONICS + 1)]
    added = {multiple_text(m) for m in further}
    return {**labels, "theta": tuple(label for label in known if label in {*labels["theta"], *added})}
