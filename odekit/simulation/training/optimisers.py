"""One step of each optimiser, in place, with a weight decay that is decoupled from the gradient."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Protocol

import numpy as np

from odekit.arrays import FloatArray
from odekit.simulation.training.integration import State
from odekit.simulation.training.velocity import Velocity

__all__ = ["OPTIMISERS", "AdamW", "Optimiser", "Sgd"]


class Optimiser(Protocol):
    """What descent asks of an optimiser."""

    def step(self, weights: FloatArray) -> None:
        """Move weights (e + 1, n, M) by one step, in place."""

    @property
    def state(self) -> State:
        """What the next step depends on besides the weights, by name."""

    def restore(self, state: State) -> None:
        """Go on from what `state` gave."""


class Sgd:
    """Gradient descent: ``w <- (1 - rate lr decay) w - rate lr P_w grad L(w)``, then a renormalisation.

    Parameters
    ----------
    velocity: of the network that is trained.
    learning_rate: step in the flow's time.
    weight_decay: without momentum the decoupled decay is that of the loss L + decay |w|^2/2, exactly.
    """

    def __init__(self, velocity: Velocity, learning_rate: float, weight_decay: float = 0.0) -> None:
        self._velocity = velocity
        self._rate = learning_rate
        self._kept = 1 - learning_rate * weight_decay * velocity.rates if weight_decay else None

    state: State = MappingProxyType({})

    def restore(self, state: State) -> None:
        """Nothing: a step depends on the weights alone."""

    def step(self, weights: FloatArray) -> None:
        """Move the weights by one step, in place."""
        velocity = self._velocity(weights)
        if self._kept is not None:
            weights *= self._kept
        weights += self._rate * velocity
        self._velocity.retract(weights)


class AdamW:
    """Adam with decoupled decay, as PyTorch's ``AdamW`` with its default betas and eps.

    After k steps, with g the gradient, m and v its running means with b1 = 0.9 and b2 = 0.999,

        w <- (1 - rate lr decay) w - rate lr (m/(1 - b1^k)) / (sqrt(v/(1 - b2^k)) + 1e-8).

    Parameters
    ----------
    velocity: of a network without constraint.
    learning_rate, weight_decay: of every weight group, times the group's rate.

    Source: arXiv 1711.05101, algorithm 2, with the schedule 1 and the decay multiplied by the learning rate.
    """

    betas = (0.9, 0.999)
    eps = 1e-8

    def __init__(self, velocity: Velocity, learning_rate: float, weight_decay: float = 0.0) -> None:
        self._velocity = velocity
        self._rates = learning_rate * velocity.rates
        self._kept = 1 - weight_decay * self._rates
        self._steps = 0
        self._mean = self._square = self._room = np.empty(0)

    @property
    def state(self) -> State:
        """The number of steps and the running means."""
        return {"taken": np.array(self._steps), "mean": self._mean, "square": self._square}

    def restore(self, state: State) -> None:
        """Go on from what `state` gave."""
        self._steps = int(state["taken"])
        self._mean, self._square = state["mean"].copy(), state["square"].copy()
        self._room = np.zeros_like(self._mean)

    def step(self, weights: FloatArray) -> None:
        """Move the weights by one step, in place; buffers spare fresh memory."""
        slope = self._velocity.slope(weights)
        if not self._steps:
            self._mean, self._square, self._room = (np.zeros_like(weights) for _ in range(3))
        self._steps += 1
        weights *= self._kept
        weights += self._moved(slope)

    def _moved(self, slope: FloatArray) -> FloatArray:
        first, second = self.betas
        room = self._room
        self._mean *= first
        self._mean += np.multiply(slope, 1 - first, out=room)
        self._square *= second
        np.multiply(slope, slope, out=slope)
        self._square += np.multiply(slope, 1 - second, out=room)
        np.divide(self._square, 1 - second**self._steps, out=room)
        np.sqrt(room, out=room)
        room += self.eps
        np.divide(self._mean, room, out=room)
        room *= self._rates / (1 - first**self._steps)
        return room


OPTIMISERS: Mapping[str, Callable[[Velocity, float, float], Optimiser]] = {"sgd": Sgd, "adamw": AdamW}
