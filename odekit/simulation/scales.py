"""The second stage: directions frozen, the scales of the neurons' outputs optimised.

The logits logit_scale sum_m s_m xi_m act(z_m) are linear in the scales s: the loss is convex in them.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from odekit.arrays import FloatArray, IntArray
from odekit.errors import InputError, UnknownNameError, shown
from odekit.networks import Network
from odekit.simulation.gradient import LossGradient, blas_threads, softmax_residual
from odekit.simulation.progress import progress_bar
from odekit.simulation.training import checked_times, even_times, integrate, kept_steps, refuse, tolerance
from odekit.simulation.training import learning_rate as checked_rate
from odekit.simulation.weights import Embedding, stack_mapping, unstack

__all__ = ["ScaleRun", "scale_loss", "train_scales"]

ScaleLoss = Callable[[FloatArray], tuple[float, FloatArray]]


@dataclass(frozen=True, eq=False, repr=False)
class ScaleRun:
    """Scales over time, on frozen directions. All arrays are read-only.

    Parameters
    ----------
    t: (T,) float64, time of the gradient flow of the network's loss in its scales.
    scales: (T, 1) float64 where all neurons share one, else (T, M).
    loss, accuracy: (T,) float64.
    network: whose loss it is.
    directions: by name, ``theta`` (or ``theta1``, ...) and ``xi``, each (M, n) float64.
    steps: (T,) int, number of optimiser steps, or None for a flow.
    meta: optimiser, tied, and what belongs to the method.
    """

    t: FloatArray
    scales: FloatArray
    loss: FloatArray
    accuracy: FloatArray
    network: Network
    directions: Mapping[str, FloatArray]
    steps: IntArray | None
    meta: Mapping[str, Any]

    def __len__(self) -> int:
        return len(self.t)

    def __repr__(self) -> str:
        kind = "one scale" if self.is_tied else f"{self.scales.shape[1]} scales"
        name = self.network.finite_group.name
        return f"ScaleRun({name}, {kind}, {len(self)} snapshots, loss {self.loss[-1]:.4g})"

    @property
    def is_tied(self) -> bool:
        """Whether all neurons share one scale."""
        return bool(self.meta["tied"])

    def snapshot(self, index: int) -> tuple[Embedding, FloatArray]:
        """Theta and xi with the scales of ``t[index]`` in xi, as `loss_and_gradient` takes them."""
        theta, xi = unstack(stack_mapping(self.network, self.directions))
        return theta, self.scales[index][:, None] * xi


def train_scales(
    network: Network,
    weights: Mapping[str, ArrayLike],
    *,
    tied: bool = False,
    start: float | ArrayLike = 1.0,
    method: str = "flow",
    t_end: float | None = None,
    times: Sequence[float] | FloatArray | None = None,
    learning_rate: float | None = None,
    steps: int | None = None,
    snapshots: int | Sequence[int] = 51,
    rtol: float = 1e-8,
    progress: bool = False,
) -> ScaleRun:
    """Optimise the scales of frozen directions on the full loss: ds/dt = -dL/ds.

    f[h] = logit_scale sum_m s_m xi_m[h] act(sum_i theta_i,m[x_i]), with s_m the same for all m if tied.

    Parameters
    ----------
    network: of a definite order; its constraint and rates play no part here.
    weights: the directions by name (``theta`` or ``theta1``, ..., and ``xi``), each (M, n).
    tied: whether one scale serves all neurons; its derivative is then the sum over neurons. Tied positive
        scales change the loss and leave the accuracy as it is. Free scales move about M times slower.
    start: scales at the start, one number or, if not tied, (M,).
    method: ``"flow"`` or ``"sgd"``, full-batch gradient descent.
    t_end, times: flow: last time, or times of the snapshots; one of them is required.
    learning_rate, steps: descent: both are required; t is steps times learning_rate.
    snapshots: number of snapshots, evenly spaced; for descent also the steps at which to keep one.
    rtol: flow: relative tolerance, 1e-13 to 1e-2.
    progress: whether to show a progress bar.

    Raises
    ------
    InputError: weights that don't fit the network, scales that don't fit the neurons or are not finite, a
        value outside its range, an option of the other method, or a descent that diverges.
    UnknownNameError: an unknown method.

    Examples
    --------
    >>> wave = np.cos(2 * np.pi * np.arange(5) / 5)[None]
    >>> run = train_scales(Network("Z5"), {"theta": wave, "xi": wave}, tied=True, t_end=50.0, snapshots=3)
    >>> run.scales.shape, bool(run.loss[-1] < run.loss[0])
    ((3, 1), True)

    Source: the second stage of arXiv 2606.02993, which trains directions on spheres first.
    """
    directions = stack_mapping(network, weights)
    loss = scale_loss(network, directions, tied)
    scales = _start(start, 1 if tied else directions.shape[2])
    if method not in ("flow", "sgd"):
        raise UnknownNameError("method", str(method), ("flow", "sgd"))
    with blas_threads(network), progress_bar("scales", 1.0, progress) as advance:
        if method == "flow":
            refuse("flow", learning_rate=learning_rate, steps=steps)
            rtol = tolerance(rtol)
            t, kept = _times(t_end, times, snapshots), None
            path = integrate(lambda s: -loss(s)[1], scales, t, rtol, advance)
            meta: dict[str, Any] = {"optimiser": "gradient flow", "rtol": rtol}
        else:
            refuse("sgd", t_end=t_end, times=times)
            rate, kept = checked_rate(learning_rate), kept_steps(steps, snapshots)
            t, path = rate * kept.astype(np.float64), _descend(loss, scales, rate, kept, advance)
            meta = {"optimiser": "SGD", "learning_rate": rate}
    return _run(network, directions, loss, t, path, kept, {**meta, "tied": tied})


def scale_loss(network: Network, directions: FloatArray, tied: bool) -> ScaleLoss:
    """The loss and its gradient as a function of the scales, (1,) if tied, else (M,).

    Parameters
    ----------
    directions: (e + 1, n, M) float64, the stack at which every scale is 1.
    """
    layers, outputs = LossGradient(network), network.logit_scale * directions[-1]
    fixed = [(block, outputs @ hidden.T) for block, hidden in layers.hidden(directions)] if tied else []

    def shared_scale(scales: FloatArray) -> tuple[float, FloatArray]:
        loss = slope = 0.0
        for block, logits in fixed:
            part, residual = softmax_residual(block, scales[0] * logits)
            loss, slope = loss + part, slope + float(np.vdot(residual, logits))
        return float(loss), np.array([slope])

    def own_scales(scales: FloatArray) -> tuple[float, FloatArray]:
        loss, slope = 0.0, np.zeros_like(scales)
        for block, hidden in layers.hidden(directions):
            part, residual = softmax_residual(block, (scales * outputs) @ hidden.T)
            loss += part
            slope += np.einsum("hm,hm->m", residual @ hidden, outputs)
        return float(loss), slope

    return shared_scale if tied else own_scales


def _start(start: float | ArrayLike, count: int) -> FloatArray:
    try:
        scales = np.asarray(start, dtype=np.float64)
    except (TypeError, ValueError):
        scales = np.full(0, math.nan)
    if scales.shape not in ((), (count,)) or not np.isfinite(scales).all():
        raise InputError(
            "start is not a set of scales",
            expected="one finite number" + (f", or an array of shape ({count},)" if count > 1 else ""),
            received=shown(start),
        )
    return np.array(np.broadcast_to(scales, (count,)))


def _times(
    t_end: float | None, times: Sequence[float] | FloatArray | None, snapshots: int | Sequence[int]
) -> FloatArray:
    if (t_end is None) == (times is None):
        raise InputError("the flow of the scales needs an end", expected="t_end or times, one of them")
    return checked_times(times) if times is not None else even_times(t_end or 0.0, snapshots)


def _descend(
    loss: ScaleLoss, start: FloatArray, rate: float, kept: IntArray, advance: Callable[[float], None]
) -> FloatArray:
    scales, path = start.copy(), np.empty((len(kept), len(start)))
    for index, count in enumerate(np.diff(kept, prepend=0)):
        for _ in range(count):
            with np.errstate(all="ignore"):
                scales -= rate * loss(scales)[1]
        if not np.isfinite(scales).all():
            raise InputError(
                f"descent has diverged by step {kept[index]}",
                received=f"learning rate {rate:g}",
                hint="a smaller learning rate",
            )
        path[index] = scales
        advance(float(kept[index] / max(kept[-1], 1)))
    return path


def _run(
    network: Network,
    directions: FloatArray,
    loss: ScaleLoss,
    t: FloatArray,
    path: FloatArray,
    steps: IntArray | None,
    meta: Mapping[str, Any],
) -> ScaleRun:
    theta, xi = unstack(directions)
    layers = LossGradient(network)
    embeddings = theta if isinstance(theta, tuple) else (theta,)
    arrays = {
        "t": t,
        "scales": path,
        "loss": np.array([loss(scales)[0] for scales in path]),
        "accuracy": np.array([layers.accuracy(theta, scales[:, None] * xi) for scales in path]),
    }
    held = dict(zip((*network.embeddings, "xi"), (*embeddings, xi), strict=True))
    for array in (*arrays.values(), *held.values()):
        array.setflags(write=False)
    return ScaleRun(
        **arrays,
        network=network,
        directions=MappingProxyType(held),
        steps=steps,
        meta=MappingProxyType(dict(meta)),
    )
