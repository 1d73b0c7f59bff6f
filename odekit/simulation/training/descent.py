"""Descent with a fixed learning rate: one loop, whose step is the optimiser's."""

from collections.abc import Callable

import numpy as np

from odekit.arrays import BoolArray, FloatArray, IntArray
from odekit.errors import InputError
from odekit.networks import Network
from odekit.simulation.training.integration import State, current_journal
from odekit.simulation.training.optimisers import OPTIMISERS
from odekit.simulation.training.velocity import Velocity

__all__ = ["gradient_descent"]


def gradient_descent(
    network: Network,
    start: FloatArray,
    learning_rate: float,
    steps: IntArray,
    advance: Callable[[float], None] = lambda done: None,
    softmax: str = "full",
    *,
    optimiser: str = "sgd",
    weight_decay: float = 0.0,
    chosen: BoolArray | None = None,
) -> FloatArray:
    """Descend with a fixed learning rate.

    Parameters
    ----------
    network: with its constraint and its rates.
    start: (e + 1, n, M) float64, the stack at step 0, on its spheres.
    learning_rate: step in the flow's time, which after k steps is k times it.
    steps: (T,) int, increasing, the first 0: after how many steps to keep the weights.
    advance: called with the share done, in [0, 1].
    softmax: ``"full"`` or ``"uniform"``, see `Velocity`.
    optimiser: ``"sgd"`` or ``"adamw"``, see `Sgd` and `AdamW`.
    weight_decay: decoupled from the gradient.
    chosen: the tuples of inputs that are trained on, see `LossGradient`; by default all.

    Returns
    -------
    snapshots: (T, e + 1, n, M) float64.

    Raises
    ------
    InputError: the weights are no longer finite.

    Source: on spheres this is the training loop behind the figures of arXiv 2606.02993.
    """
    method = OPTIMISERS[optimiser](Velocity(network, softmax, chosen), learning_rate, weight_decay)
    phase = current_journal().phase()
    snapshots = np.empty((len(steps), *start.shape))
    weights, filled, done = start.copy(), 0, 0
    if phase.state:
        weights, done = phase.state["y"].copy(), int(phase.state["t"])
        filled = len(phase.state["snapshots"])
        snapshots[:filled] = phase.state["snapshots"]
        method.restore(phase.state)

    def state() -> State:
        kept = {"times": steps, "snapshots": snapshots[:filled], "t": np.array(done), "y": weights}
        return {**kept, **method.state}

    for index in range(filled, len(steps)):
        with np.errstate(over="ignore", invalid="ignore"):
            for _ in range(done, steps[index]):
                method.step(weights)
                done += 1
                phase.note(state)
        _check_finite(weights, int(steps[index]), learning_rate, weight_decay)
        snapshots[index], filled = weights, index + 1
        advance(float(steps[index] / max(steps[-1], 1)))
    phase.end(state())
    return snapshots


def _check_finite(weights: FloatArray, step: int, learning_rate: float, weight_decay: float) -> None:
    if not np.isfinite(weights).all():
        if learning_rate * weight_decay > 1:
            raise InputError(
                f"descent has diverged by step {step}: its decay takes more than a weight away at once",
                expected="learning rate times weight decay at most 1",
                received=f"{learning_rate:g} times {weight_decay:g}",
                hint="a smaller weight decay",
            )
        raise InputError(
            f"descent has diverged by step {step}",
            expected="finite weights",
            received=f"learning rate {learning_rate:g}",
            hint="a smaller learning rate",
        )
