"""Train the full network: by gradient flow or by descent, from a seed or from given weights.

What enters is a network and how to train it; what leaves is a `Run`. This module must not know anything
that was derived about the network.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from odekit.errors import InputError, UnknownNameError
from odekit.networks import Network
from odekit.simulation.descent import gradient_descent
from odekit.simulation.flow import gradient_flow, time_scale
from odekit.simulation.gradient import LossGradient
from odekit.simulation.initial import initial_weights
from odekit.simulation.progress import progress_bar
from odekit.simulation.run import Run
from odekit.simulation.threads import blas_threads
from odekit.simulation.weights import stack_mapping, unstack_mapping

__all__ = ["METHODS", "simulate"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

METHODS = ("flow", "sgd")


def simulate(
    network: Network,
    *,
    seed: int = 0,
    init: str = "iid",
    scale: float = 0.02,
    weights: Mapping[str, ArrayLike] | None = None,
    method: str = "flow",
    t_end: float | None = None,
    times: Sequence[float] | FloatArray | None = None,
    learning_rate: float | None = None,
    steps: int | None = None,
    snapshots: int | Sequence[int] = 51,
    rtol: float = 1e-8,
    estimate_error: bool = True,
    progress: bool = False,
) -> Run:
    """Train a network on all tuples of inputs.

    Parameters
    ----------
    network: of a definite order and without constraint.
    seed: of all randomness, a non-negative int.
    init, scale: how the start is drawn, see `initial_weights`.
    weights: a start instead, by name (``theta`` or ``theta1``, ``theta2``, ..., and ``xi``), each (M, n).
    method: ``"flow"``, gradient flow, for smooth activations; ``"sgd"``, full-batch gradient descent, also
        for those with kinks (relu, abs), on which an adaptive flow stalls.
    t_end: flow: last time; by default the least over neurons of |w| / |dw/dt| at the start, which is of the
        order of the first blow-up of quadratic neurons.
    times: flow: times of the snapshots, increasing, instead of ``t_end``; the start at t = 0 is always kept.
    learning_rate, steps: descent: both are required; t is steps times learning_rate.
    snapshots: number of snapshots, evenly spaced; for descent also the steps at which to keep one.
    rtol: flow: relative tolerance, 1e-13 to 1e-2.
    estimate_error: flow: whether to integrate again at a looser tolerance for ``integrator_error``.
    progress: whether to show a progress bar.

    Returns
    -------
    run: its records hold ``loss`` and ``acc`` at each snapshot and, for the flow, ``integrator_error``.

    Raises
    ------
    InputError: a value outside these ranges, weights that don't fit the network, an option of the other
        method, a constraint, or a training that leaves the finite numbers.
    UnknownNameError: an unknown method or initialisation.

    Examples
    --------
    >>> run = simulate(Network("Z5", neurons=4), seed=1, scale=0.1, t_end=2.0, snapshots=3)
    >>> run.t.tolist(), run.weights["theta"].shape
    ([0.0, 1.0, 2.0], (3, 4, 5))
    """
    _check_method(network, method)
    start, drawn = _start(network, seed, init, scale, weights)
    if method == "flow":
        _refuse("flow", learning_rate=learning_rate, steps=steps)
        _check_range("rtol", rtol, 1e-13, 1e-2)
        flow_times = _flow_times(network, start, t_end, times, snapshots)
        with blas_threads(network), progress_bar("gradient flow", 1.0, progress) as advance:
            stacks, error = gradient_flow(network, start, flow_times, rtol, estimate_error, advance)
        meta = {"optimiser": "gradient flow", "rtol": rtol, **drawn}
        return _run(network, flow_times, stacks, meta, error=error)
    _refuse("sgd", t_end=t_end, times=times)
    rate, kept = _learning_rate(learning_rate), _kept_steps(steps, snapshots)
    with blas_threads(network), progress_bar("gradient descent", 1.0, progress) as advance:
        stacks = gradient_descent(network, start, rate, kept, advance)
    meta = {"optimiser": "SGD", "learning_rate": rate, **drawn}
    return _run(network, rate * kept.astype(np.float64), stacks, meta, steps=kept)


def _check_method(network: Network, method: str) -> None:
    if method not in METHODS:
        raise UnknownNameError("method", str(method), METHODS)
    if network.constraint != "none":
        raise InputError(
            "training under a constraint is not available here",
            expected="constraint 'none'",
            received=f"constraint {network.constraint!r}",
            hint="a run trained elsewhere, which load_run reads",
        )


def _start(
    network: Network, seed: int, init: str, scale: float, weights: Mapping[str, ArrayLike] | None
) -> tuple[FloatArray, dict[str, Any]]:
    """The first stack, and what the run's meta says about it."""
    if weights is None:
        generator = np.random.default_rng(_seed(seed))
        drawn = {"seed": int(seed), "init": init, "init_scale": float(scale)}
        return initial_weights(network, init, scale, generator), drawn
    start = stack_mapping(network, weights)
    if start.shape[2] != network.neurons:
        raise InputError(
            "the given weights don't fit the network",
            expected=f"{network.neurons} neurons",
            received=f"{start.shape[2]}",
        )
    return start, {"seed": None, "init": "given", "init_scale": None}


def _seed(seed: int) -> int:
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise InputError("the seed must be a non-negative integer", received=repr(seed))
    return int(seed)


def _flow_times(
    network: Network,
    start: FloatArray,
    t_end: float | None,
    times: Sequence[float] | FloatArray | None,
    snapshots: int | Sequence[int],
) -> FloatArray:
    if times is None:
        end = time_scale(network, start) if t_end is None else t_end
        _check_range("t_end", end, math.ulp(0.0), 1e300)
        return np.linspace(0.0, end, _count(snapshots))
    if t_end is not None:
        raise InputError("both t_end and times are given", expected="one of them")
    wanted = np.asarray(times)
    if wanted.dtype.kind not in "fiu" or wanted.ndim != 1 or not np.isfinite(wanted).all():
        raise InputError("times is not a list of finite numbers", received=repr(times))
    wanted = wanted.astype(np.float64)
    if not len(wanted) or wanted[0] != 0:
        wanted = np.concatenate([[0.0], wanted])
    if len(wanted) < 2 or not (np.diff(wanted) > 0).all():
        raise InputError("times must increase from 0", received=repr(times))
    return wanted


def _count(snapshots: int | Sequence[int]) -> int:
    if isinstance(snapshots, bool) or not isinstance(snapshots, int) or snapshots < 2:
        raise InputError(
            "the number of snapshots must be at least 2", received=repr(snapshots), hint="times=[...]"
        )
    return snapshots


def _kept_steps(steps: int | None, snapshots: int | Sequence[int]) -> IntArray:
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
        raise InputError("descent needs a number of steps", expected="an int from 1", received=repr(steps))
    if isinstance(snapshots, int):
        return np.unique(np.linspace(0, steps, _count(snapshots)).round().astype(np.int64))
    kept = np.asarray(snapshots)
    if kept.dtype.kind not in "iu" or kept.ndim != 1 or not ((kept >= 0) & (kept <= steps)).all():
        raise InputError(
            "snapshots must be steps of the descent",
            expected=f"integers from 0 to {steps}",
            received=repr(snapshots),
        )
    return np.unique(np.concatenate([[0], kept.astype(np.int64)]))


def _learning_rate(learning_rate: float | None) -> float:
    if learning_rate is None:
        raise InputError("descent needs a learning rate", hint="learning_rate=0.1")
    _check_range("learning_rate", learning_rate, math.ulp(0.0), 1e300)
    return float(learning_rate)


def _check_range(name: str, value: float, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        wanted = "positive and finite" if high > 1 else f"between {low:g} and {high:g}"
        raise InputError(f"{name} must be {wanted}", received=repr(value))


def _refuse(method: str, **options: object) -> None:
    if given := [name for name, value in options.items() if value is not None]:
        raise InputError(f"{given[0]} is not an option of method {method!r}", hint=f"without {given[0]}")


def _run(
    network: Network,
    t: FloatArray,
    stacks: FloatArray,
    meta: Mapping[str, Any],
    steps: IntArray | None = None,
    error: FloatArray | None = None,
) -> Run:
    run = Run(t, unstack_mapping(network, stacks), network, steps, {**meta, "frac_train": 1.0})
    gradient = LossGradient(network)
    records = {
        "loss": np.array([gradient.evaluate(stack)[0] for stack in stacks]),
        "acc": np.array([gradient.accuracy(*run.snapshot(index)) for index in range(len(run))]),
    }
    if error is not None:
        records["integrator_error"] = error
    return Run(run.t, run.weights, network, run.steps, run.meta, records)
