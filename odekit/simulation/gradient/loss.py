"""The full loss of a network over all tuples of inputs, and its exact gradient, by hand.

With z_m = sum_i theta_i,m[x_i], f[h] = a sum_m xi_m[h] act(z_m) and P = softmax(f) - label, per tuple,

    grad xi_m[h] = a sum P[h] act(z_m),    grad theta_i,m[x] = a sum_{x_i = x} act'(z_m) sum_h P[h] xi_m[h].
"""

import threading
from collections.abc import Iterator, Sequence
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from odekit.arguments import chosen as chosen_name
from odekit.arrays import FloatArray
from odekit.errors import InputError, shown
from odekit.networks import Network, check_network
from odekit.numbers import integer
from odekit.simulation.gradient.interruption import current_question
from odekit.simulation.gradient.lane import (
    CUMULANTS,
    Lane,
    Residual,
    cumulant_residual,
    softmax_residual,
    uniform_residual,
)
from odekit.simulation.gradient.loss_jax import JaxGradient
from odekit.simulation.gradient.plan import Block, Counts, dense_operations, lanes, softmax_operations
from odekit.simulation.gradient.threads import side_by_side
from odekit.simulation.weights import Embedding, Stack, stack, unstack

__all__ = ["BACKENDS", "LossGradient", "accuracy", "logits", "loss_and_gradient", "uniform_gradient"]

BACKENDS = ("numpy", "jax")


class LossGradient:
    """Loss and gradient of one network, its plan made once and used for many calls.

    The rows of the hidden layer are dealt to lanes of blocks, which NumPy adds up side by side on as many
    threads as BLAS may use, at most eight; the result doesn't depend on how many these are. Memory is that of
    two blocks of rows times neurons a thread and of a gradient a lane, never n**2 times neurons.

    Parameters
    ----------
    network: any network of a definite order; its constraint and its rates play no part here.
    rows: rows of the hidden layer in a block; by default some 300 at 512 neurons.
    dtype: float64, or float32, in which a loss and a gradient are good to some 1e-6 of their terms.
    backend: ``"numpy"``, or ``"jax"`` for loss and gradient on an accelerator; what is uniform, and the
        accuracy, are NumPy's.
    chosen: (n,) * s bool, the tuples of inputs that count, or int, how often each does; by default all, once;
        at least one. The mean loss, and the accuracy, are those over them.
    order: 1, 2 or 3, of the last cumulant of the logits over the answers that ``log sum exp`` keeps; None for
        all. With NumPy only.

    Raises
    ------
    InputError: a group of symbolic order, another order or dtype, rows below 1, a choice that doesn't fit or
        is empty, or jax isn't installed.
    UnknownNameError: an unknown backend.

    Examples
    --------
    >>> from odekit.networks import Network, check_network
    >>> gradient = LossGradient(Network("Z5", neurons=2))
    >>> loss, theta, xi = gradient(np.zeros((2, 5)), np.ones((2, 5)))
    >>> round(loss, 6), theta.shape, xi.shape
    (1.609438, (2, 5), (2, 5))
    """

    def __init__(
        self,
        network: Network,
        rows: int | None = None,
        *,
        dtype: DTypeLike = np.float64,
        backend: str = "numpy",
        chosen: Counts | None = None,
        order: int | None = None,
    ) -> None:
        chosen_name("backend", backend, BACKENDS)
        check_network(network)
        self.network = network
        self.dtype = _checked_type(dtype)
        rows = None if rows is None else integer(rows, "rows", 1)
        if chosen is not None:
            _check_chosen(network, chosen)
        self._residual: Residual = softmax_residual
        if order is not None:
            self._residual = cumulant_residual(integer(order, "the order", CUMULANTS[0], CUMULANTS[-1]))
            _check_backend(backend)
        self._jax = JaxGradient(network, rows, chosen) if backend == "jax" else None
        self._plan = lanes(network, rows, chosen)
        self._lanes: dict[np.dtype[Any], list[Lane]] = {}

    def __call__(
        self, theta: ArrayLike | Sequence[ArrayLike], xi: ArrayLike
    ) -> tuple[float, Embedding, FloatArray]:
        """Loss, gradient in theta and gradient in xi; see `loss_and_gradient`."""
        loss, gradient = self.evaluate(self._stack(theta, xi))
        return (float(loss), *unstack(gradient))

    def uniform(self, theta: ArrayLike | Sequence[ArrayLike], xi: ArrayLike) -> tuple[Embedding, FloatArray]:
        """Gradient in theta and in xi with the softmax replaced by 1/n; see `uniform_gradient`."""
        return unstack(self.evaluate_uniform(self._stack(theta, xi)))

    def evaluate(self, weights: Stack) -> tuple[Any, Stack]:
        """Loss and gradient of a stack, unchecked.

        Parameters
        ----------
        weights: (e + 1, n, M) float64 or float32, the embeddings and then xi, each transposed; complex128
            gives NumPy's analytic continuation where the activation has one, for derivatives by complex step.

        Returns
        -------
        loss: scalar of the weights' type.
        gradient: (e + 1, n, M), like ``weights``.
        """
        if self._jax:
            return self._jax(weights)
        return self._add_up(weights, self._residual)

    def evaluate_uniform(self, weights: Stack) -> Stack:
        """Gradient (e + 1, n, M) of a stack with the softmax replaced by 1/n, unchecked."""
        return self._add_up(weights, uniform_residual)[1]

    def accuracy(self, theta: ArrayLike | Sequence[ArrayLike], xi: ArrayLike) -> float:
        """Share of tuples whose largest logit is the label's; see `accuracy`."""
        weights = self._stack(theta, xi)
        right = total = 0.0
        for block, hidden in self.hidden(weights):
            with np.errstate(all="ignore"):
                answer = (weights[-1] @ hidden.T).argmax(axis=0)
            right += block.entry_weights[answer[block.entry_rows] == block.entry_labels].sum()
            total += block.weights.sum()
        return float(right / total)

    def hidden(self, weights: Stack) -> Iterator[tuple[Block, Stack]]:
        """Every block with its hidden layer (rows, M), unchecked; good until the next comes."""
        for lane in self._lanes_of(weights.dtype):
            for block in lane.blocks:
                current_question()()
                yield block, lane.hidden(block, weights)

    @cached_property
    def operations(self) -> float:
        """What an evaluation costs, in floating-point operations of matrix products."""
        order, rows = self.network.finite_group.order, sum(len(b) for lane in self._plan for b in lane)
        return dense_operations(order, self.network.neurons, rows) + softmax_operations(order, rows)

    def _add_up(self, weights: Stack, residual: Residual) -> tuple[Any, Stack]:
        """Loss and gradient, the sums over the lanes in their order."""
        scaled = self.network.logit_scale * weights[-1]
        work = [
            partial(lane, weights, scaled, residual, current_question())
            for lane in self._lanes_of(weights.dtype)
        ]
        (loss, gradient), *others = side_by_side(work)
        for part, share in others:
            loss += part
            gradient += share
        gradient[-1] *= self.network.logit_scale
        return loss, gradient

    def _lanes_of(self, dtype: np.dtype[Any]) -> list[Lane]:
        if dtype not in self._lanes:
            cast = [[block.cast(dtype) for block in blocks] for blocks in self._plan]
            memory = threading.local()
            self._lanes[dtype] = [Lane(blocks, self.network.activation, memory) for blocks in cast]
        return self._lanes[dtype]

    def _stack(self, theta: ArrayLike | Sequence[ArrayLike], xi: ArrayLike) -> Stack:
        return stack(self.network, theta, xi).astype(self.dtype, copy=False)


def _check_backend(backend: str) -> None:
    if backend != "numpy":
        raise InputError("the loss at an order has no such backend", expected="numpy", received=backend)


def _check_chosen(network: Network, chosen: Counts) -> None:
    shape = network.labels().shape
    is_count = chosen.dtype.kind == "b" or (chosen.dtype.kind in "iu" and chosen.min(initial=0) >= 0)
    if not is_count or chosen.shape != shape or not chosen.any():
        raise InputError(
            "no choice of tuples of inputs",
            expected=f"booleans, or counts, of shape {shape}, not all false",
            received=f"{chosen.dtype} of shape {chosen.shape}, {np.count_nonzero(chosen)} true",
        )


def _checked_type(dtype: DTypeLike) -> np.dtype[Any]:
    try:
        checked = np.dtype(dtype)
    except (TypeError, ValueError):
        checked = np.dtype(object)
    if checked not in (np.float32, np.float64):
        raise InputError(
            "the gradient has no such type",
            expected="float64 or float32",
            received=getattr(dtype, "__name__", shown(dtype)),
        )
    return checked


def loss_and_gradient(
    network: Network,
    theta: ArrayLike | Sequence[ArrayLike],
    xi: ArrayLike,
    *,
    dtype: DTypeLike = np.float64,
    backend: str = "numpy",
    order: int | None = None,
) -> tuple[float, Embedding, FloatArray]:
    """Softmax cross-entropy over all tuples of inputs, and its Euclidean gradient.

    L = sum or mean over x of ``log sum_h exp f(x)[h] - f(x)[label(x)]``, the mean over all n**s tuples.
    Rates and constraints play no part. For many calls build a `LossGradient` once.

    Parameters
    ----------
    network: its group has a definite order; the number of neurons is taken from the weights.
    theta: (M, n) real; a tuple of those, one for each input, where the embedding is unshared.
    xi: (M, n) real.
    dtype, backend, order: as `LossGradient` takes them.

    Returns
    -------
    loss: float.
    grad_theta: like ``theta``, of ``dtype``.
    grad_xi: (M, n), of ``dtype``.

    Raises
    ------
    InputError: weights of a wrong shape or not finite, a group of symbolic order, another order, or jax isn't
        installed.
    UnknownNameError: an unknown backend.

    Source: the loss of arXiv 2602.16849, section 2, there the mean over Z_p; of arXiv 2606.02993 with
    ``logit_scale`` = a/M.
    """
    return LossGradient(network, dtype=dtype, backend=backend, order=order)(theta, xi)


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
