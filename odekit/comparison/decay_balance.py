"""Where weight decay and the loss balance: the amplitude that dies out, and the one that survives.

In a diversified population every neuron of frequency k has D = 0 and alpha = sqrt(2) beta, phases are uniform
and frequencies equally frequent. Its loss with decay is then a function of beta alone,

    F(beta) = L(logits = beta^3 V) + (decay/2) M (n/2) 3 beta^2.

Near uniform softmax F has its maximum at the reduced ODE's threshold. The full softmax saturates, and F has a
minimum further up: the amplitude at which the loss holds the modes against decay.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import softmax

from odekit.arrays import FloatArray
from odekit.derivation import population_logits
from odekit.errors import ReductionError
from odekit.networks import Network
from odekit.numbers import positive

__all__ = ["DecayBalance", "decay_balance"]

# Fine enough to see the pull above the decay where both roots are close together.
POINTS = 400
# There the softmax has long saturated and the decay wins; exp still doesn't overflow, as it does at 710.
LARGEST_LOGIT = 600.0


@dataclass(frozen=True)
class DecayBalance:
    """Stationary amplitudes of the readout's modes; those of the embedding are sqrt(2) times them.

    Parameters
    ----------
    threshold: below it every neuron dies out. NaN where decay beats the loss at every amplitude.
    held: at which decay and the loss balance. NaN like ``threshold``.
    """

    threshold: float
    held: float


def decay_balance(network: Network, weight_decay: float) -> DecayBalance:
    """Threshold and surviving amplitude of a diversified population on the full loss.

    Both are exact on the ansatz. The full softmax also drives neurons off their frequency, so that trained
    amplitudes differ from ``held`` by that leakage.

    Parameters
    ----------
    network: on Z_n, n odd, quadratic, shared embedding, equal rates; at least one neuron for a frequency.
    weight_decay: as `simulate` takes it, above 0.

    Raises
    ------
    ReductionError: another network.
    InputError: a decay that is not positive and finite.
    """
    weight_decay = positive(weight_decay, "weight_decay")
    _check(network)
    pattern, order = _pattern(network), network.finite_group.order
    labels = network.labels()[..., None]
    frequencies = (order - 1) // 2
    steepness = network.logit_scale * network.neurons / frequencies

    def pull(beta: float) -> float:
        """Minus dL/d(beta^3) over its prefactor, times beta."""
        probability = softmax(steepness * beta**3 * pattern, axis=-1)
        gain = np.take_along_axis(pattern, labels, axis=-1)[..., 0] - (probability * pattern).sum(axis=-1)
        return float(beta * gain.sum())

    target = weight_decay * order * frequencies / (2 * network.flow_rate())
    largest = (LARGEST_LOGIT / (steepness * np.abs(pattern).max())) ** (1 / 3)
    return _balance(lambda beta: pull(beta) - target, target / pull(1e-9) * 1e-9, largest)


def _balance(excess: Callable[[float], float], lowest: float, largest: float) -> DecayBalance:
    """First and last root of the pull less the decay, negative at both ends."""
    if lowest >= largest:
        return DecayBalance(math.nan, math.nan)
    grid = np.geomspace(0.9 * lowest, largest, POINTS)
    above = np.flatnonzero([excess(beta) > 0 for beta in grid])
    if not above.size or above[0] == 0 or above[-1] == POINTS - 1:
        return DecayBalance(math.nan, math.nan)
    first, last = int(above[0]), int(above[-1])
    threshold = brentq(excess, grid[first - 1], grid[first], rtol=1e-12)
    return DecayBalance(float(threshold), float(brentq(excess, grid[last], grid[last + 1], rtol=1e-12)))


def _check(network: Network) -> None:
    group = network.finite_group
    fits = {
        "an odd cyclic group": group.is_cyclic and group.order % 2 == 1 and group.order > 1,
        "the quadratic activation": network.activation_name == "quadratic",
        "a shared embedding": network.embedding == "shared",
        "no constraint": network.constraint == "none",
        "equal rates": set(network.rates.values()) == {1.0},
        "the task x+y": network.task.coefficients == (1, 1),
        "at least one neuron for a frequency": network.neurons >= (group.order - 1) // 2,
    }
    if missing := [name for name, holds in fits.items() if not holds]:
        raise ReductionError("no balance of decay is known for this network", expected=missing[0])


def _pattern(network: Network) -> FloatArray:
    """V (n, n, n), the logits over steepness at beta = 1: inputs, then outputs."""
    order = network.finite_group.order
    indices = np.indices((order,) * 3)
    total = np.zeros((order,) * 3)
    for wave in population_logits(network):
        place = np.tensordot(wave.form, indices, axes=1) % order == 0
        total += wave.evaluate(alpha=math.sqrt(2), beta=1.0) * (order * place - 1) / 2
    return total
