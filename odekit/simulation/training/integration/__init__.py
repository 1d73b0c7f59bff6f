"""How is one flow followed? Steps of an explicit method, of a stabilised one where the flow is stiff."""

from odekit.simulation.training.integration.chebyshev import chebyshev_step, stable_stages
from odekit.simulation.training.integration.journal import (
    Journal,
    State,
    current_journal,
    keeping,
    stop_training,
)
from odekit.simulation.training.integration.kinks import has_kink
from odekit.simulation.training.integration.passage import MAX_EVALUATIONS, follow, integrate, out_of_reach
from odekit.simulation.training.integration.stepper import Stepper

__all__ = [
    "MAX_EVALUATIONS",
    "Journal",
    "State",
    "Stepper",
    "chebyshev_step",
    "current_journal",
    "follow",
    "has_kink",
    "integrate",
    "keeping",
    "out_of_reach",
    "stable_stages",
    "stop_training",
]
