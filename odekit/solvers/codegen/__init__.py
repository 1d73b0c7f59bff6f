"""How do symbols become code? Right-hand sides and Taylor series as text, for every backend."""

from odekit.solvers.codegen.blocks import BlockLayout, block_rhs
from odekit.solvers.codegen.cache import digest, is_trusted, stored
from odekit.solvers.codegen.derivatives import (
    Linearisation,
    Slopes,
    derivatives_of,
    linearisation_of,
    parts_of,
    slopes_of,
)
from odekit.solvers.codegen.expressions import Formulas, compile_expressions, formulas_of
from odekit.solvers.codegen.families import compile_field
from odekit.solvers.codegen.jax_source import jax_source
from odekit.solvers.codegen.load import execute
from odekit.solvers.codegen.scalar import LinearCode, ScalarCode, linear_code, scalar_code
from odekit.solvers.codegen.switches import Switching, breakpoints_of, switches_of, switching_of
from odekit.solvers.codegen.taylor import series_code
from odekit.solvers.codegen.taylor_series import (
    FIRST_SCALE,
    ORDER,
    SAFETY,
    Product,
    SeriesCode,
    Sum,
    coefficient_lines,
)

__all__ = [
    "FIRST_SCALE",
    "ORDER",
    "SAFETY",
    "BlockLayout",
    "Formulas",
    "LinearCode",
    "Linearisation",
    "Product",
    "ScalarCode",
    "SeriesCode",
    "Slopes",
    "Sum",
    "Switching",
    "block_rhs",
    "breakpoints_of",
    "coefficient_lines",
    "compile_expressions",
    "compile_field",
    "derivatives_of",
    "digest",
    "execute",
    "formulas_of",
    "is_trusted",
    "jax_source",
    "linear_code",
    "linearisation_of",
    "parts_of",
    "scalar_code",
    "series_code",
    "slopes_of",
    "stored",
    "switches_of",
    "switching_of",
]
