"""What is an ODE, and what can be said of any ODE?

A `System` is an ODE with what is known of it: states, velocities, parameters, and where there are such a
metric, an energy, constraints, an exact solution. `system` makes one from equations, `gradient_flow` from an
energy in `variable`s with metric, constraint and decay. First integrals, scaling symmetries, points of rest
with their stability, LaTeX, Python and plain data are found on demand. Whoever derives systems answers what
he knows better (`Answers`, of which `AnyAnswers` holds for any ODE).
"""

from odekit.systems.answers import ANY, AnyAnswers
from odekit.systems.any_system import system
from odekit.systems.blocks import BlockFlow, BlockStack, Term
from odekit.systems.energies import Variable, gradient_flow, variable
from odekit.systems.equations import Equations
from odekit.systems.known import (
    Certificate,
    EllipticCurve,
    EllipticForm,
    EquivalentForm,
    FixedPoint,
    Rate,
    ScalingSymmetry,
    SphereForm,
    SphereMode,
    combined,
)
from odekit.systems.questions import Answers
from odekit.systems.start import initial_symbol
from odekit.systems.system import System, Template

__all__ = [
    "ANY",
    "Answers",
    "AnyAnswers",
    "BlockFlow",
    "BlockStack",
    "Certificate",
    "EllipticCurve",
    "EllipticForm",
    "Equations",
    "EquivalentForm",
    "FixedPoint",
    "Rate",
    "ScalingSymmetry",
    "SphereForm",
    "SphereMode",
    "System",
    "Template",
    "Term",
    "Variable",
    "combined",
    "gradient_flow",
    "initial_symbol",
    "system",
    "variable",
]
