"""Gradient flow of three vectors, on the mean over entries of ``(a* b* c* - a b c)^2 / 2``."""

from collections.abc import Collection, Sequence

import numpy as np

from odekit.arrays import FloatArray
from odekit.errors import InputError
from odekit.simulation.models.parts import follow_parts

__all__ = ["train_product"]


def train_product(
    vectors: Sequence[FloatArray],
    targets: Sequence[FloatArray],
    times: FloatArray,
    rtol: float = 1e-10,
    clamped: Collection[int] = (),
) -> list[FloatArray]:
    """Follow ``a' = <R, b c>/N`` and so on, where R is the rest ``a* b* c* - a b c`` of N entries.

    Parameters
    ----------
    vectors: a, b and c, float64, each of any length.
    targets: a*, b* and c*, of the same lengths.
    times: (T,) float64, increasing; the vectors are those at ``times[0]``.
    rtol: relative tolerance of a step; absolute below the start's root mean square.
    clamped: which of 0, 1, 2 are held at their targets.

    Returns
    -------
    list of (T, length) float64, one for each vector.

    Raises
    ------
    InputError: other than three vectors, or lengths that differ from the targets'.

    Source: arXiv 2404.07129, the toy model of its phase change (its published code; abstract).
    """
    shapes, wanted = [vector.shape for vector in vectors], [target.shape for target in targets]
    if len(shapes) != 3 or shapes != wanted or any(len(shape) != 1 for shape in shapes):
        raise InputError(
            "the vectors don't fit their targets",
            expected="three vectors and three targets of the same lengths",
            received=f"{shapes} and {wanted}",
        )
    tensor = np.einsum("i,j,k->ijk", *targets)

    def velocity(free: list[FloatArray]) -> list[FloatArray]:
        return [
            np.zeros_like(part) if place in clamped else part
            for place, part in enumerate(_velocity(free, tensor))
        ]

    start = [targets[place] if place in clamped else vector for place, vector in enumerate(vectors)]
    return follow_parts(velocity, start, times, rtol)


def _velocity(vectors: Sequence[FloatArray], tensor: FloatArray) -> list[FloatArray]:
    a, b, c = vectors
    rest = (tensor - np.einsum("i,j,k->ijk", a, b, c)) / tensor.size
    last = rest @ c
    return [last @ b, a @ last, np.einsum("i,j,ijk->k", a, b, rest)]
