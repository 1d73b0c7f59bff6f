"""What the network does: its full loss, exact gradient, training, and training runs as files."""

from odekit.simulation.gradient import (
    LossGradient,
    accuracy,
    blas_threads,
    logits,
    loss_and_gradient,
    uniform_gradient,
)
from odekit.simulation.linear import end_to_end, train_linear
from odekit.simulation.runs import Run, check_group, draw_split, kinds_of_tuples, load_run, load_weights
from odekit.simulation.scales import ScaleRun, train_scales
from odekit.simulation.training import accuracies, check_run, initial_weights, simulate

__all__ = [
    "LossGradient",
    "Run",
    "ScaleRun",
    "accuracies",
    "accuracy",
    "blas_threads",
    "check_group",
    "check_run",
    "draw_split",
    "end_to_end",
    "initial_weights",
    "kinds_of_tuples",
    "load_run",
    "load_weights",
    "logits",
    "loss_and_gradient",
    "simulate",
    "train_linear",
    "train_scales",
    "uniform_gradient",
]
