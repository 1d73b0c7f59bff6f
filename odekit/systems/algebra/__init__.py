"""Which mathematics do systems use? Polynomials, linear algebra, SymPy and interval forms, means."""

from odekit.systems.algebra.intervals import INTERVALS
from odekit.systems.algebra.linear_algebra import (
    PRIME,
    integer_relations,
    null_space,
    rank_modulo,
    vanishing_combinations,
)
from odekit.systems.algebra.polynomials import (
    Exponents,
    Poly,
    add,
    constant,
    differentiate,
    evaluate,
    letter,
    multiply,
    to_sympy,
    value_modulo,
)
from odekit.systems.algebra.quadrature import mean_of_arrays, precise_mean
from odekit.systems.algebra.symbolic import from_symbolic, to_symbolic

__all__ = [
    "INTERVALS",
    "PRIME",
    "Exponents",
    "Poly",
    "add",
    "constant",
    "differentiate",
    "evaluate",
    "from_symbolic",
    "integer_relations",
    "letter",
    "mean_of_arrays",
    "multiply",
    "null_space",
    "precise_mean",
    "rank_modulo",
    "to_symbolic",
    "to_sympy",
    "value_modulo",
    "vanishing_combinations",
]
