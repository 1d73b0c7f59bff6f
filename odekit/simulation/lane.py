"""One lane of blocks: its share of the loss and of the gradient, added up block by block in fixed buffers.

What enters are blocks, an activation and weights; what leaves are sums. Memory is that of some blocks of rows
times neurons, never n**2 times neurons. This module must not know how many lanes there are, or threads.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse._sparsetools import csr_matvecs

from odekit.expressions import Expression, constant_factor
from odekit.simulation.plan import Block
from odekit.simulation.weights import Stack

__all__ = ["Lane", "Residual", "padded", "softmax_residual", "uniform_residual"]

Residual = Callable[[Block, Stack], tuple[Any, Stack]]


class Lane:
    """The sums over some blocks, for one type of weights.

    The constant factor of the activation's slope goes into the small matrix xi instead of the hidden layer:
    for z**2 the slope is then z itself, without a pass over the rows.

    Parameters
    ----------
    blocks: cast to the weights' type.
    activation: in ``z``.
    memory: a thread's own, where lanes of one type that a thread adds up in turn share their buffers.
    """

    def __init__(self, blocks: Sequence[Block], activation: Expression, memory: threading.local) -> None:
        self.blocks = blocks
        self._act = activation
        factor, self._slope = constant_factor(activation.derivative("z"))
        self._factor = float(factor)
        self._memory = memory

    def __call__(self, weights: Stack, scaled: Stack, residual: Residual) -> tuple[Any, Stack]:
        """Loss, and gradient (e + 1, n, M) whose xi still lacks the logit scale.

        Parameters
        ----------
        weights: (e + 1, n, M), a stack.
        scaled: (n or n + 1, M), logit scale times xi, `padded`.
        residual: puts weight times (probability - label) in the place of the logits.
        """
        gradient, loss = np.zeros(weights.shape, weights.dtype), weights.dtype.type(0)
        order, pulled = weights.shape[1], self._factor * scaled
        with np.errstate(all="ignore"):
            for block in self.blocks:
                inputs, back, outputs, products = self._buffers(len(block), scaled)
                hidden = self._forward(block, weights, inputs, back)
                np.matmul(scaled, hidden.T, out=outputs)
                loss += residual(block, outputs[:order])[0]
                gradient[-1] += np.matmul(outputs, hidden, out=products)[:order]
                np.matmul(outputs.T, pulled, out=back)
                back *= self._slope.evaluate({"z": inputs})
                _add_product(block.scatter, back, gradient[:-1])
        return loss, gradient

    def hidden(self, block: Block, weights: Stack) -> Stack:
        """Hidden layer (rows, M) of a block, in a buffer that the next block reuses."""
        with np.errstate(all="ignore"):
            return self._forward(block, weights, *self._buffers(len(block), weights[-1])[:2])

    def _forward(self, block: Block, weights: Stack, inputs: Stack, room: Stack) -> Stack:
        """Hidden layer, in ``room`` or elsewhere; ``inputs`` are then its inputs."""
        inputs.fill(0)
        _add_product(block.incidence, weights[:-1], inputs)
        return np.broadcast_to(self._act.evaluate({"z": inputs}, room), inputs.shape)

    def _buffers(self, rows: int, scaled: Stack) -> list[Stack]:
        """Room for two arrays (rows, M), one (outputs, rows) and one (outputs, M).

        They are kept: the first touch of fresh memory costs more than the arithmetic.
        """
        outputs, neurons = scaled.shape
        shapes = (rows, neurons), (rows, neurons), (outputs, rows), (outputs, neurons)
        ends = list(accumulate(math.prod(shape) for shape in shapes))
        held: Stack = getattr(self._memory, "held", np.empty(0))
        if held.size < ends[-1]:
            self._memory.held = held = np.empty(ends[-1], scaled.dtype)
        starts = [0, *ends[:-1]]
        parts = zip(starts, ends, shapes, strict=True)
        return [held[start:end].reshape(shape) for start, end, shape in parts]


def _add_product(matrix: csr_array[Any], dense: Stack, total: Stack) -> None:
    """Add ``matrix @ dense`` to ``total``, contiguous, both as matrices with M columns.

    By the loop that SciPy runs behind ``@``, without the fresh array that ``@`` returns.
    """
    columns = dense.shape[-1]
    indices = matrix.indptr, matrix.indices, matrix.data
    csr_matvecs(*matrix.shape, columns, *indices, dense.ravel(), total.reshape(-1))


def padded(outputs: Stack) -> Stack:
    """The matrix (n, M) with a row of zeros below if n is odd, on which matrix products are quicker."""
    order, neurons = outputs.shape
    return np.concatenate([outputs, np.zeros((order % 2, neurons), outputs.dtype)])


def softmax_residual(block: Block, logits: Stack) -> tuple[Any, Stack]:
    """Loss of a block, and weight times (softmax - label), (n, rows), in the place of the logits."""
    logits -= logits.real.max(axis=0)
    labelled = logits[block.entry_labels, block.entry_rows]
    np.exp(logits, out=logits)
    total = logits.sum(axis=0)
    loss = block.weights @ np.log(total) - block.entry_weights @ labelled
    logits *= block.weights / total
    logits[block.entry_labels, block.entry_rows] -= block.entry_weights
    return loss, logits


def uniform_residual(block: Block, logits: Stack) -> tuple[Any, Stack]:
    """No loss, and weight times (1/n - label), (n, rows), in the place of the logits."""
    logits[...] = block.weights / len(logits)
    logits[block.entry_labels, block.entry_rows] -= block.entry_weights
    return 0.0, logits
