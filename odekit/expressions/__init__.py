"""Formulas that a user writes, as small trees that evaluate on arrays and differentiate.

What enters is text such as ``z**2 + 0.5*z**4`` (an activation) or ``2*x + 3*y`` (a task). What leaves is an
`Expression`. A `Grammar` says what the text may hold. Nothing is ever evaluated as code. This room knows
neither SymPy nor networks.
"""

from odekit.expressions.grammar import ACTIVATION, FORMULA, Grammar
from odekit.expressions.parser import parse
from odekit.expressions.polynomial import Polynomial
from odekit.expressions.substitution import children, constant_factor, extent, names_in, substitute
from odekit.expressions.tree import (
    FUNCTIONS,
    Call,
    Constant,
    Expression,
    Number,
    Power,
    Product,
    Root,
    Sum,
    Symbol,
    times,
)

__all__ = [
    "ACTIVATION",
    "FORMULA",
    "FUNCTIONS",
    "Call",
    "Constant",
    "Expression",
    "Grammar",
    "Number",
    "Polynomial",
    "Power",
    "Product",
    "Root",
    "Sum",
    "Symbol",
    "children",
    "constant_factor",
    "extent",
    "names_in",
    "parse",
    "substitute",
    "times",
]
