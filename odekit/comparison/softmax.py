"""What the reduction neglects: the full gradient against the one with the softmax replaced by 1/n.

What enters is a run; what leaves are lengths by mode, measured in weight space with the network's own loss,
so that they owe nothing to any derivation. Nothing here knows the reduced ODE.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from odekit.comparison.modes import lengths_by_mode
from odekit.groups import mean_mode, mode_basis, to_modes
from odekit.simulation import LossGradient, Run

__all__ = ["measure_departure"]

FloatArray = NDArray[np.float64]


def measure_departure(run: Run) -> FloatArray:
    """Length of g_full - g_uniform by mode at every snapshot, in the metric of the flow.

    Each weight group's part is multiplied by the square root of its rate: a velocity is the gradient times
    the rate, and the metric divides squared lengths by the rate.

    Returns
    -------
    neglected: (T, M, n_modes + 1), the mean last; infinite where the loss overflows, and 0 for a run that was
        trained at uniform softmax.
    """
    if run.meta.get("softmax") == "uniform":
        return np.zeros((len(run), run.network.neurons, len(mode_basis(run.network.finite_group)) + 1))
    gradient = LossGradient(run.network)
    scale = {name: np.sqrt(rate) for name, rate in run.network.rates.items()}
    neglected = []
    with np.errstate(all="ignore"):
        for index in range(len(run)):
            theta, xi = run.snapshot(index)
            _, full_theta, full_xi = gradient(theta, xi)
            full = _by_name(run, full_theta, full_xi)
            uniform = _by_name(run, *gradient.uniform(theta, xi))
            moved = {name: scale[name] * (full[name] - uniform[name]) for name in full}
            neglected.append(_by_mode(run, moved))
    return np.nan_to_num(neglected, nan=np.inf, posinf=np.inf)


def _by_name(run: Run, theta: FloatArray | tuple[FloatArray, ...], xi: FloatArray) -> dict[str, FloatArray]:
    embeddings = theta if isinstance(theta, tuple) else (theta,)
    return dict(zip(run.weights, (*embeddings, xi), strict=True))


def _by_mode(run: Run, moved: dict[str, FloatArray]) -> FloatArray:
    group = run.network.finite_group
    amplitudes = {name: to_modes(values, group) for name, values in moved.items()}
    means = {name: mean_mode(values) for name, values in moved.items()}
    return lengths_by_mode(group, amplitudes, means)
