"""What does a user's formula say? Text such as ``z**2 + z**4/2`` becomes a small tree and is never run."""

from odekit.expressions.arrays import ARRAY_FUNCTIONS
from odekit.expressions.grammar import ACTIVATION, FORMULA, Grammar
from odekit.expressions.indexed import declared_names
from odekit.expressions.meanings import FUNCTION_NAMES, Meanings
from odekit.expressions.names import Names, check_apart, folded, spoken
from odekit.expressions.notation import respelt
from odekit.expressions.parser import parse
from odekit.expressions.polynomial import Polynomial
from odekit.expressions.substitution import children, constant_factor, extent, names_in, substitute
from odekit.expressions.tree import (
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
    "ARRAY_FUNCTIONS",
    "FORMULA",
    "FUNCTION_NAMES",
    "Call",
    "Constant",
    "Expression",
    "Grammar",
    "Meanings",
    "Names",
    "Number",
    "Polynomial",
    "Power",
    "Product",
    "Root",
    "Sum",
    "Symbol",
    "check_apart",
    "children",
    "constant_factor",
    "declared_names",
    "extent",
    "folded",
    "names_in",
    "parse",
    "respelt",
    "spoken",
    "substitute",
    "times",
]
