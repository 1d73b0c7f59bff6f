"""What a run records at each of its snapshots, measured on the weights."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from odekit.arrays import BoolArray, FloatArray, IntArray
from odekit.errors import StoppedEarly
from odekit.simulation.gradient import LossGradient, asking
from odekit.simulation.runs import Run
from odekit.simulation.training.integration import State
from odekit.simulation.training.velocity import Velocity
from odekit.simulation.weights import unstack_mapping

__all__ = ["accuracies", "arrivals", "incomplete_run", "recorded_run"]

# Seconds in which what was stopped may still be measured.
SHORTLY = 3.0


def recorded_run(
    velocity: Velocity,
    t: FloatArray,
    stacks: FloatArray,
    meta: Mapping[str, Any],
    steps: IntArray | None = None,
    error: FloatArray | None = None,
    train: BoolArray | None = None,
) -> Run:
    """The run of stacks (T, e + 1, n, M), with loss, accuracy, and what else can be measured on them.

    Parameters
    ----------
    velocity: by which the stacks moved; its loss is the one recorded.
    error: (T,), of the integration.
    train: (n,) * s bool, the tuples that were trained on, where that isn't all of them.
    """
    network = velocity.network
    run = Run(t, unstack_mapping(network, stacks), network, steps, meta)
    records: dict[str, NDArray[Any]] = {
        "loss": np.array([velocity.loss(stack) for stack in stacks]),
        "acc": accuracies(run, LossGradient(network, chosen=train)),
    }
    if train is not None:
        records |= _split_records(run, records, stacks, train)
    if velocity.spheres:
        records["residual"] = np.array([velocity.measure(stack)[1].max() for stack in stacks])
    if error is not None:
        records["integrator_error"] = error
    return Run(run.t, run.weights, run.network, run.steps, run.meta, records)


def arrivals(first: float) -> dict[str, float]:
    """What meta says of the time from which on not every neuron goes on; nothing if that is infinite."""
    return {"first_arrival": first} if np.isfinite(first) else {}


def incomplete_run(
    velocity: Velocity,
    start: FloatArray,
    state: State,
    meta: Mapping[str, Any],
    reason: str,
    train: BoolArray | None = None,
) -> Run:
    """The run of a training that stopped early, as far as it had come, with the reason in its meta.

    Parameters
    ----------
    state: of the phase of a training that keeps the run's snapshots, see `Journal.reached`.

    Returns
    -------
    run: its loss and accuracy are NaN where measuring them would take more than seconds.
    """
    shape, rate = start.shape, meta.get("learning_rate")
    stacks, times = start[None], np.zeros(1)
    if state:
        filled = int(state.get("filled", len(state["snapshots"])))
        stacks, times = state["snapshots"][:filled].reshape(-1, *shape), state["times"][:filled]
        if "y" in state and state["t"] > times[-1]:
            stacks = np.concatenate([stacks, state["y"].reshape(1, *shape)])
            times = np.append(times, state["t"])
        if "converged" in state:
            meta = {**meta, **arrivals(float(state["arrival"][state["converged"]].min(initial=np.inf)))}
    velocity.retract(stacks := stacks.copy())
    steps = None if rate is None else times.astype(np.int64)
    t = times if rate is None else rate * times
    meta = {**meta, "incomplete": reason}
    try:
        with asking(_until(time.monotonic() + SHORTLY)):
            return recorded_run(velocity, t, stacks, meta, steps=steps, train=train)
    except StoppedEarly:
        unknown = np.full(len(t), np.nan)
        records = {"loss": unknown, "acc": unknown}
        return Run(t, unstack_mapping(velocity.network, stacks), velocity.network, steps, meta, records)


def _until(moment: float) -> Callable[[], None]:
    """Raises from a moment on."""

    def ask() -> None:
        if time.monotonic() > moment:
            raise StoppedEarly("what is measured on the weights takes too long")

    return ask


def _split_records(
    run: Run, records: Mapping[str, NDArray[Any]], stacks: FloatArray, train: BoolArray
) -> dict[str, NDArray[Any]]:
    """The same of what was left out, which has at least one tuple."""
    others = LossGradient(run.network, chosen=~train)
    return {
        "train_mask": train,
        "train_loss": records["loss"],
        "train_acc": records["acc"],
        "test_loss": np.array([others.evaluate(stack)[0] for stack in stacks]),
        "test_acc": accuracies(run, others),
    }


def accuracies(run: Run, gradient: LossGradient) -> FloatArray:
    """Accuracy at every snapshot, (T,), over the tuples of inputs that the gradient is of."""
    return np.array([gradient.accuracy(*run.snapshot(index)) for index in range(len(run))])
