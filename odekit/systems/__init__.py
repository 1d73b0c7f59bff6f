"""What is an ODE, and what can be said of any ODE?

`system` makes a `System` from equations, `gradient_flow` from an energy, which may be an
`expectation`, `reduce` one in fewer variables;
`AnyAnswers` finds first integrals, symmetries and points of rest of any ODE, unless whoever derives a system
brings better `Answers`.
"""

from odekit.systems.answers import ANY, AnyAnswers, search_all
from odekit.systems.any_system import NamedSystem, named_system, system
from odekit.systems.blocks import BlockFlow, BlockStack, Term
from odekit.systems.companions import Observables, PushedSystem, clock_of, clocked, observables, pushed
from odekit.systems.descent import modified_system
from odekit.systems.energies import Variable, expectation, gradient_flow, variable
from odekit.systems.equations import Equations
from odekit.systems.known import (
    Certificate,
    EllipticCurve,
    EllipticForm,
    EquivalentForm,
    FixedPoint,
    Rate,
    ScalingSymmetry,
    Search,
    SphereForm,
    SphereMode,
    Template,
    combined,
)
from odekit.systems.questions import Answers
from odekit.systems.reduction import reduce
from odekit.systems.start import initial_symbol
from odekit.systems.system import System

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
    "NamedSystem",
    "Observables",
    "PushedSystem",
    "Rate",
    "ScalingSymmetry",
    "Search",
    "SphereForm",
    "SphereMode",
    "System",
    "Template",
    "Term",
    "Variable",
    "clock_of",
    "clocked",
    "combined",
    "expectation",
    "gradient_flow",
    "initial_symbol",
    "modified_system",
    "named_system",
    "observables",
    "pushed",
    "reduce",
    "search_all",
    "system",
    "variable",
]
