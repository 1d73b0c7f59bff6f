"""Source code of a right-hand side in terms of `jax.numpy`; JAX itself isn't needed."""

from odekit.limits import DERIVATION_SECONDS, bounded
from odekit.solvers.codegen.expressions import Formulas, source_text
from odekit.systems.algebra import JaxCode

__all__ = ["jax_source"]


@bounded("the code of the vector field", DERIVATION_SECONDS)
def jax_source(formulas: Formulas) -> str:
    """Text of the function ``rhs(t, y, p, out)``; ``out`` may be a list.

    Raises
    ------
    InputError: an integral, or a function without code.
    """
    return source_text(formulas, JaxCode({"fully_qualified_modules": True}), ("functools", "jax"))
