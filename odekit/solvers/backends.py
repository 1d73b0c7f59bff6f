"""Which backend computes a batch: the caller's choice, or the rule behind "auto"."""

from collections.abc import Callable
from contextlib import suppress

from odekit.errors import InputError, LimitError, named
from odekit.extras import require_jax, require_numba
from odekit.solvers.codegen import formulas_of, series_code
from odekit.solvers.compiler import BACKENDS, EXTRAS, compile
from odekit.solvers.kernels import is_installed
from odekit.solvers.problem import CompiledSystem
from odekit.systems import System

__all__ = ["CHOICES", "SMALLEST_BATCH", "check_backend", "compile_for"]

CHOICES = ("auto", *BACKENDS)

# numpy ends a smaller batch before numba is loaded; code for more states or products compiles for long.
SMALLEST_BATCH = 100_000
_MOST_STATES = 8
_MOST_PRODUCTS = 8


def check_backend(backend: str, *, needs_steps: bool) -> None:
    """Refuses a backend that can't do what is asked.

    Parameters
    ----------
    backend: one of `CHOICES`.
    needs_steps: whether events or dense output are wanted.

    Raises
    ------
    InputError: the backend doesn't exist, or isn't installed.
    InputError: it finds no events and has no interpolant, and one of these is wanted.
    """
    if not isinstance(backend, str) or backend not in CHOICES:
        raise InputError(
            f"the backend {named(backend)} isn't available",
            expected=f"one of {', '.join(CHOICES)}",
            hint=EXTRAS,
        )
    if backend == "numba":
        require_numba()
    if backend == "jax":
        require_jax()
    if needs_steps and backend in ("mpmath", "numba", "jax"):
        raise InputError(
            f"the backend {backend!r} finds no events and has no interpolant", hint='backend="numpy"'
        )


def compile_for(
    system: System,
    backend: str,
    *,
    batch: int,
    needs_steps: bool,
    method: str = "dop853",
    is_stiff: Callable[[], bool] = lambda: False,
) -> CompiledSystem:
    """The system, compiled for a backend and a method.

    "auto" is numba for batches of at least 100,000 trajectories of systems of at most 8 states where numba is
    installed and knows the vector field's functions, and numpy otherwise: on smaller batches numpy is through
    before numba is loaded, and code for larger systems takes long to compile. A system in blocks is numpy's.

    Parameters
    ----------
    system: any.
    backend: one of `CHOICES`.
    batch: number of trajectories.
    needs_steps: whether events or dense output are wanted, which only numpy has.
    method: "dop853", "taylor", "rodas5p", or "auto": taylor on numba where the vector
        field is polynomial with at most eight products of series, else dop853. On numpy dop853 is the faster
        one at most tolerances, and code for more products takes long to compile.
    is_stiff: tells, before an explicit method is chosen on numba, whether rodas5p is the better one.
    """
    if backend != "auto":
        return _compile(system, backend, method, is_stiff)
    can = not needs_steps and system.blocks is None
    pays = batch >= SMALLEST_BATCH and len(system.states) <= _MOST_STATES and can
    if pays and is_installed():
        return _compile_fast(system, method, is_stiff)
    return _compile(system, "numpy", method, is_stiff)


def _compile_fast(system: System, method: str, is_stiff: Callable[[], bool]) -> CompiledSystem:
    try:
        return _compile(system, "numba", method, is_stiff)
    except InputError:
        return _compile(system, "numpy", method, is_stiff)


def _compile(system: System, backend: str, method: str, is_stiff: Callable[[], bool]) -> CompiledSystem:
    if method == "auto" and backend == "numba" and is_stiff():
        with suppress(InputError, LimitError):
            return compile(system, backend, "rodas5p")
    if method == "auto":
        method = "taylor" if backend == "numba" and _has_short_series(system) else "dop853"
    return compile(system, backend, method)


def _has_short_series(system: System) -> bool:
    try:
        return series_code(formulas_of(system)).products <= _MOST_PRODUCTS
    except InputError:
        return False
