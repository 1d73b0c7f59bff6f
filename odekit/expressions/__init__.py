"""Formulas that a user writes, as small trees that evaluate on arrays and differentiate.

What enters is text such as ``z**2 + 0.5*z**4`` (an activation) or ``2*x + 3*y`` (a task). What leaves is an
`Expression`. Nothing is ever evaluated as code. This room knows neither SymPy nor networks.
"""

from odekit.expressions.parser import parse
from odekit.expressions.tree import (
    FUNCTIONS,
    Call,
    Expression,
    Number,
    Polynomial,
    Power,
    Product,
    Sum,
    Symbol,
    constant_factor,
)

__all__ = [
    "FUNCTIONS",
    "Call",
    "Expression",
    "Number",
    "Polynomial",
    "Power",
    "Product",
    "Sum",
    "Symbol",
    "constant_factor",
    "parse",
]
