"""Gradient flow of a deep linear network in all of its weights, on the loss ``|S - W_L ... W_1|^2 / 2``."""

from collections.abc import Sequence
from functools import reduce
from itertools import pairwise

import numpy as np

from odekit.arrays import FloatArray
from odekit.errors import InputError
from odekit.simulation.models.parts import follow_parts

__all__ = ["end_to_end", "train_linear"]


def train_linear(
    weights: Sequence[FloatArray], target: FloatArray, times: FloatArray, rtol: float = 1e-10
) -> list[FloatArray]:
    """Follow ``W_l' = (W_L ... W_(l+1))^T (S - W_L ... W_1) (W_(l-1) ... W_1)^T``.

    Parameters
    ----------
    weights: W_1, ..., W_L, each (outputs of the layer, inputs of the layer) float64.
    target: S, (outputs, inputs) float64.
    times: (T,) float64, increasing; the weights are those at ``times[0]``.
    rtol: relative tolerance of a step; absolute below the start's root mean square.

    Returns
    -------
    list of (T, outputs, inputs) float64, one for each layer.

    Raises
    ------
    InputError: matrices that can't be multiplied, or whose product hasn't the target's shape.

    Source: arXiv 1312.6120, equations of the weights in the limit of a small learning rate.
    """
    shapes = [matrix.shape for matrix in weights]
    widths = [target.shape[1], *(shape[0] for shape in shapes)]
    if [(after, before) for before, after in pairwise(widths)] != shapes or (widths[-1] != target.shape[0]):
        raise InputError(
            "the layers don't fit together",
            expected=f"matrices whose product has shape {target.shape}",
            received=", ".join(map(str, shapes)),
        )
    return follow_parts(lambda layers: _velocity(layers, target), weights, times, rtol)


def end_to_end(weights: Sequence[FloatArray]) -> FloatArray:
    """The product W_L ... W_1, over any leading axes."""
    return reduce(lambda product, matrix: matrix @ product, weights)


def _velocity(weights: Sequence[FloatArray], target: FloatArray) -> list[FloatArray]:
    below = [np.eye(target.shape[1])]
    for matrix in weights:
        below.append(matrix @ below[-1])
    back = target - below[-1]
    velocity = []
    for matrix, before in zip(weights[::-1], below[-2::-1], strict=True):
        velocity.append(back @ before.T)
        back = matrix.T @ back
    return velocity[::-1]
