"""One lane of blocks: its share of the loss and of the gradient, added up block by block in fixed buffers."""

import math
import threading
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from odekit.expressions import Expression, constant_factor
from odekit.simulation.gradient.plan import Block
from odekit.simulation.weights import Stack

__all__ = ["CUMULANTS", "Lane", "Residual", "cumulant_residual", "softmax_residual", "uniform_residual"]

Residual = Callable[[Block, Stack], tuple[Any, Stack]]

# Orders up to which the loss may keep the logits' cumulants; the first is uniform softmax.
CUMULANTS = (1, 2, 3)


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

    def __call__(
        self, weights: Stack, scaled: Stack, residual: Residual, ask: Callable[[], None]
    ) -> tuple[Any, Stack]:
        """Loss, and gradient (e + 1, n, M) whose xi still lacks the logit scale.

        Parameters
        ----------
        weights: (e + 1, n, M), a stack.
        scaled: (n, M), logit scale times xi.
        residual: puts weight times (probability - label) in the place of the logits.
        ask: called before each block, and raises where the work is to be left.
        """
        gradient, loss = np.zeros(weights.shape, weights.dtype), weights.dtype.type(0)
        pulled = self._factor * scaled
        room = self._buffers(max(map(len, self.blocks)), weights)
        entries, collected = _doubled(weights[:-1], room[0]), room[1]
        collected.fill(0)
        with np.errstate(all="ignore"):
            for block in self.blocks:
                ask()
                _, _, inputs, hidden, outputs, products = self._buffers(len(block), weights)
                self._forward(block, entries, inputs, hidden)
                np.matmul(scaled, hidden.T, out=outputs)
                loss += residual(block, outputs)[0]
                gradient[-1] += np.matmul(outputs, hidden, out=products)
                back = np.matmul(outputs.T, pulled, out=hidden)
                self._backward(block, inputs, back, collected)
        halves = collected.reshape(-1, 2, *scaled.shape)
        np.add(halves[:, 0], halves[:, 1], out=gradient[:-1])
        return loss, gradient

    def hidden(self, block: Block, weights: Stack) -> Stack:
        """Hidden layer (rows, M) of a block, in a buffer that the next block reuses."""
        entries, _, inputs, hidden, *_ = self._buffers(len(block), weights)
        with np.errstate(all="ignore"):
            self._forward(block, _doubled(weights[:-1], entries), inputs, hidden)
        return hidden

    def _forward(self, block: Block, entries: Stack, inputs: Stack, hidden: Stack) -> None:
        """Put the hidden layer and its inputs in their places; ``entries`` are the doubled embeddings."""
        for rows, first, second, *others in block.runs:
            total = np.add(entries[first], entries[second], out=inputs[rows])
            for place in others:
                total += entries[place]
        value = self._act.evaluate({"z": inputs}, hidden)
        if value is not hidden:
            hidden[...] = value

    def _backward(self, block: Block, inputs: Stack, back: Stack, collected: Stack) -> None:
        """Add ``back``, the gradient in the hidden layer, times the slope to its entries' places.

        Each slice of a run has every entry at most once, so that a plain sum of slices is exact.
        """
        back *= self._slope.evaluate({"z": inputs})
        for rows, *places in block.runs:
            part = back[rows]
            for place in places:
                collected[place] += part

    def _buffers(self, rows: int, weights: Stack) -> list[Stack]:
        """Room for two arrays (2 e n, M), two (rows, M), one (n, rows) and one (n, M), always in one order.

        They are kept: the first touch of fresh memory costs more than the arithmetic.
        """
        embeddings, order, neurons = len(weights) - 1, *weights.shape[1:]
        doubled = (2 * embeddings * order, neurons)
        shapes = doubled, doubled, (rows, neurons), (rows, neurons), (order, rows), (order, neurons)
        ends = list(accumulate(math.prod(shape) for shape in shapes))
        held: Stack = getattr(self._memory, "held", np.empty(0))
        if held.size < ends[-1]:
            self._memory.held = held = np.empty(ends[-1], weights.dtype)
        starts = [0, *ends[:-1]]
        parts = zip(starts, ends, shapes, strict=True)
        return [held[start:end].reshape(shape) for start, end, shape in parts]


def _doubled(embeddings: Stack, room: Stack) -> Stack:
    """Embeddings (e, n, M), each twice in a row, in ``room`` (2 e n, M)."""
    count, order, neurons = embeddings.shape
    room.reshape(count, 2, order, neurons)[...] = embeddings[:, None]
    return room


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


def cumulant_residual(order: int) -> Residual:
    """The residual of the loss in which ``log mean exp f`` ends with its cumulant of an order.

    With c the logits less their mean over the n answers, and kappa_2 and kappa_3 the means of c^2 and c^3,

        log sum exp f = log n + mean f + kappa_2/2 + kappa_3/6 + ...,
        softmax = (1 + c + (c^2 - kappa_2)/2 + ...)/n.

    Parameters
    ----------
    order: 1, 2 or 3; at 1 the softmax is uniform.
    """

    def residual(block: Block, logits: Stack) -> tuple[Any, Stack]:
        logits -= logits.mean(axis=0)
        loss = block.weights.sum() * math.log(len(logits))
        loss -= block.entry_weights @ logits[block.entry_labels, block.entry_rows]
        if order == 1:
            logits[...] = 0.0
        if order > 1:
            squares = logits * logits
            second = squares.mean(axis=0)
            loss += block.weights @ second / 2
        if order > 2:
            loss += block.weights @ np.einsum("ij,ij->j", squares, logits) / (6 * len(logits))
            squares -= second
            squares *= 0.5
            logits += squares
        logits += 1.0
        logits *= block.weights / len(logits)
        logits[block.entry_labels, block.entry_rows] -= block.entry_weights
        return loss, logits

    return residual
