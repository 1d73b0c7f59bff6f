"""The full loss of a network over all tuples of inputs, and its exact gradient, by hand.

With z_m = sum_i theta_i,m[x_i], f[h] = a sum_m xi_m[h] act(z_m) and P = softmax(f) - label, per tuple,

    grad xi_m[h] = a sum P[h] act(z_m),    grad theta_i,m[x] = a sum_{x_i = x} act'(z_m) sum_h P[h] xi_m[h].

What enters is a network and weights, what leaves is the loss and the gradient in weight space. This module
must not know that anything reduces it: no modes, no energy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from odekit.networks import Network
from odekit.simulation.plan import Block, blocks
from odekit.simulation.weights import Embedding, Stack, stack, unstack

__all__ = ["LossGradient", "accuracy", "logits", "loss_and_gradient", "softmax_residual", "uniform_gradient"]

FloatArray = NDArray[np.float64]
BLOCK_ENTRIES = 2**18


class LossGradient:
    """Loss and gradient of one network, its plan made once and used for many calls.

    Memory is that of some blocks of rows times neurons, never n**2 times neurons.

    Parameters
    ----------
    network: any network of a definite order; its constraint and its rates play no part here.
    rows: rows of the hidden layer in a block; by default 512 at 512 neurons, more if there are fewer.

    Examples
    --------
    >>> from odekit.networks import Network
    >>> gradient = LossGradient(Network("Z5", neurons=2))
    >>> loss, theta, xi = gradient(np.zeros((2, 5)), np.ones((2, 5)))
    >>> round(loss, 6), theta.shape, xi.shape
    (1.609438, (2, 5), (2, 5))
    """

    def __init__(self, network: Network, rows: int | None = None) -> None:
        self.network = network
        per_block = rows or max(512, BLOCK_ENTRIES // network.neurons)
        self._blocks = blocks(network, per_block)
        self._act = network.activation
        self._slope = network.activation.derivative("z")
        self._buffer = np.empty((0, 0))

    def __call__(
        self, theta: ArrayLike | Sequence[ArrayLike], xi: ArrayLike
    ) -> tuple[float, Embedding, FloatArray]:
        """Loss, gradient in theta and gradient in xi; see `loss_and_gradient`."""
        loss, gradient = self.evaluate(stack(self.network, theta, xi))
        return (float(loss), *unstack(gradient))

    def uniform(self, theta: ArrayLike | Sequence[ArrayLike], xi: ArrayLike) -> tuple[Embedding, FloatArray]:
        """Gradient in theta and in xi with the softmax replaced by 1/n; see `uniform_gradient`."""
        return unstack(self.evaluate_uniform(stack(self.network, theta, xi)))

    def evaluate(self, weights: Stack) -> tuple[Any, Stack]:
        """Loss and gradient of a stack, unchecked.

        Parameters
        ----------
        weights: (e + 1, n, M) float64, the embeddings and then xi, each transposed; complex128 gives the
            analytic continuation where the activation has one, for derivatives by complex step.

        Returns
        -------
        loss: scalar of the weights' type.
        gradient: (e + 1, n, M), like ``weights``.
        """
        scaled = self.network.logit_scale * weights[-1]
        gradient = np.zeros_like(weights)
        loss = weights.dtype.type(0)
        with np.errstate(all="ignore"):
            for block in self._blocks:
                hidden, inputs = self._forward(block, weights)
                part, residual = softmax_residual(block, scaled @ hidden.T)
                loss += part
                self._backward(block, inputs, hidden, residual, scaled, gradient)
        gradient[-1] *= self.network.logit_scale
        return loss, gradient

    def evaluate_uniform(self, weights: Stack) -> Stack:
        """Gradient (e + 1, n, M) of a stack with the softmax replaced by 1/n, unchecked."""
        scaled = self.network.logit_scale * weights[-1]
        gradient = np.zeros_like(weights)
        with np.errstate(all="ignore"):
            for block in self._blocks:
                hidden, inputs = self._forward(block, weights)
                residual = _uniform_residual(block, weights.shape[1])
                self._backward(block, inputs, hidden, residual, scaled, gradient)
        gradient[-1] *= self.network.logit_scale
        return gradient

    def accuracy(self, theta: ArrayLike | Sequence[ArrayLike], xi: ArrayLike) -> float:
        """Share of tuples whose largest logit is the label's; see `accuracy`."""
        weights = stack(self.network, theta, xi)
        right = total = 0.0
        with np.errstate(all="ignore"):
            for block in self._blocks:
                answer = (weights[-1] @ self._forward(block, weights)[0].T).argmax(axis=0)
                right += block.entry_weights[answer[block.entry_rows] == block.entry_labels].sum()
                total += block.weights.sum()
        return float(right / total)

    def hidden(self, weights: Stack) -> Iterator[tuple[Block, Stack]]:
        """Every block with its hidden layer (rows, M), unchecked."""
        for block in self._blocks:
            with np.errstate(all="ignore"):
                layer = self._forward(block, weights)[0]
            yield block, layer

    def _forward(self, block: Block, weights: Stack) -> tuple[Stack, Stack]:
        """Hidden layer after and before the activation, each (rows, M)."""
        inputs = block.incidence @ weights[:-1].reshape(-1, weights.shape[2])
        hidden = self._act.evaluate({"z": inputs})
        return np.broadcast_to(hidden, inputs.shape), inputs

    def _backward(
        self, block: Block, inputs: Stack, hidden: Stack, residual: Stack, scaled: Stack, gradient: Stack
    ) -> None:
        """Add the block's part to the gradient, whose xi still lacks the logit scale."""
        gradient[-1] += residual @ hidden
        back = np.matmul(residual.T, scaled, out=self._rows(inputs.shape, inputs.dtype))
        back *= self._slope.evaluate({"z": inputs})
        gradient[:-1] += (block.scatter @ back).reshape(gradient[:-1].shape)

    def _rows(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Stack:
        rows, neurons = shape
        if self._buffer.dtype != dtype or self._buffer.shape[1] != neurons or len(self._buffer) < rows:
            self._buffer = np.empty(shape, dtype)
        return self._buffer[:rows]


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


def _uniform_residual(block: Block, order: int) -> FloatArray:
    """Weight times (1/n - label), (n, rows)."""
    residual = np.repeat((block.weights / order)[None], order, axis=0)
    residual[block.entry_labels, block.entry_rows] -= block.entry_weights
    return residual


def loss_and_gradient(
    network: Network, theta: ArrayLike | Sequence[ArrayLike], xi: ArrayLike
) -> tuple[float, Embedding, FloatArray]:
    """Softmax cross-entropy over all tuples of inputs, and its Euclidean gradient.

    L = sum or mean over x of ``log sum_h exp f(x)[h] - f(x)[label(x)]``, the mean over all n**s tuples.
    Rates and constraints play no part. For many calls build a `LossGradient` once.

    Parameters
    ----------
    network: its group has a definite order; the number of neurons is taken from the weights.
    theta: (M, n) real; a tuple of those, one for each input, where the embedding is unshared.
    xi: (M, n) real.

    Returns
    -------
    loss: float.
    grad_theta: like ``theta``, float64.
    grad_xi: (M, n) float64.

    Raises
    ------
    InputError: weights of a wrong shape or not finite, or a group of symbolic order.

    Source: the loss of arXiv 2602.16849, section 2, there the mean over Z_p; of arXiv 2606.02993 with
    ``logit_scale`` = a/M.
    """
    return LossGradient(network)(theta, xi)


def uniform_gradient(
    network: Network, theta: ArrayLike | Sequence[ArrayLike], xi: ArrayLike
) -> tuple[Embedding, FloatArray]:
    """The gradient of `loss_and_gradient` with every softmax probability replaced by 1/n.

    It is minus the gradient of the neurons' decoupled energies, which the loss's gradient approaches as
    the logits tend to 0; parameters and errors as there, returns grad_theta and grad_xi.
    """
    return LossGradient(network).uniform(theta, xi)


def logits(network: Network, theta: ArrayLike | Sequence[ArrayLike], xi: ArrayLike) -> FloatArray:
    """Logits of every tuple of inputs, (n,) * s + (n,) float64: the inputs, then the candidate answer.

    Parameters and errors as in `loss_and_gradient`.
    """
    weights = stack(network, theta, xi)
    order, summands = weights.shape[1], network.task.summands
    result = np.empty((order,) * (summands + 1))
    for x in range(order):
        inputs = weights[0, x]
        for summand in range(1, summands):
            embedding = weights[0 if network.embedding == "shared" else summand]
            inputs = inputs[..., None, :] + embedding
        with np.errstate(all="ignore"):
            hidden = np.broadcast_to(network.activation.evaluate({"z": inputs}), inputs.shape)
            result[x] = network.logit_scale * hidden @ weights[-1].T
    return result


def accuracy(network: Network, theta: ArrayLike | Sequence[ArrayLike], xi: ArrayLike) -> float:
    """Share of all tuples whose largest logit is the label's, in [0, 1]; a tie goes to the first element.

    Parameters and errors as in `loss_and_gradient`.
    """
    return LossGradient(network).accuracy(theta, xi)
