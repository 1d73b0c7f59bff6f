"""How is a network trained? Gradient flow and descent, from a seed or from given weights."""

from odekit.simulation.training.flow import integrate
from odekit.simulation.training.initial import initial_weights
from odekit.simulation.training.record import accuracies
from odekit.simulation.training.schedule import (
    checked_times,
    even_times,
    kept_steps,
    learning_rate,
    refuse,
    tolerance,
)
from odekit.simulation.training.simulate import simulate
from odekit.simulation.training.spheres import check_run

__all__ = [
    "accuracies",
    "check_run",
    "checked_times",
    "even_times",
    "initial_weights",
    "integrate",
    "kept_steps",
    "learning_rate",
    "refuse",
    "simulate",
    "tolerance",
]
