"""What is the loss, and its gradient? Over all tuples of inputs, exactly, by hand."""

from odekit.simulation.gradient.lane import softmax_residual
from odekit.simulation.gradient.loss import (
    LossGradient,
    accuracy,
    logits,
    loss_and_gradient,
    uniform_gradient,
)
from odekit.simulation.gradient.threads import blas_threads
from odekit.simulation.gradient.uniform import energy_gradient, unit_network

__all__ = [
    "LossGradient",
    "accuracy",
    "blas_threads",
    "energy_gradient",
    "logits",
    "loss_and_gradient",
    "softmax_residual",
    "uniform_gradient",
    "unit_network",
]
