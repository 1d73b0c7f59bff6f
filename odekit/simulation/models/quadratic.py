"""Gradient flow of neurons with features ``h + eps h^2/2``, on the squared error of their scaled mean."""

import numpy as np

from odekit.arrays import FloatArray
from odekit.errors import InputError
from odekit.simulation.models.parts import follow_parts

__all__ = ["quadratic_features", "train_quadratic"]


def quadratic_features(weights: FloatArray, inputs: FloatArray, eps: float) -> FloatArray:
    """The mean over neurons of ``h + eps h^2/2``, h = <w, x>, for each input.

    Parameters
    ----------
    weights: (..., neurons, dimension). inputs: (..., samples, dimension).

    Returns
    -------
    (..., samples) float64.
    """
    hidden = weights @ inputs.swapaxes(-1, -2)
    return np.asarray((hidden + eps / 2 * hidden**2).mean(axis=-2))


def train_quadratic(
    weights: FloatArray,
    inputs: FloatArray,
    labels: FloatArray,
    times: FloatArray,
    *,
    alpha: float,
    eps: float,
    centred: bool = False,
    rtol: float = 1e-10,
) -> FloatArray:
    """Follow ``w_i' = alpha E[(y - f(x)) (1 + eps h_i) x]``, with ``f = alpha (mean of h + eps h^2/2)``.

    That is N times minus the gradient of ``E (y - f)^2 / 2``, N the number of neurons.

    Parameters
    ----------
    weights: (..., neurons, dimension) float64, of one network or of several.
    inputs: (..., samples, dimension) float64. labels: (..., samples) float64.
    times: (T,) float64, increasing; the weights are those at ``times[0]``.
    alpha: of the output.
    eps: of the quadratic part of a feature.
    centred: whether the output at the start is taken off.
    rtol: relative tolerance of a step; absolute below the start's root mean square.

    Returns
    -------
    (T, ..., neurons, dimension) float64.

    Raises
    ------
    InputError: inputs of another dimension than the weights', or another number of labels.

    Source: the two-layer network of arXiv 2310.06110 (abstract; features as in code based on it).
    """
    if (*labels.shape, weights.shape[-1]) != inputs.shape or labels.shape[:-1] != weights.shape[:-2]:
        raise InputError(
            "the data don't fit the weights",
            expected=f"samples of dimension {weights.shape[-1]}, and a label for each",
            received=f"inputs {inputs.shape}, labels {labels.shape}",
        )
    wanted = labels + alpha * quadratic_features(weights, inputs, eps) if centred else labels
    (found,) = follow_parts(
        lambda parts: [_velocity(parts[0], inputs, wanted, alpha, eps)], [weights], times, rtol
    )
    return found


def _velocity(
    weights: FloatArray, inputs: FloatArray, labels: FloatArray, alpha: float, eps: float
) -> FloatArray:
    hidden = weights @ inputs.swapaxes(-1, -2)
    rest = labels - alpha * (hidden + eps / 2 * hidden**2).mean(axis=-2)
    return np.asarray(alpha * (rest[..., None, :] * (1 + eps * hidden)) @ inputs / labels.shape[-1])
