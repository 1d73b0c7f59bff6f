"""Populations that a symmetry of the task leaves as they are: one tuple of inputs stands for its class.

On an Abelian group the maps ``x -> u x + s_i`` of the inputs, u coprime to the group's exponent, take labels
to labels. Where they only permute the neurons, logits, loss and gradient at a tuple are those at every tuple
of its orbit. Of the gradient over one tuple of each orbit, counted as often as the orbit is long, the mean
over the maps is the gradient over all, exactly: both lie among the populations of the same symmetry.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any, Protocol

import numpy as np

from odekit.arrays import IndexArray, IntArray
from odekit.groups import FiniteGroup
from odekit.networks import Network
from odekit.simulation.weights import Stack

__all__ = ["Evaluator", "OrbitClasses", "SymmetricGradient", "orbit_classes"]

# Maps that are tried; with more, those of u = 1 and -1 alone, and then none.
MOST_MAPS = 2**15


class Evaluator(Protocol):
    """What evaluates a loss and its gradient."""

    @property
    def operations(self) -> float:
        """What an evaluation costs, in floating-point operations of matrix products."""

    def evaluate(self, weights: Stack) -> tuple[Any, Stack]:
        """Loss and gradient of a stack (e + 1, n, M)."""


@dataclass(frozen=True, eq=False)
class OrbitClasses:
    """The symmetries of a population, a group of maps.

    Parameters
    ----------
    maps: (maps, e + 1, n), where each takes every element, by embedding and for the outputs.
    neurons: (maps, M), the first neuron that has each one's weights after the map.
    alike: (M,), the first neuron that has each one's weights.
    counts: (n,) * s, length of the orbit at one tuple of each, 0 elsewhere.
    """

    maps: IndexArray
    neurons: IndexArray
    alike: IndexArray
    counts: IntArray

    def __len__(self) -> int:
        return len(self.maps)

    def symmetrise(self, stack: Stack) -> Stack:
        """The mean of a stack (e + 1, n, M) over the maps."""
        found = np.empty_like(stack)
        for part, own, (gathered, spread) in zip(stack, found, self._places, strict=True):
            mean = np.take(part, gathered).mean(axis=0)
            np.take(mean, spread, out=own)
        return found

    @cached_property
    def _places(self) -> list[tuple[IndexArray, IndexArray]]:
        """By weight group: what comes to (n, orbits), (maps, n, orbits), and where (n, M) are had from there.

        Of each orbit of neurons the mean is taken at its first.
        """
        first, place = np.unique(self.neurons.min(axis=0), return_inverse=True)
        # Of the maps that take the first neuron of its orbit to a neuron, one.
        chosen = (self.neurons[:, first[place]] == self.alike).argmax(axis=0)
        found = []
        for maps in self.maps.swapaxes(0, 1):
            gathered = maps[:, :, None] * len(self.alike) + self.neurons[:, None, first]
            spread = np.argsort(maps, axis=-1)[chosen].T * len(first) + place
            found.append((gathered, spread))
        return found


class SymmetricGradient:
    """The gradient of a symmetric population from that over its classes of tuples.

    Parameters
    ----------
    over_classes: evaluates loss and gradient with the counts of the classes.
    classes: of the population.
    """

    def __init__(self, over_classes: Evaluator, classes: OrbitClasses) -> None:
        self._over_classes, self._classes = over_classes, classes

    @property
    def operations(self) -> float:
        """As `Evaluator` says; the mean over the maps is a pass through memory beside it."""
        return self._over_classes.operations

    def evaluate(self, weights: Stack) -> tuple[Any, Stack]:
        """Loss and gradient of a stack (e + 1, n, M) that has the symmetry, unchecked."""
        loss, gradient = self._over_classes.evaluate(weights)
        return loss, self._classes.symmetrise(gradient)


def orbit_classes(network: Network, weights: Stack) -> OrbitClasses | None:
    """The symmetries of a stack (e + 1, n, M), to the last digit; None where there is none.

    Parameters
    ----------
    network: on an Abelian group; on others none is looked for.
    """
    group = network.finite_group
    if not group.is_abelian:
        return None
    known, first, same, times = _distinct(weights)
    maps, neurons, corners = [], [], set(weights[0, 0].tolist())
    for each in _maps(network, group):
        # What the map brings to the first element, of the first neuron, is looked up before all the rest.
        if weights[0, each[0].argmin(), 0].item() not in corners:
            continue
        moved, _, place, often = _distinct(_moved(weights, each))
        if np.array_equal(moved, known) and np.array_equal(often, times):
            maps.append(each)
            neurons.append(first[place])
    if len(maps) < 2:
        return None
    return OrbitClasses(np.array(maps), np.array(neurons), first[same], _counts(network, maps))


def _distinct(weights: Stack) -> tuple[Stack, IndexArray, IndexArray, IndexArray]:
    """Rows of distinct neurons in order, the first neuron of each, every place, and how many are alike."""
    rows = weights.reshape(-1, weights.shape[-1]).T
    found, first, place, count = np.unique(
        rows, axis=0, return_index=True, return_inverse=True, return_counts=True
    )
    return found, first, place.ravel(), count


def _moved(weights: Stack, maps: IndexArray) -> Stack:
    """The weights after a map: those that every element had are where it goes."""
    moved = np.empty_like(weights)
    for part, own, each in zip(weights, moved, maps, strict=True):
        own[each] = part
    return moved


def _maps(network: Network, group: FiniteGroup) -> Iterator[IndexArray]:
    """Every map (e + 1, n), of each embedding's inputs and of the outputs, the identity among them."""
    embeddings, labels = len(network.embeddings), network.labels()
    units = [unit for unit in range(1, group.exponent) if math.gcd(unit, group.exponent) == 1] or [1]
    shifts = group.order**embeddings
    if len(units) * shifts > MOST_MAPS:
        units = sorted({1, units[-1]})
    if len(units) * shifts > MOST_MAPS:
        return
    summands = network.task.summands
    for unit in units:
        powers = _powers(group, unit)
        for each in product(range(group.order), repeat=embeddings):
            shifted = each * summands if embeddings == 1 else each
            inputs = [group.table[powers, shift] for shift in each]
            yield np.array([*inputs, group.table[powers, labels[shifted]]])


def _powers(group: FiniteGroup, exponent: int) -> IndexArray:
    """Every element's power."""
    found = np.full(group.order, group.identity)
    for _ in range(exponent):
        found = group.table[found, np.arange(group.order)]
    return found


def _counts(network: Network, maps: list[IndexArray]) -> IntArray:
    """Length of the orbit of inputs at its first tuple, 0 at the others, (n,) * s."""
    order, summands = network.finite_group.order, network.task.summands
    shape = (order,) * summands
    inputs = np.indices(shape).reshape(summands, -1)
    least = np.arange(inputs.shape[1])
    for each in maps:
        own = each[:-1] if len(each) > 2 else each[[0] * summands]
        moved = [part[row] for part, row in zip(own, inputs, strict=True)]
        np.minimum(least, np.ravel_multi_index(moved, shape), out=least)
    return np.bincount(least, minlength=len(least)).reshape(shape)
