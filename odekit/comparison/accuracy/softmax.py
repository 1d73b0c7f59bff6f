"""What the reduction neglects: the full gradient against the one with the softmax replaced by 1/n."""

from collections.abc import Iterator

import numpy as np

from odekit.arrays import FloatArray
from odekit.comparison.measures import lengths_by_mode
from odekit.groups import mean_mode, to_modes
from odekit.simulation import LossGradient, Run

__all__ = ["measure_departure", "neglected_gradients"]


def neglected_gradients(run: Run) -> Iterator[dict[str, FloatArray]]:
    """g_full - g_uniform at every snapshot, (M, n) by weight group.

    Nothing is neglected of a run that was trained at uniform softmax: zeros. Where the loss overflows the
    difference isn't finite.
    """
    if run.meta.get("softmax") == "uniform":
        yield from (
            {name: np.zeros_like(w[index]) for name, w in run.weights.items()} for index in range(len(run))
        )
        return
    gradient = LossGradient(run.network)
    for index in range(len(run)):
        theta, xi = run.snapshot(index)
        with np.errstate(all="ignore"):
            _, full_theta, full_xi = gradient(theta, xi)
            uniform = _listed(*gradient.uniform(theta, xi))
            pairs = zip(_listed(full_theta, full_xi), uniform, strict=True)
            differences = [full - at_uniform for full, at_uniform in pairs]
        yield dict(zip(run.weights, differences, strict=True))


def measure_departure(run: Run) -> FloatArray:
    """Length of g_full - g_uniform by mode at every snapshot, in the metric of the flow.

    Each weight group's part is multiplied by the square root of its rate: a velocity is the gradient times
    the rate, and the metric divides squared lengths by the rate.

    Returns
    -------
    neglected: (T, M, n_modes + 1), the mean last; infinite where the loss overflows.
    """
    scale = {name: np.sqrt(rate) for name, rate in run.network.rates.items()}
    with np.errstate(all="ignore"):
        neglected = [
            _by_mode(run, {name: scale[name] * part for name, part in difference.items()})
            for difference in neglected_gradients(run)
        ]
    return np.nan_to_num(neglected, nan=np.inf, posinf=np.inf)


def _listed(theta: FloatArray | tuple[FloatArray, ...], xi: FloatArray) -> tuple[FloatArray, ...]:
    return (*(theta if isinstance(theta, tuple) else (theta,)), xi)


def _by_mode(run: Run, moved: dict[str, FloatArray]) -> FloatArray:
    group = run.network.finite_group
    amplitudes = {name: to_modes(values, group) for name, values in moved.items()}
    means = {name: mean_mode(values) for name, values in moved.items()}
    return lengths_by_mode(group, amplitudes, means)
