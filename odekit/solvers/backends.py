"""Which backend computes a batch: the caller's choice, or the rule behind "auto".

A system and the size of a task enter, a `CompiledSystem` leaves. How it is integrated isn't known here.
"""

from __future__ import annotations

from typing import Any

from odekit.errors import InputError
from odekit.solvers.compile import BACKENDS, CompiledSystem, compile
from odekit.solvers.lane_kernel import is_installed, require_numba

__all__ = ["CHOICES", "SMALLEST_BATCH", "check_backend", "compile_for"]

CHOICES = ("auto", *BACKENDS)

SMALLEST_BATCH = 100_000
_MOST_STATES = 8


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
    if backend not in CHOICES:
        raise InputError(f"the backend {backend!r} isn't available", expected=f"one of {', '.join(CHOICES)}")
    if backend == "numba":
        require_numba()
    if needs_steps and backend in ("mpmath", "numba"):
        raise InputError(
            f"the backend {backend!r} finds no events and has no interpolant", hint='backend="numpy"'
        )


def compile_for(system: Any, backend: str, *, batch: int, needs_steps: bool) -> CompiledSystem:
    """The system, compiled for a backend.

    "auto" is numba for batches of at least 100,000 trajectories of systems of at most 8 states where numba is
    installed and knows the vector field's functions, and numpy otherwise: on smaller batches numpy is through
    before numba is loaded, and code for larger systems takes long to compile.

    Parameters
    ----------
    system: a `ReducedSystem`, or anything with its attributes.
    backend: one of `CHOICES`.
    batch: number of trajectories.
    needs_steps: whether events or dense output are wanted, which only numpy has.
    """
    if backend != "auto":
        return compile(system, backend)
    pays = batch >= SMALLEST_BATCH and len(system.states) <= _MOST_STATES and not needs_steps
    return _compile_fast(system) if pays and is_installed() else compile(system)


def _compile_fast(system: Any) -> CompiledSystem:
    try:
        return compile(system, "numba")
    except InputError:
        return compile(system)
