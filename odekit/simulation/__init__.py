"""What the network does: its full loss, exact gradient, training, and training runs as files."""

from odekit.simulation.cost import Cost, training_cost
from odekit.simulation.gradient import (
    CUMULANTS,
    LossGradient,
    accuracy,
    blas_threads,
    logits,
    loss_and_gradient,
    uniform_gradient,
)
from odekit.simulation.models import end_to_end, train_linear
from odekit.simulation.runs import (
    FLOW,
    Run,
    check_group,
    draw_split,
    is_gradient_flow,
    kinds_of_tuples,
    load_run,
    load_weights,
    recorded_rate,
    unused_keys,
)
from odekit.simulation.scales import ScaleRun, train_scales
from odekit.simulation.training import (
    INITS,
    METHODS,
    PASSING,
    SOFTMAXES,
    Velocity,
    accuracies,
    check_run,
    has_kink,
    initial_weights,
    simulate,
    stop_training,
)
from odekit.simulation.weights import stack_mapping, unstack_mapping

__all__ = [
    "CUMULANTS",
    "FLOW",
    "INITS",
    "METHODS",
    "PASSING",
    "SOFTMAXES",
    "Cost",
    "LossGradient",
    "Run",
    "ScaleRun",
    "Velocity",
    "accuracies",
    "accuracy",
    "blas_threads",
    "check_group",
    "check_run",
    "draw_split",
    "end_to_end",
    "has_kink",
    "initial_weights",
    "is_gradient_flow",
    "kinds_of_tuples",
    "load_run",
    "load_weights",
    "logits",
    "loss_and_gradient",
    "recorded_rate",
    "simulate",
    "stack_mapping",
    "stop_training",
    "train_linear",
    "train_scales",
    "training_cost",
    "uniform_gradient",
    "unstack_mapping",
    "unused_keys",
]
