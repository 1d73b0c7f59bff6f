"""The velocity of every flow and descent, dw/dt = rate P_w(-grad L), tangent to the spheres."""

import math

import numpy as np

from odekit.arrays import BoolArray, FloatArray
from odekit.errors import InputError
from odekit.networks import Network
from odekit.simulation.gradient import Evaluator, LossGradient, energy_gradient, unit_network
from odekit.simulation.training.spheres import normalise, parts, project
from odekit.simulation.weights import norms, rates

__all__ = ["SOFTMAXES", "Velocity", "check_start"]

SOFTMAXES = ("full", "uniform")


class Velocity:
    """dw/dt of one network on stacks (e + 1, n, M).

    Parameters
    ----------
    network: its constraint and its rates count.
    softmax: ``"full"``, minus the gradient of its loss; ``"uniform"``, the gradient of the neurons' energies,
        which is that of the summed loss at logit scale 1 with every probability replaced by 1/n.
    chosen: the tuples of inputs that the full loss is over, see `LossGradient`; by default all.
    order: of the last cumulant that the full loss keeps, see `LossGradient`; by default all.
    gradient: of the full loss, by default a `LossGradient`.

    Raises
    ------
    InputError: rates that would leave a joint sphere.
    """

    def __init__(
        self,
        network: Network,
        softmax: str = "full",
        chosen: BoolArray | None = None,
        order: int | None = None,
        gradient: Evaluator | None = None,
    ) -> None:
        self.network = unit_network(network) if softmax == "uniform" else network
        self.is_uniform = softmax == "uniform"
        self.spheres = parts(network)
        self.rates = rates(network)
        self._full = gradient or LossGradient(self.network, chosen=chosen, order=order)
        self.slope = energy_gradient(network) if self.is_uniform else self._descend

    def __call__(self, weights: FloatArray) -> FloatArray:
        """The velocity, (e + 1, n, M)."""
        return self.turned(weights, self.slope(weights))

    def turned(self, weights: FloatArray, ascent: FloatArray) -> FloatArray:
        """An ascent, such as minus the gradient, with the rates and tangent to the spheres, in its place."""
        ascent *= self.rates
        project(self.spheres, weights, ascent)
        return ascent

    def measure(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The velocity, and every neuron's residual (M,), its norm over that before the projection.

        The residual is 1 without a constraint and 0 where the gradient vanishes.
        """
        velocity = self.slope(weights)
        velocity *= self.rates
        before = norms(velocity)
        project(self.spheres, weights, velocity)
        return velocity, np.divide(norms(velocity), before, out=np.zeros_like(before), where=before > 0)

    def loss(self, weights: FloatArray) -> float:
        """The loss whose flow this is; at uniform softmax it is n**s ln n minus the sum of the energies."""
        if not self.is_uniform:
            return float(self._full.evaluate(weights)[0])
        energies = np.vdot(weights[-1], self.slope(weights)[-1])
        return self.network.labels().size * math.log(weights.shape[1]) - float(energies)

    def retract(self, weights: FloatArray) -> None:
        """Renormalise stacks (..., e + 1, n, M) to their spheres, in place."""
        normalise(self.spheres, weights)

    def _descend(self, weights: FloatArray) -> FloatArray:
        slope: FloatArray = self._full.evaluate(weights)[1]
        return np.negative(slope, out=slope)


def check_start(velocity: Velocity, weights: FloatArray) -> None:
    """Raise an InputError unless the loss is a finite number at these weights."""
    with np.errstate(all="ignore"):
        loss = velocity.loss(weights)
    if not math.isfinite(loss):
        raise InputError(
            "the loss is not finite at the start",
            expected="an activation that is real and finite on its inputs",
            received=velocity.network.activation_name,
            hint="another activation, or a smaller scale",
        )
