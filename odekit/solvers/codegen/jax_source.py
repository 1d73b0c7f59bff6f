"""Source code of a right-hand side in the words of `jax.numpy`, written from a symbolic system.

A system enters, a text leaves. What runs it isn't known here, and JAX itself isn't needed.
"""

from __future__ import annotations

from typing import Any

from sympy.printing.numpy import JaxPrinter

from odekit.solvers.codegen.expressions import source_text

__all__ = ["jax_source"]


def jax_source(system: Any) -> str:
    """Text of the function ``rhs(t, y, p, out)`` of a system; ``out`` may be a list.

    Parameters
    ----------
    system: states, parameters, vector field and definitions, as in `odekit.derivation.ReducedSystem`.

    Raises
    ------
    InputError: the vector field doesn't fit the system, or holds a function without code.
    """
    return source_text(system, JaxPrinter({"fully_qualified_modules": True}), ("functools", "jax.numpy"))
