"""Populations of maxima on spheres and what they compute: logits, the formula for them, exact designs.

Averaged over p, q and w, whose second moments are 1/r and odd moments 0, a neuron at sigma has the logits
``2 (r/n)^{3/2} r^{-3} chi(g1 g2 h^{-1})``, chi the character of the real irrep.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.stats import ortho_group

from odekit.arrays import FloatArray
from odekit.claims.experiments.spheres.rates import explicit_maxima, unit_frames
from odekit.groups import FiniteGroup, RealIrrep
from odekit.networks import Network
from odekit.simulation import logits

__all__ = [
    "centred_logits",
    "design_of_frames",
    "drawn_maxima",
    "indicator",
    "indicator_proportions",
    "mean_logits",
    "population_logits",
]

Weights = Mapping[str, FloatArray]


def design_of_frames(r: int, generator: np.random.Generator) -> FloatArray:
    """Frames (3, 2 r^3, r) whose second moments are exactly 1/r and whose odd moments in w are 0.

    Every triple of vectors of three random orthonormal bases, w with both signs.
    """
    bases = np.stack([_orthogonal(r, generator) for _ in range(3)])
    i, j, k = (index.ravel() for index in np.indices((r, r, r)))
    p, q, w = bases[0, i], bases[1, j], bases[2, k]
    return np.stack([np.concatenate([p, p]), np.concatenate([q, q]), np.concatenate([w, -w])])


def drawn_maxima(
    group: FiniteGroup, proportions: FloatArray, neurons: int, generator: np.random.Generator
) -> dict[str, FloatArray]:
    """Maxima with irreps drawn by proportion and Haar frames, weights (M, n).

    Parameters
    ----------
    proportions: of the nontrivial real irreps, adding up to 1.
    """
    counts = generator.multinomial(neurons, proportions)
    parts = [
        explicit_maxima(sigma, unit_frames(generator, int(count), sigma.r))
        for sigma, count in zip(group.real_irreps[1:], counts, strict=True)
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def mean_logits(group: FiniteGroup, weights: Weights) -> FloatArray:
    """Logits (n, n, n) of a network with output scale a, per unit of a: the mean over its neurons."""
    neurons = len(weights["xi"])
    network = Network(group, neurons=neurons, embedding="unshared", loss="sum", logit_scale=1 / neurons)
    return np.asarray(logits(network, (weights["theta1"], weights["theta2"]), weights["xi"]))


def centred_logits(group: FiniteGroup, weights: Weights) -> FloatArray:
    """The same minus their mean over the answers, which the softmax doesn't see."""
    values = mean_logits(group, weights)
    return np.asarray(values - values.mean(axis=-1, keepdims=True))


def population_logits(group: FiniteGroup, proportions: FloatArray, power: float = 3.0) -> FloatArray:
    """The formula, (n, n, n): ``sum p 2 (r/n)^{3/2} r^{-3} chi(g1 g2 h^{-1})``.

    Parameters
    ----------
    proportions: p of the nontrivial real irreps.
    power: of 1/r; 3 by Schur orthogonality.
    """
    n = group.order
    quotient = group.table[group.table[:, :, None], group.inverse]
    values = np.zeros(n)
    for sigma, share in zip(group.real_irreps[1:], proportions, strict=True):
        values += share * 2 * (sigma.r / n) ** 1.5 * sigma.r**-power * sigma.character
    return np.asarray(values[quotient])


def indicator_proportions(irreps: Sequence[RealIrrep]) -> FloatArray:
    """Proportions of irreps, m r^{3/2} up to a factor, at which the population's logits are an indicator."""
    weights = np.array([sigma.m * sigma.r**1.5 for sigma in irreps])
    return np.asarray(weights / weights.sum())


def indicator(values: FloatArray, group: FiniteGroup) -> float:
    """Relative distance of centred logits (n, n, n) from the nearest multiple of the centred indicator."""
    n = group.order
    target = (np.arange(n) == group.table[:, :, None]) - 1 / n
    height = float((values * target).sum() / (target**2).sum())
    return float(np.linalg.norm(values - height * target) / np.linalg.norm(values))


def _orthogonal(r: int, generator: np.random.Generator) -> FloatArray:
    if r == 1:
        return generator.choice((-1.0, 1.0), size=(1, 1))
    return np.asarray(ortho_group.rvs(r, random_state=generator))
