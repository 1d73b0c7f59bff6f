"""The exact loss and gradient of neurons in whose embeddings few modes live, through order parameters.

With activation c z^2 and embeddings w_m = sum_j w_jm u_j, u_j the real waves of the modes that live in m,

    f(x)[h] = a c sum_{j <= k} (2 - delta_jk) U_j(x) U_k(x) S_jk[h],    S_jk[h] = sum_m w_jm w_km xi_m[h],

U_j(x) being the sum of u_j over the inputs. The softmax sees the neurons through the order parameters S:
its cost is that of the pairs of waves that share a neuron, however many neurons there are. What is pulled
back to a neuron is the derivative by the order parameters of its own waves.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from odekit.arrays import BoolArray, FloatArray, IntArray
from odekit.groups import FiniteGroup, characters, mode_basis
from odekit.networks import Network
from odekit.simulation.gradient.interruption import current_question
from odekit.simulation.gradient.lane import Residual, cumulant_residual, softmax_residual
from odekit.simulation.gradient.plan import (
    Block,
    Counts,
    Tuples,
    dense_operations,
    softmax_operations,
    tuples,
)
from odekit.simulation.weights import Stack

__all__ = ["ComponentGradient", "has_components", "mode_powers"]

# Of the features of all rows, in numbers: beyond, the pairs of waves are too many to be worth while.
MOST_FEATURES = 2**25
# What a kind of neurons and a weight cost beside the products, in operations at the products' speed: calls of
# a dozen functions, and as many passes through memory. Measured with sizes from 512 x 23 to 512 x 47.
OF_A_KIND, OF_A_WEIGHT = 7e5, 100.0


class ComponentGradient:
    """Loss and gradient where every neuron's embeddings are projected on the modes that live in it.

    Parameters
    ----------
    network: with `has_components`.
    living: (mode, M) bool, the trivial mode first, then those of `odekit.groups.mode_basis`.
    counts: (n,) * s, how often each tuple of inputs counts; by default all, once.
    """

    def __init__(self, network: Network, living: BoolArray, counts: Counts | None = None) -> None:
        self.network = network
        self._residual: Residual = softmax_residual
        self._every = tuples(network, counts)
        self._sorting, self._kinds, self._pairs = _kinds(network, living)

    @cached_property
    def operations(self) -> float:
        """What an evaluation costs, in floating-point operations of matrix products."""
        order, rows = self.network.finite_group.order, len(self._every)
        own = sum(dense_operations(order, kind.size, len(kind.places)) for kind in self._kinds)
        own += OF_A_KIND * len(self._kinds)
        own += OF_A_WEIGHT * (len(self.network.embeddings) + 1) * order * len(self._sorting)
        seen = 4.0 * order * rows * len(self._pairs)
        return own + seen + softmax_operations(order, rows)

    @property
    def is_small(self) -> bool:
        """Whether the features of all rows may be held."""
        return len(self._pairs) * len(self._every) <= MOST_FEATURES

    def at_order(self, order: int) -> ComponentGradient:
        """The same up to a cumulant."""
        other = copy(self)
        other._residual = cumulant_residual(order)
        return other

    def evaluate(self, weights: Stack) -> tuple[Any, Stack]:
        """Loss and gradient of a stack (e + 1, n, M), unchecked; no gradient is along a mode that is dead."""
        current_question()()
        sums = np.zeros((weights.shape[1], len(self._pairs)))
        ordered = weights[..., self._sorting]
        with np.errstate(all="ignore"):
            split = list(self._split(ordered))
            for kind, own, xi in split:
                sums[:, kind.places] += xi @ own.products.T
            logits = sums @ self._features
            loss, residual = self._residual(self._block, logits)
            pulled = residual @ self._features.T
            slopes = np.zeros_like(ordered)
            for kind, own, xi in split:
                kind.pull(pulled[:, kind.places], own, xi, slopes)
        gradient = np.empty_like(slopes)
        gradient[..., self._sorting] = slopes
        return loss, gradient

    def _split(self, ordered: Stack) -> Iterator[tuple[_Kind, _Own, Stack]]:
        """Every kind with its neurons' components and their xi (n, neurons)."""
        for kind in self._kinds:
            part = ordered[..., kind.neurons]
            components = (kind.waves.T @ part[:-1]).reshape(-1, kind.size)
            first, second = components[kind.first], components[kind.second]
            yield kind, _Own(first, second, first * second), part[-1]

    @cached_property
    def _features(self) -> FloatArray:
        """The logit scale, c and the products of two waves at every row, (pairs, rows)."""
        waves = _waves(self.network.finite_group)[0]
        first, second = self._pairs.T
        seen = _summed(self.network, waves, self._every.columns)
        factor = self.network.logit_scale * float((self.network.activation_polynomial or {})[2])
        scale = np.where(first == second, factor, 2 * factor)
        return np.asarray(scale[:, None] * seen[first] * seen[second])

    @cached_property
    def _block(self) -> Block:
        every: Tuples = self._every
        return Block((), every.weights, every.entry_rows, every.entry_labels, every.entry_weights)


@dataclass(frozen=True, eq=False)
class _Own:
    """Of every pair of components the first, the second and their product, each (pairs, neurons)."""

    first: Stack
    second: Stack
    products: Stack


@dataclass(frozen=True, eq=False)
class _Kind:
    """Neurons in which the same modes live.

    Parameters
    ----------
    neurons: their places after sorting.
    waves: (n, d), of the living modes.
    first, second: of each pair, which of the e d components.
    places: of the pairs among those of all neurons.
    """

    neurons: slice
    waves: FloatArray
    first: IntArray
    second: IntArray
    places: IntArray

    @property
    def size(self) -> int:
        """How many neurons."""
        return int(self.neurons.stop - self.neurons.start)

    def pull(self, pulled: Stack, own: _Own, xi: Stack, slopes: Stack) -> None:
        """Put the gradient by the neurons' weights in its place.

        Parameters
        ----------
        pulled: (n, pairs), by the order parameters.
        xi: (n, neurons).
        slopes: (e + 1, n, M).
        """
        np.matmul(pulled, own.products, out=slopes[-1][:, self.neurons])
        by_pair = pulled.T @ xi
        by_component = self._gather[0] @ (by_pair * own.second) + self._gather[1] @ (by_pair * own.first)
        shape = len(slopes) - 1, self.waves.shape[1], self.size
        slopes[:-1, :, self.neurons] = self.waves @ by_component.reshape(shape)

    @cached_property
    def _gather(self) -> tuple[FloatArray, FloatArray]:
        """Which pairs have a component first, and second, (e d, pairs)."""
        columns = np.arange(self.second.max() + 1)[:, None]
        return (columns == self.first) * 1.0, (columns == self.second) * 1.0


def has_components(network: Network) -> bool:
    """Whether the network's activation is a multiple of z^2 and its group Abelian."""
    return set(network.activation_polynomial or ()) == {2} and network.finite_group.is_abelian


def mode_powers(group: FiniteGroup, embeddings: Stack) -> FloatArray:
    """Squared length of embeddings (e, n, M) by mode, (mode, M), the trivial mode first; Abelian groups."""
    waves, modes = _waves(group)
    squares = ((waves.T @ embeddings) ** 2).sum(axis=0)
    starts = np.flatnonzero(np.diff(modes, prepend=-1))
    return np.asarray(np.add.reduceat(squares, starts, axis=0))


def _waves(group: FiniteGroup) -> tuple[FloatArray, IntArray]:
    """An orthonormal basis of real functions, (n, n) by column, and the mode of each."""
    table, basis = characters(group), mode_basis(group)
    columns, modes = [table[0].real * np.sqrt(1 / group.order)], [0]
    for mode, (row, is_real) in enumerate(zip(basis.characters, basis.is_real, strict=True), 1):
        parts = [table[row].real] if is_real else [table[row].real, table[row].imag]
        columns += [part * np.sqrt(len(parts) / group.order) for part in parts]
        modes += [mode] * len(parts)
    return np.stack(columns, axis=1), np.array(modes)


def _summed(network: Network, waves: FloatArray, columns: IntArray) -> FloatArray:
    """Every wave of every embedding, summed over the inputs of each row that this one takes, (e n, rows)."""
    order = len(waves)
    found = np.zeros((len(network.embeddings), order, columns.shape[1]))
    for places in columns:
        for embedding in range(len(found)):
            of_this = places // order == embedding
            found[embedding][:, of_this] += waves.T[:, places[of_this] % order]
    return found.reshape(-1, columns.shape[1])


def _kinds(network: Network, living: BoolArray) -> tuple[IntArray, list[_Kind], IntArray]:
    """The neurons' order by kind, the kinds, and all pairs of waves, (pairs, 2), that share a neuron."""
    waves, modes = _waves(network.finite_group)
    sets, kind_of = np.unique(living, axis=1, return_inverse=True)
    kind_of = kind_of.ravel()
    sorting = np.argsort(kind_of, kind="stable")
    ends = np.cumsum(np.bincount(kind_of)).tolist()
    embeddings, order = len(network.embeddings), len(waves)
    chosen = [np.flatnonzero(each[modes]) for each in sets.T]
    columns = [np.concatenate([own + order * e for e in range(embeddings)]) for own in chosen]
    pairs = [np.triu_indices(len(own)) for own in columns]
    width = order * embeddings
    codes = [own[first] * width + own[second] for own, (first, second) in zip(columns, pairs, strict=True)]
    every, places = np.unique(np.concatenate(codes), return_inverse=True)
    parts = np.split(places.ravel(), np.cumsum([len(own) for own in codes])[:-1])
    kinds = []
    for start, end, own, (first, second), place in zip([0, *ends], ends, chosen, pairs, parts, strict=False):
        if len(own):
            kinds.append(_Kind(slice(start, end), waves[:, own], first, second, place))
    return sorting, kinds, np.stack(np.divmod(every, width), axis=1)
