"""Diversified populations: N neurons per frequency with equally spaced phases, and their logits."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from odekit.arrays import FloatArray
from odekit.claims.experiments.modes.networks import residues, single_modes
from odekit.comparison import project
from odekit.derivation import Wave
from odekit.groups import FiniteGroup, mode_basis
from odekit.networks import Network
from odekit.simulation import Run, logits

__all__ = ["Population", "departure", "diversified", "logits_by_residue", "predicted_logits"]


@dataclass(frozen=True)
class Population:
    """Neurons with D = 0 and one pair of magnitudes.

    Parameters
    ----------
    group: cyclic, of odd order.
    count: N, neurons per frequency, their phases equally spaced.
    alpha, beta: magnitudes of theta and xi.
    waves: the derived waves of a neuron's logit, averaged over its phase.
    """

    group: FiniteGroup
    count: int
    alpha: float
    beta: float
    waves: tuple[Wave, ...]

    def swapped(self) -> Population:
        """The same with alpha and beta in each other's place."""
        return replace(self, alpha=self.beta, beta=self.alpha)

    def at(self, run: Run, index: int) -> Population:
        """The same with the mean magnitudes of a run's snapshot."""
        modes = project(run).at(index)
        own = (np.arange(run.network.neurons), modes.dominant)
        return replace(self, alpha=float(modes.alpha[own].mean()), beta=float(modes.beta[own].mean()))


def diversified(population: Population) -> tuple[Network, FloatArray, FloatArray]:
    """The network, theta and xi of a population."""
    group, count = population.group, population.count
    modes = len(mode_basis(group))
    places = np.repeat(np.arange(modes), count)
    phi = np.tile(2 * np.pi * np.arange(count) / count, modes)
    u, v = population.alpha * np.exp(1j * phi), population.beta * np.exp(2j * phi)
    weights = single_modes(group, places, u, v)
    return Network(group, neurons=len(places)), weights["theta"], weights["xi"]


def logits_by_residue(network: Network, theta: FloatArray, xi: FloatArray) -> FloatArray:
    """Logits (n, n, n) of a network: the two inputs, then the answer, all as residues modulo n."""
    elements = np.argsort(residues(network.finite_group))
    return np.asarray(logits(network, theta, xi))[np.ix_(elements, elements, elements)]


def predicted_logits(population: Population) -> FloatArray:
    """Logits (n, n, n) that the waves add up to over all (n-1)/2 frequencies.

    At odd n, ``sum_k cos(2 pi k s/n)`` is (n-1)/2 where n divides s, else -1/2.
    """
    n = population.group.order
    places = np.indices((n, n, n))
    total = np.zeros((n, n, n))
    for wave in population.waves:
        form = sum(c * place for c, place in zip(wave.form, places, strict=True))
        height = population.count * wave.evaluate(alpha=population.alpha, beta=population.beta)
        total += height * np.where(form % n == 0, (n - 1) / 2, -0.5)
    return total


def departure(population: Population, measured: FloatArray) -> float:
    """Largest difference of logits from the predicted ones, relative to the largest of these."""
    expected = predicted_logits(population)
    return float(np.abs(measured - expected).max() / np.abs(expected).max())
