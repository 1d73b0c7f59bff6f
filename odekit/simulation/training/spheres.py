"""Unit spheres in weight space: which weights share one, the projection on its tangents, and the way back."""

from typing import Any

import numpy as np

from odekit.arrays import FloatArray
from odekit.errors import InputError
from odekit.networks import Network
from odekit.simulation.runs import Run
from odekit.simulation.weights import names, stack_mapping

__all__ = ["check_run", "check_unit", "normalise", "parts", "project"]

Parts = tuple[slice, ...]
# Room for weights that were stored in float32.
TOLERANCE = 1e-5


def parts(network: Network) -> Parts:
    """Planes of the stack that share a sphere, one slice for each sphere of a neuron; none if free.

    Raises
    ------
    InputError: embeddings on one sphere that move at different rates, which would leave it.
    """
    planes = len(network.embeddings)
    if network.constraint == "none":
        return ()
    if network.constraint == "sphere":
        return tuple(slice(plane, plane + 1) for plane in range(planes + 1))
    if len({network.rates[name] for name in network.embeddings}) > 1:
        raise InputError(
            "embeddings on a joint sphere move at one rate",
            expected=f"the same rate for {', '.join(network.embeddings)}",
            received=f"{dict(network.rates)}",
            hint="constraint='sphere'",
        )
    return slice(0, planes), slice(planes, planes + 1)


def normalise(spheres: Parts, weights: FloatArray) -> None:
    """Bring every neuron back to its spheres, in place, along the radius."""
    for part in spheres:
        inside = weights[..., part, :, :]
        inside /= np.sqrt(_dot(inside, inside))


def project(spheres: Parts, weights: FloatArray, vectors: FloatArray) -> None:
    """Make vectors at the weights tangent, in place: v <- v - w (w.v)/(w.w) on each sphere.

    It is tangent at any radius, so that a flow along it conserves the radius exactly.
    """
    for part in spheres:
        inside, moved = weights[..., part, :, :], vectors[..., part, :, :]
        moved -= inside * (_dot(inside, moved) / _dot(inside, inside))


def check_unit(network: Network, weights: FloatArray) -> FloatArray:
    """A start (e + 1, n, M) on its spheres, normalised to rounding.

    Raises
    ------
    InputError: a row that is zero, or whose norm is off 1 by more than 1e-5 (room for float32).
    """
    spheres = parts(network)
    for part in spheres:
        norms = np.sqrt(_dot(weights[part], weights[part]))[0, 0]
        wrong = np.abs(norms - 1) > TOLERANCE
        if wrong.any():
            raise _not_unit(network, part, int(np.argmax(wrong)), norms)
    unit = weights.copy()
    normalise(spheres, unit)
    return unit


def check_run(run: Run) -> None:
    """Refuse a run under a constraint that leaves its spheres at some snapshot.

    Raises
    ------
    InputError: a row that is zero, or whose norm is off 1, with the snapshot.
    """
    for index in range(len(run)):
        stacked = stack_mapping(run.network, {name: values[index] for name, values in run.weights.items()})
        try:
            check_unit(run.network, stacked)
        except InputError as error:
            raise InputError(f"snapshot {index} is not on its spheres: {error}") from None


def _dot(first: FloatArray, second: FloatArray) -> FloatArray:
    """Inner product over planes and elements, (..., 1, 1, M)."""
    product: Any = np.einsum("...pnm,...pnm->...m", first, second)
    return np.asarray(product)[..., None, None, :]


def _not_unit(network: Network, part: slice, row: int, norms: FloatArray) -> InputError:
    name = " and ".join(names(network)[part])
    what = "is zero and has no direction" if norms[row] == 0 else "is not on its unit sphere"
    together = " together" if part.stop - part.start > 1 else ""
    return InputError(
        f"row {row} of {name}{together} {what}",
        expected=f"rows of norm 1 under constraint {network.constraint!r}",
        received=f"norm {norms[row]:.6g}",
        hint="" if norms[row] == 0 else "divide each row by its norm",
    )
