"""Weights as users hold them, ``(M, n)`` by name, and as the gradient wants them, a stack ``(e + 1, n, M)``.

The stack holds the e embeddings and then xi, the neuron fastest: gathers over elements move whole rows.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from odekit.arguments import mapping
from odekit.arrays import FloatArray
from odekit.errors import InputError
from odekit.networks import Network

__all__ = [
    "Embedding",
    "Stack",
    "names",
    "norms",
    "rates",
    "stack",
    "stack_mapping",
    "unstack",
    "unstack_mapping",
]

Stack = NDArray[Any]
Embedding = FloatArray | tuple[FloatArray, ...]


def names(network: Network) -> tuple[str, ...]:
    """Names of the weight groups in the stack's order: the embeddings, then ``xi``."""
    return (*network.embeddings, "xi")


def rates(network: Network) -> FloatArray:
    """Rate of each weight group, (e + 1, 1, 1) float64, to multiply a stack with."""
    return np.array([network.rates[name] for name in names(network)])[:, None, None]


def norms(stacked: FloatArray) -> FloatArray:
    """Norm of every neuron of a stack, over all its weights, (M,) float64."""
    squares: FloatArray = np.einsum("pnm,pnm->m", stacked, stacked)
    return np.sqrt(squares)


def stack(network: Network, theta: ArrayLike | Sequence[ArrayLike], xi: ArrayLike) -> FloatArray:
    """Check weights and stack them.

    Parameters
    ----------
    theta: (M, n) real; a sequence of those, one for each summand, where the embedding is unshared.
    xi: (M, n) real.

    Raises
    ------
    InputError: a wrong shape or number of embeddings, or a weight that is not real and finite.
    """
    given = [theta] if network.embedding == "shared" else _sequence(network, theta)
    return stack_mapping(network, dict(zip(names(network), [*given, xi], strict=True)))


def stack_mapping(network: Network, weights: Mapping[str, ArrayLike]) -> FloatArray:
    """Check weights given by name and stack them; raises as `stack` does."""
    wanted = names(network)
    mapping(weights, "weights", "{'theta': theta, 'xi': xi}, each (M, n)")
    if set(weights) != set(wanted):
        raise InputError(
            f"the weights don't fit the {network.embedding} embedding",
            expected=", ".join(wanted),
            received=", ".join(map(str, weights)) or "none",
        )
    order = network.finite_group.order
    checked = [_matrix(name, weights[name], order) for name in wanted]
    if len({matrix.shape for matrix in checked}) > 1:
        shapes = [f"{name} {matrix.shape}" for name, matrix in zip(wanted, checked, strict=True)]
        raise InputError(
            "the weight groups differ in their number of neurons",
            expected=f"the same shape (M, {order}) for all",
            received=", ".join(shapes),
        )
    stacked = np.empty((len(checked), order, len(checked[0])))
    for place, matrix in zip(stacked, checked, strict=True):
        place[...] = matrix.T
    return stacked


def unstack(stacked: FloatArray) -> tuple[Embedding, FloatArray]:
    """The stack's theta (a tuple where unshared) and xi, each (M, n) and contiguous."""
    *embeddings, xi = (np.ascontiguousarray(matrix.T) for matrix in stacked)
    return (embeddings[0] if len(embeddings) == 1 else tuple(embeddings)), xi


def unstack_mapping(network: Network, snapshots: FloatArray) -> dict[str, FloatArray]:
    """By name (T, M, n), from stacks (T, e + 1, n, M)."""
    return {
        name: np.ascontiguousarray(snapshots[:, index].swapaxes(1, 2))
        for index, name in enumerate(names(network))
    }


def _sequence(network: Network, theta: ArrayLike | Sequence[ArrayLike]) -> list[Any]:
    wanted = network.embeddings
    given = list(theta) if isinstance(theta, list | tuple | np.ndarray) else []
    if len(given) != len(wanted) or np.ndim(given[0]) != 2:
        raise InputError(
            "an unshared embedding needs one theta for each input",
            expected=f"a sequence ({', '.join(wanted)}) of (M, n) arrays",
            received=f"{type(theta).__name__} of length {len(given)}",
        )
    return given


def _matrix(name: str, value: ArrayLike, order: int) -> FloatArray:
    try:
        matrix = np.asarray(value)
    except ValueError:
        matrix = np.empty(0, dtype=object)
    if matrix.dtype.kind not in "fiu" or matrix.ndim != 2 or matrix.shape[1] != order or not len(matrix):
        raise InputError(
            f"{name} is not a set of weights",
            expected=f"real numbers of shape (M, {order}), one row a neuron",
            received=f"{matrix.dtype} of shape {matrix.shape}",
        )
    matrix = matrix.astype(np.float64, copy=False)
    if not np.isfinite(matrix).all():
        neuron, element = np.argwhere(~np.isfinite(matrix))[0]
        raise InputError(
            f"{name} holds a weight that is not finite",
            expected="finite numbers",
            received=f"{matrix[neuron, element]} at neuron {neuron}, element {element}",
        )
    return matrix
