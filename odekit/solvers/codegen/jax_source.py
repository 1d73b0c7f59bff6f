"""Source code of a right-hand side in terms of `jax.numpy`; JAX itself isn't needed."""

from sympy.printing.numpy import JaxPrinter

from odekit.solvers.codegen.expressions import Formulas, source_text

__all__ = ["jax_source"]


def jax_source(formulas: Formulas) -> str:
    """Text of the function ``rhs(t, y, p, out)``; ``out`` may be a list.

    Raises
    ------
    InputError: an integral, or a function without code.
    """
    return source_text(formulas, JaxPrinter({"fully_qualified_modules": True}), ("functools", "jax.numpy"))
