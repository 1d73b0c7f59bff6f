"""What is the flow of a user's energy? Variables, metric, constraint, and the system they make."""

from odekit.systems.energies.gradient_flow import gradient_flow
from odekit.systems.energies.variables import (
    TIME,
    Variable,
    declared_parameters,
    declared_variables,
    variable,
)
from odekit.systems.energies.vocabulary import Vocabulary, parameter_values

__all__ = [
    "TIME",
    "Variable",
    "Vocabulary",
    "declared_parameters",
    "declared_variables",
    "gradient_flow",
    "parameter_values",
    "variable",
]
