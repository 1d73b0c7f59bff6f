"""Which tuples of inputs the loss sums over, and how: sparse incidence, labels and weights, in blocks.

What enters is a network; what leaves is a list of `Block`. With a shared embedding, tuples that are
permutations of each other have the same hidden layer, so each multiset of inputs is one row that carries
the labels of all its orders. This module must not know weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from odekit.networks import Network

__all__ = ["Block", "blocks"]

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Block:
    """Some rows of the hidden layer.

    Parameters
    ----------
    incidence: sparse (rows, e n) for e embeddings of n elements, stacked: how often each row uses each
        entry, so that the hidden layer's input is ``incidence @ embeddings``.
    scatter: its transpose, sparse (e n, rows), stored by rows of its own.
    weights: (rows,) float64, share of the row in the loss.
    entry_rows, entry_labels, entry_weights: (entries,) each label that a row's tuples have, once, and its
        share in the loss; the shares of a row add up to its weight.
    """

    incidence: csr_array[Any]
    scatter: csr_array[Any]
    weights: FloatArray
    entry_rows: IntArray
    entry_labels: IntArray
    entry_weights: FloatArray

    def __len__(self) -> int:
        return len(self.weights)


def blocks(network: Network, rows_per_block: int) -> list[Block]:
    """Every tuple of inputs of the network's task, in blocks of at most ``rows_per_block`` rows."""
    labels = network.labels()
    tuples = np.indices(labels.shape).reshape(labels.ndim, -1)
    if network.embedding == "shared":
        tuples = np.sort(tuples, axis=0)
    order = labels.shape[0]
    codes = np.ravel_multi_index(tuple(tuples), labels.shape) * order + labels.ravel()
    entries, counts = np.unique(codes, return_counts=True)
    rows, entry_rows = np.unique(entries // order, return_inverse=True)
    columns = _columns(np.array(np.unravel_index(rows, labels.shape)), network)
    shares = counts / (labels.size if network.loss == "mean" else 1)
    table = _Entries(entry_rows, entries % order, shares)
    width = order * len(network.embeddings)
    return [
        _block(columns[:, start : start + rows_per_block], start, table, width)
        for start in range(0, len(rows), rows_per_block)
    ]


def _columns(elements: IntArray, network: Network) -> IntArray:
    """Position of each row's inputs (summands, rows) in the stack of embeddings."""
    if network.embedding == "shared":
        return elements
    return elements + network.finite_group.order * np.arange(len(elements))[:, None]


@dataclass(frozen=True)
class _Entries:
    """Every label of every row, (entries,) each, sorted by row."""

    rows: IntArray
    labels: IntArray
    shares: FloatArray


def _block(columns: IntArray, start: int, entries: _Entries, width: int) -> Block:
    summands, rows = columns.shape
    row_of = np.tile(np.arange(rows), summands)
    incidence = csr_array((np.ones(columns.size), (row_of, columns.ravel())), shape=(rows, width))
    inside = slice(*np.searchsorted(entries.rows, [start, start + rows]))
    local_rows = entries.rows[inside] - start
    shares = entries.shares[inside]
    return Block(
        incidence=incidence,
        scatter=csr_array(incidence.T),
        weights=np.bincount(local_rows, weights=shares, minlength=rows).astype(np.float64),
        entry_rows=local_rows,
        entry_labels=entries.labels[inside],
        entry_weights=shares,
    )
