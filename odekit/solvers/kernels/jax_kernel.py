"""Loads JAX and compiles kernels with it, in float64 whatever JAX is set to elsewhere."""

import functools
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from odekit.extras import require_jax
from odekit.solvers.codegen import execute
from odekit.solvers.kernels.jax_dop853 import integrator

__all__ = ["in_float64", "load_kernel", "load_rhs", "runs_on_accelerator"]


def in_float64() -> AbstractContextManager[Any]:
    """Within it, and in this thread only, JAX computes in float64."""
    context: AbstractContextManager[Any] = require_jax().enable_x64(True)
    return context


def runs_on_accelerator() -> bool:
    """Whether JAX computes on something else than the CPU."""
    return bool(require_jax().default_backend() != "cpu")


@functools.cache
def load_rhs(source: str) -> Callable[..., None]:
    """The function ``rhs(t, y, p, out)`` of a text; numbers and arrays are taken as float64."""
    rhs = _function(source)

    def in_x64(t: Any, y: Any, p: Any, out: Any) -> None:
        with in_float64():
            rhs(t, y, p, out)

    return in_x64


@functools.cache
def load_kernel(source: str) -> Callable[..., Any]:
    """The compiled integrator of a right-hand side's text.

    It takes and returns what `integrator` says. A shape is compiled when it first comes, which takes
    seconds. Call it `in_float64`.
    """
    jax = require_jax()
    kernel: Callable[..., Any] = jax.jit(integrator(jax, _function(source)))
    return kernel


def _function(source: str) -> Callable[..., None]:
    modules = {"functools": functools, "jax": require_jax()}
    function: Callable[..., None] = execute(source, modules, "<odekit right-hand side, jax>")["rhs"]
    return function
