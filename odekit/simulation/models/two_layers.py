"""Descent of two-layer linear networks on samples, ``sum (y - v W x)^2 / (2 N)``, in finite steps."""

from collections.abc import Sequence

import numpy as np

from odekit.arrays import FloatArray
from odekit.errors import InputError

__all__ = ["descend_two_layers", "two_layer_outputs"]


def descend_two_layers(
    weights: Sequence[FloatArray],
    inputs: FloatArray,
    targets: FloatArray,
    learning_rate: FloatArray,
    steps: Sequence[int],
) -> list[FloatArray]:
    """Full-batch descent of W and v together, ``w -= learning_rate * gradient``, of several networks at once.

    Parameters
    ----------
    weights: W (networks, hidden, inputs) and v (networks, hidden), float64.
    inputs: (networks, samples, inputs) float64. targets: (networks, samples) float64.
    learning_rate: (networks,) float64, above 0.
    steps: (T,) increasing whole numbers from 0: after how many steps the weights are recorded.

    Returns
    -------
    W (T, networks, hidden, inputs) and v (T, networks, hidden).

    Raises
    ------
    InputError: arrays that don't fit together.
    """
    first, second = (np.array(part) for part in weights)
    networks, hidden, size = first.shape
    shapes = (second.shape, inputs.shape[::2], targets.shape, learning_rate.shape)
    if shapes != ((networks, hidden), (networks, size), inputs.shape[:2], (networks,)):
        raise InputError(
            "weights, samples and learning rates don't fit together",
            expected=f"{networks} networks of {hidden} hidden units on {size} inputs, and so for the rest",
            received=", ".join(map(str, (first.shape, second.shape, inputs.shape, *shapes[2:]))),
        )
    rate = (learning_rate / inputs.shape[1])[:, None]
    kept: list[tuple[FloatArray, FloatArray]] = []
    for step in range(steps[-1] + 1):
        if step == steps[len(kept)]:
            kept.append((first.copy(), second.copy()))
        missing = rate * (targets - two_layer_outputs((first, second), inputs))
        drawn = (missing[:, None] @ inputs)[:, 0]
        first, second = (
            first + second[:, :, None] * drawn[:, None],
            second + (first @ drawn[:, :, None])[:, :, 0],
        )
    return [np.stack(part) for part in zip(*kept, strict=True)]


def two_layer_outputs(weights: Sequence[FloatArray], inputs: FloatArray) -> FloatArray:
    """``v W x``, (..., samples), for W (..., hidden, inputs), v (..., hidden), inputs (..., samples, n)."""
    first, second = weights
    along = (second[..., None, :] @ first)[..., 0, :]
    return np.asarray((inputs @ along[..., None])[..., 0])
