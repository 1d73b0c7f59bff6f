"""How is a network trained? Gradient flow and descent, from a seed or from given weights."""

from odekit.simulation.training.flow import integrate
from odekit.simulation.training.initial import initial_weights
from odekit.simulation.training.record import accuracies
from odekit.simulation.training.schedule import (
    check_range,
    checked_times,
    even_times,
    kept_steps,
    learning_rate,
    refuse,
)
from odekit.simulation.training.simulate import simulate
from odekit.simulation.training.spheres import check_run

__all__ = [
    "accuracies",
    "check_range",
    "check_run",
    "checked_times",
    "even_times",
    "initial_weights",
    "integrate",
    "kept_steps",
    "learning_rate",
    "refuse",
    "simulate",
]
