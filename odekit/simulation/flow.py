"""Gradient flow of the full loss, dw/dt = -rate grad L, with an estimate of its own error.

What enters is a network, a stack of weights and times; what leaves are the stacks at those times. Adaptive
Runge-Kutta of order 8 with dense output of order 7, for smooth activations. This module must not know how
a start is drawn.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import DOP853

from odekit.errors import InputError
from odekit.networks import Network
from odekit.simulation.gradient import LossGradient
from odekit.simulation.weights import rates

__all__ = ["gradient_flow", "time_scale"]

FloatArray = NDArray[np.float64]
LOOSER = 10.0
MAX_EVALUATIONS = 100_000


def gradient_flow(
    network: Network,
    start: FloatArray,
    times: FloatArray,
    rtol: float = 1e-8,
    estimate_error: bool = True,
    advance: Callable[[float], None] = lambda done: None,
) -> tuple[FloatArray, FloatArray | None]:
    """Integrate the unconstrained flow, and once more at a tolerance ten times looser.

    Parameters
    ----------
    network: without constraint.
    start: (e + 1, n, M) float64, the stack at ``times[0]``.
    times: (T,) float64, increasing.
    rtol: relative tolerance of a step; absolute below the start's root mean square.
    estimate_error: whether to integrate again.
    advance: called with the share done, in [0, 1].

    Returns
    -------
    snapshots: (T, e + 1, n, M) float64.
    integrator_error: (T,) float64, the largest over neurons of |w - w_looser| / |w|, which bounds the error
        of ``snapshots`` as long as the error falls with the tolerance; None if not asked for.

    Raises
    ------
    InputError: the gradient is not finite, or the step size fell to rounding, before the last time.
    InputError: it took more than 100,000 gradients, as it does where a kinked activation (relu, abs) pins
        the flow to its kinks; descent passes them.
    """
    slope = _negative_gradient(network, start.shape)
    if not estimate_error:
        return _integrate(slope, start, times, rtol, advance), None
    snapshots = _integrate(slope, start, times, rtol, lambda done: advance(done / 2))
    looser = _integrate(slope, start, times, LOOSER * rtol, lambda done: advance((1 + done) / 2))
    return snapshots, _largest_difference(snapshots, looser)


def time_scale(network: Network, start: FloatArray) -> float:
    """Least over neurons of |w| / |dw/dt| at the start, in the flow's time.

    At uniform softmax an aligned quadratic neuron of equal magnitudes blows up at .985 of its own.

    Raises
    ------
    InputError: no neuron moves.
    """
    velocity = rates(network) * LossGradient(network).evaluate_uniform(start)
    speed = np.sqrt((velocity**2).sum(axis=(0, 1)))
    size = np.sqrt((start**2).sum(axis=(0, 1)))
    moving = speed > 0
    if not moving.any():
        raise InputError("no neuron moves from this start", hint="other weights, or t_end")
    return float((size[moving] / speed[moving]).min())


def _negative_gradient(network: Network, shape: tuple[int, ...]) -> Callable[[float, FloatArray], FloatArray]:
    gradient, factors = LossGradient(network), -rates(network)

    def slope(t: float, flat: FloatArray) -> FloatArray:
        velocity: FloatArray = gradient.evaluate(flat.reshape(shape))[1]
        velocity *= factors
        return velocity.ravel()

    return slope


def _integrate(
    slope: Callable[[float, FloatArray], FloatArray],
    start: FloatArray,
    times: FloatArray,
    rtol: float,
    advance: Callable[[float], None],
) -> FloatArray:
    snapshots = np.empty((len(times), start.size))
    snapshots[0] = start.ravel()
    scale = float(np.sqrt(np.mean(start**2))) or 1.0
    with np.errstate(all="ignore"):
        solver = DOP853(slope, times[0], start.ravel(), times[-1], rtol=rtol, atol=rtol * scale)
    if not (np.isfinite(solver.f).all() and np.isfinite(solver.h_abs)):
        raise _lost(solver)
    filled = 1
    while filled < len(times):
        _step(solver)
        passed = int(np.searchsorted(times, solver.t, side="right"))
        if passed > filled:
            snapshots[filled:passed] = solver.dense_output()(times[filled:passed]).T
            filled = passed
        advance(float((solver.t - times[0]) / (times[-1] - times[0])))
    return snapshots.reshape(len(times), *start.shape)


def _step(solver: DOP853[np.float64]) -> None:
    with np.errstate(all="ignore"):
        solver.step()
    if solver.status == "failed" or not np.isfinite(solver.y).all():
        raise _lost(solver)
    if solver.nfev > MAX_EVALUATIONS:
        raise InputError(
            f"the gradient flow has come no further than t = {solver.t:.6g}",
            expected=f"at most {MAX_EVALUATIONS:,} gradients",
            received="a flow that is stiff there, or that slides along an activation's kinks",
            hint="descent instead (method sgd with a learning rate), a looser rtol, or an earlier t_end",
        )


def _lost(solver: DOP853[np.float64]) -> InputError:
    return InputError(
        f"the gradient flow can't be followed beyond t = {solver.t:.6g}",
        expected="a finite gradient and a step size above rounding",
        hint="an earlier t_end, or smaller weights",
    )


def _largest_difference(snapshots: FloatArray, looser: FloatArray) -> FloatArray:
    gap = np.sqrt(((snapshots - looser) ** 2).sum(axis=(1, 2)))
    size = np.sqrt((snapshots**2).sum(axis=(1, 2)))
    relative: FloatArray = np.divide(gap, size, out=np.zeros_like(gap), where=size > 0)
    return np.asarray(relative.max(axis=1))
