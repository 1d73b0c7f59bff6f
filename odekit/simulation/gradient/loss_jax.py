"""The full loss and its gradient by JAX, for accelerators, in the weights' precision."""

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from odekit.expressions import FUNCTION_NAMES, Meanings
from odekit.extras import require_jax
from odekit.networks import Network
from odekit.simulation.gradient.plan import Counts, Tuples, tuples
from odekit.simulation.weights import Stack

__all__ = ["JaxGradient"]

# Large enough to fill an accelerator, small enough for its memory: 32 MiB an array in float64.
BLOCK_ENTRIES = 2**22
Arrays = dict[str, NDArray[Any]]


class JaxGradient:
    """Loss and gradient of a stack (e + 1, n, M) of float64 or float32, compiled when a shape first comes.

    Parameters
    ----------
    network: of a definite order.
    rows: rows of the hidden layer in a block; by default 8,192 at 512 neurons.
    chosen: tuples of inputs, see `tuples`.

    Raises
    ------
    MissingExtraError: jax isn't installed, or is too old.
    """

    def __init__(self, network: Network, rows: int | None = None, chosen: Counts | None = None) -> None:
        self._jax = require_jax()
        order = network.finite_group.order
        most = rows or max(1, BLOCK_ENTRIES // max(network.neurons, order))
        self._blocks = _stacked(list(tuples(network, chosen).split(most)))
        self._placed: dict[np.dtype[Any], Any] = {}
        self._evaluate = self._jax.jit(_evaluation(self._jax, network))

    def __call__(self, weights: Stack) -> tuple[Any, Stack]:
        """Loss, a scalar of the weights' type, and gradient, like ``weights``."""
        is_double = bool(weights.dtype == np.float64)
        with self._jax.enable_x64(is_double), self._jax.default_matmul_precision("highest"):
            loss, gradient = self._evaluate(weights, self._blocks_of(weights.dtype))
            return np.asarray(loss)[()], np.array(gradient)

    def _blocks_of(self, dtype: np.dtype[Any]) -> Any:
        """The blocks on JAX's device, their shares in the weights' type."""
        if dtype not in self._placed:
            cast = {
                name: array if array.dtype.kind == "i" else array.astype(dtype)
                for name, array in self._blocks.items()
            }
            self._placed[dtype] = self._jax.device_put(cast)
        return self._placed[dtype]


def _evaluation(jax: Any, network: Network) -> Callable[[Any, Any], Any]:
    """The function of weights and blocks that adds up every block's loss and gradient."""
    activation, scale, meanings = network.activation, network.logit_scale, _meanings(jax)

    def block_loss(weights: Any, block: Any) -> Any:
        entries = weights[:-1].reshape(-1, weights.shape[2])
        inputs = entries[block["columns"]].sum(axis=0)
        hidden = jax.numpy.broadcast_to(activation.fold(meanings, lambda name: inputs), inputs.shape)
        logits = hidden @ (scale * weights[-1]).T
        wanted = jax.numpy.take_along_axis(logits, block["labels"], axis=1)
        totals = jax.scipy.special.logsumexp(logits, axis=1)
        return block["weights"] @ totals - (block["shares"] * wanted).sum()

    def add(sums: Any, block: Any, weights: Any) -> Any:
        part = jax.value_and_grad(block_loss)(weights, block)
        return jax.tree.map(jax.numpy.add, sums, part), None

    def evaluate(weights: Any, blocks: Any) -> Any:
        start = jax.numpy.zeros((), weights.dtype), jax.numpy.zeros_like(weights)
        return jax.lax.scan(lambda sums, block: add(sums, block, weights), start, blocks)[0]

    return evaluate


def _meanings(jax: Any) -> Meanings[Any]:
    """What the parts of an activation are among JAX's arrays."""
    own = {
        "asin": jax.numpy.arcsin,
        "acos": jax.numpy.arccos,
        "atan": jax.numpy.arctan,
        "erf": jax.scipy.special.erf,
        "relu": jax.nn.relu,
        "step": lambda x: jax.numpy.heaviside(x, 0.0),
    }
    return Meanings(
        number=float,
        constant=lambda name: getattr(math, name),
        add=operator.add,
        multiply=operator.mul,
        power=operator.pow,
        root=lambda base, degree: base ** (1.0 / degree),
        functions={name: own[name] if name in own else getattr(jax.numpy, name) for name in FUNCTION_NAMES},
    )


def _stacked(parts: list[Tuples]) -> Arrays:
    """The blocks as arrays (blocks, ...), filled up to one length with rows that weigh nothing.

    Labels and their shares are (blocks, rows, k), k the most labels that a row has.
    """
    rows = max(map(len, parts))
    counts = [np.bincount(part.entry_rows, minlength=len(part)) for part in parts]
    shape = (len(parts), rows, max(int(count.max()) for count in counts))
    blocks = {
        "columns": np.zeros((len(parts), len(parts[0].columns), rows), dtype=np.int32),
        "weights": np.zeros(shape[:2]),
        "labels": np.zeros(shape, dtype=np.int32),
        "shares": np.zeros(shape),
    }
    for index, (part, count) in enumerate(zip(parts, counts, strict=True)):
        place = np.arange(len(part.entry_rows)) - np.repeat(np.cumsum(count) - count, count)
        blocks["columns"][index, :, : len(part)] = part.columns
        blocks["weights"][index, : len(part)] = part.weights
        blocks["labels"][index, part.entry_rows, place] = part.entry_labels
        blocks["shares"][index, part.entry_rows, place] = part.entry_weights
    return blocks
