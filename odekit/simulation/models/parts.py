"""Gradient flow of weights that come as several arrays."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from odekit.arrays import FloatArray
from odekit.simulation.training import integrate

__all__ = ["follow_parts"]


def follow_parts(
    velocity: Callable[[list[FloatArray]], Sequence[FloatArray]],
    start: Sequence[FloatArray],
    times: FloatArray,
    rtol: float = 1e-10,
) -> list[FloatArray]:
    """Follow ``w' = velocity(w)``, w several arrays.

    Parameters
    ----------
    velocity: takes the arrays and returns theirs, of the same shapes.
    start: float64 arrays of any shapes.
    times: (T,) float64, increasing; the weights are those at ``times[0]``.
    rtol: relative tolerance of a step; absolute below the start's root mean square.

    Returns
    -------
    list of (T, ...) float64, one for each array.
    """
    shapes = [part.shape for part in start]
    cuts = np.cumsum([0, *(part.size for part in start)])

    def parts(flat: FloatArray) -> list[FloatArray]:
        return [
            flat[..., a:b].reshape(*flat.shape[:-1], *shape)
            for (a, b), shape in zip(pairwise(cuts), shapes, strict=True)
        ]

    def slope(flat: FloatArray) -> FloatArray:
        return np.concatenate([part.ravel() for part in velocity(parts(flat))])

    whole = np.concatenate([part.ravel() for part in start])
    return parts(integrate(slope, whole, times, rtol, lambda done: None))
