"""What several experiments share: groups they apply to, starts, orders of convergence, intervals."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from odekit.claims.verdict import Settings
from odekit.groups import FiniteGroup, cyclic, from_modes, mode_basis
from odekit.networks import Network
from odekit.simulation import Run, initial_weights, simulate

__all__ = [
    "LEVEL",
    "PAPER_A",
    "at_start",
    "choose_group",
    "draw",
    "is_cyclic",
    "is_odd_cyclic",
    "nearly_uniform",
    "orders",
    "proportion_interval",
    "single_modes",
    "train",
]

FloatArray = NDArray[np.float64]
PAPER_A = "2602.16849"
LEVEL = 1e-4
UNIFORM_LOGIT_SCALE = 1e-18


def is_cyclic(group: FiniteGroup) -> bool:
    """Whether the group is cyclic of order at least 5, so that it has two frequencies to compare."""
    return group.order >= 5 and bool((group.element_orders == group.order).any())


def is_odd_cyclic(group: FiniteGroup) -> bool:
    """Whether it is cyclic of odd order, so that every frequency has a phase."""
    return is_cyclic(group) and group.order % 2 == 1


def choose_group(settings: Settings, order: int) -> FiniteGroup:
    """The group asked for, or the cyclic one of this order."""
    return settings.group if settings.group is not None else cyclic(order)


def nearly_uniform(group: FiniteGroup, neurons: int) -> Network:
    """A network whose softmax stays uniform: its weights are of order 1, its logits 1e-18 of their cubes."""
    return Network(group, neurons=neurons, logit_scale=UNIFORM_LOGIT_SCALE)


def train(network: Network, weights: Mapping[str, FloatArray], times: FloatArray, rtol: float) -> Run:
    """Gradient flow of the full network from given weights, with an estimate of its own error."""
    return simulate(network, weights=weights, times=times, rtol=rtol)


def draw(
    network: Network, init: str, scale: float, generator: np.random.Generator
) -> dict[str, FloatArray]:
    """Weights of a shared network at a start that `simulate` knows by name."""
    theta, xi = initial_weights(network, init, scale, generator)
    return {"theta": theta.T, "xi": xi.T}


def at_start(network: Network, weights: Mapping[str, FloatArray]) -> Run:
    """A run of one snapshot, for `predict` and `project`."""
    return Run(np.zeros(1), {name: values[None] for name, values in weights.items()}, network)


def single_modes(
    group: FiniteGroup, places: NDArray[np.intp], u: NDArray[np.complex128], v: NDArray[np.complex128]
) -> dict[str, FloatArray]:
    """Weights with one mode per neuron: amplitude u of theta and v of xi at the mode ``places``."""
    shape = (len(places), len(mode_basis(group)))
    weights = {}
    for name, values in (("theta", u), ("xi", v)):
        amplitudes = np.zeros(shape, dtype=np.complex128)
        amplitudes[np.arange(len(places)), places] = values
        weights[name] = from_modes(amplitudes, group)
    return weights


def orders(scales: FloatArray, errors: FloatArray) -> FloatArray:
    """Local slopes of log(error) against log(scale), between neighbours on the last axis."""
    return np.diff(np.log(errors), axis=-1) / np.diff(np.log(scales))


def proportion_interval(successes: int, count: int) -> tuple[float, float]:
    """Wilson's interval of a proportion at the level of the claims, 1e-4."""
    interval = binomtest(successes, count).proportion_ci(confidence_level=1 - LEVEL, method="wilson")
    return float(interval.low), float(interval.high)
