"""Which tuples of inputs the loss sums over, and how: inputs, labels and weights, in lanes of blocks.

With a shared embedding permuted tuples have the same hidden layer, so a multiset of inputs is one row. Along
diagonals (x, x + d) embeddings and their gradient are read and written in slices, for any group.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from odekit.arrays import BoolArray, FloatArray, IntArray
from odekit.networks import Network

__all__ = [
    "Block",
    "Counts",
    "Tuples",
    "dense_operations",
    "lane_count",
    "lanes",
    "softmax_operations",
    "tuples",
]

# Of tuples of inputs, which count, or how often.
Counts = BoolArray | IntArray

# Large blocks leave the cache, small ones make thin matrix products and too many calls.
BLOCK_ENTRIES = 160_000
LEAST_ROWS = 128
# See `lanes`: less work, or a smaller group, would not pay for a lane and its copy of the gradient.
LANE_PRODUCTS = 2**23
ELEMENTS_PER_LANE = 48
MOST_LANES = 8
# Floating-point operations of an entry of the softmax, an exponential and some ten others.
OF_AN_ENTRY = 30.0


def dense_operations(order: int, neurons: int, rows: int) -> float:
    """Floating-point operations of the three matrix products between rows, neurons and the group."""
    return 6.0 * order * neurons * rows


def softmax_operations(order: int, rows: int) -> float:
    """Floating-point operations of the softmax at so many rows, about."""
    return OF_AN_ENTRY * order * rows


@dataclass(frozen=True)
class Tuples:
    """Every row of the hidden layer.

    Parameters
    ----------
    columns: (summands, rows), position of each row's inputs among the entries of e embeddings of n elements,
        stacked.
    entry_rows, entry_labels, entry_weights: (entries,) each label that a row's tuples have, once, and its
        share in the loss, sorted by row.
    order: n.
    """

    columns: IntArray
    entry_rows: IntArray
    entry_labels: IntArray
    entry_weights: FloatArray
    order: int

    def __len__(self) -> int:
        return int(self.columns.shape[1])

    def __getitem__(self, rows: slice) -> Tuples:
        inside = slice(*np.searchsorted(self.entry_rows, [rows.start, rows.stop]))
        return Tuples(
            self.columns[:, rows],
            self.entry_rows[inside] - rows.start,
            self.entry_labels[inside],
            self.entry_weights[inside],
            self.order,
        )

    @property
    def weights(self) -> FloatArray:
        """(rows,) float64, share of each row in the loss: the shares of its labels added up."""
        sums = np.bincount(self.entry_rows, weights=self.entry_weights, minlength=len(self))
        return sums.astype(np.float64)

    def split(self, rows: int, multiple: int = 1) -> Iterator[Tuples]:
        """Parts of nearly equal length, at most ``rows`` each, their number a multiple of ``multiple``."""
        count = multiple * math.ceil(len(self) / (multiple * rows))
        edges = np.linspace(0, len(self), count + 1).round().astype(int)
        for start, stop in pairwise(edges):
            yield self[start:stop]


@dataclass(frozen=True)
class Block:
    """Some rows of the hidden layer.

    Parameters
    ----------
    runs: stretches of rows along which every input goes up by one, modulo n: the stretch of rows, then for
        each summand that of the 2 e n entries of e embeddings, each written twice, so that none wraps.
    weights: (rows,) share of the row in the loss.
    entry_rows, entry_labels, entry_weights: as in `Tuples`.
    """

    runs: tuple[tuple[slice, ...], ...]
    weights: FloatArray
    entry_rows: IntArray
    entry_labels: IntArray
    entry_weights: FloatArray

    def __len__(self) -> int:
        return len(self.weights)

    def cast(self, dtype: np.dtype[Any]) -> Block:
        """The same rows for weights of a type: shares of its real part's."""
        real = np.zeros((), dtype).real.dtype
        return replace(
            self,
            weights=self.weights.astype(real, copy=False),
            entry_weights=self.entry_weights.astype(real, copy=False),
        )


def tuples(network: Network, chosen: Counts | None = None) -> Tuples:
    """Tuples of inputs of the network's task, diagonal by diagonal.

    These are all, or those where ``chosen``, (n,) * s, is true, or as often as it says. The mean loss is that
    over them.
    """
    labels = network.labels()
    order, shared = labels.shape[0], network.embedding == "shared"
    inputs = np.indices(labels.shape).reshape(labels.ndim, -1)
    codes = _diagonal_codes(inputs, labels.shape, shared) * order + labels.ravel()
    if chosen is not None:
        codes = np.repeat(codes, chosen.ravel().astype(np.intp))
    entries, counts = np.unique(codes, return_counts=True)
    rows, entry_rows = np.unique(entries // order, return_inverse=True)
    *offsets, first = np.unravel_index(rows, labels.shape)
    elements = (np.array([np.zeros_like(first), *offsets]) + first) % order
    shares = counts / (codes.size if network.loss == "mean" else 1)
    return Tuples(_columns(elements, network), entry_rows, entries % order, shares, order)


def lanes(network: Network, rows: int | None = None, chosen: Counts | None = None) -> list[list[Block]]:
    """The tuples of inputs in blocks, dealt to lanes that can be added up side by side.

    How many lanes there are follows from the sizes alone, not from the machine, and so does the order of
    every sum: a lane has at least 8 million products a matrix product, and there is one for 48 elements, up
    to eight, so that each lane's own copy of the gradient costs little.

    Parameters
    ----------
    rows: at most so many in a block; by default some 300 at 512 neurons.
    chosen: see `tuples`; at least one.
    """
    every, order, neurons = tuples(network, chosen), network.finite_group.order, network.neurons
    most = rows or max(LEAST_ROWS, BLOCK_ENTRIES // max(neurons, order))
    count = lane_count(network, len(every))
    blocks = [_block(part) for part in every.split(most, count)]
    return [blocks[lane::count] for lane in range(count)]


def lane_count(network: Network, rows: int | None = None) -> int:
    """How many lanes `lanes` deals so many rows of the hidden layer to, by default all that there are."""
    order, summands = network.finite_group.order, network.task.summands
    if rows is None:
        shared = network.embedding == "shared"
        rows = math.comb(order + summands - 1, summands) if shared else order**summands
    wanted = rows * order * network.neurons // LANE_PRODUCTS
    afforded = min(MOST_LANES, max(2, order // ELEMENTS_PER_LANE), rows)
    return min(max(1, wanted), afforded)


def _diagonal_codes(inputs: IntArray, shape: tuple[int, ...], shared: bool) -> IntArray:
    """Number of each tuple (summands, tuples) as offsets from its first input, then the first input itself.

    A shared embedding has the same number for all permutations: the least, whichever input goes first.
    """
    codes = []
    for first in inputs if shared else inputs[:1]:
        offsets = (inputs - first) % shape[0]
        offsets = np.sort(offsets, axis=0)[1:] if shared else offsets[1:]
        codes.append(np.ravel_multi_index((*offsets, first), shape))
    least: IntArray = np.min(codes, axis=0)
    return least


def _columns(elements: IntArray, network: Network) -> IntArray:
    """Position of each row's inputs (summands, rows) in the stack of embeddings."""
    if network.embedding == "shared":
        return elements
    return elements + network.finite_group.order * np.arange(len(elements))[:, None]


def _block(part: Tuples) -> Block:
    return Block(
        runs=tuple(_runs(part.columns, part.order)),
        weights=part.weights,
        entry_rows=part.entry_rows,
        entry_labels=part.entry_labels,
        entry_weights=part.entry_weights,
    )


def _runs(columns: IntArray, order: int) -> Iterator[tuple[slice, ...]]:
    """Stretches of rows along which every column goes up by one, modulo n, and of the entries there."""
    breaks = ((np.diff(columns) - 1) % order != 0).any(axis=0).nonzero()[0] + 1
    doubled = columns + columns // order * order
    for start, stop in pairwise([0, *breaks.tolist(), columns.shape[1]]):
        places = (slice(place, place + stop - start) for place in doubled[:, start].tolist())
        yield slice(start, stop), *places
