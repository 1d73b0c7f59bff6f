"""Kernels as machine code: the one module that knows numba.

The text of a kernel enters, a compiled function leaves. It is kept in memory for this process and on disk for
the next one; where the disk can't be written, it is compiled again. What a kernel computes isn't known here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pickle import UnpicklingError
from types import ModuleType
from typing import Any

import numpy as np

from odekit.errors import InputError
from odekit.solvers.code_cache import digest, stored

__all__ = ["is_installed", "load_kernel", "require_numba", "thread_count"]

_INLINED = ("larger", "smaller", "rhs")
_CALLED = ("begin", "advance", "inside", "admit", "write")

# Contraction alone: other liberties with floats would break infinities, NaN, or the equality of runs.
_OPTIONS: dict[str, Any] = {"error_model": "numpy", "fastmath": {"contract"}, "nogil": True}

_SIGNATURE = (
    "void(int64, int64, float64, float64[:, ::1], float64[:, ::1], float64[:, ::1],"
    " float64[::1], float64[::1], float64[::1],"
    " float64[:, :, ::1], int8[::1], float64[::1], int64[::1], float64[::1],"
    " float64[::1], int64[::1], int64[::1])"
)


def is_installed() -> bool:
    """Whether numba can be found; it isn't loaded."""
    return find_spec("numba") is not None


def require_numba() -> Any:
    """The module numba.

    Raises
    ------
    InputError: numba isn't installed, or doesn't load.
    """
    try:
        import numba
    except ImportError as error:
        raise InputError(
            "the backend 'numba' needs numba",
            expected="the optional extra 'fast'",
            received=str(error),
            hint="pip install 'odekit[fast]', or backend=\"numpy\"",
        ) from error
    return numba


def thread_count() -> int:
    """Threads that a batch may use: the cores of this process, or ``$NUMBA_NUM_THREADS`` where set."""
    return int(require_numba().config.NUMBA_NUM_THREADS)


@cache
def load_kernel(source: str) -> Callable[..., None]:
    """The function ``run`` of a kernel's text, compiled, without its last three arguments, which are scratch.

    Other threads run while it does.

    Raises
    ------
    InputError: numba isn't installed, or can't compile the text.
    """
    numba = require_numba()
    try:
        return _kept_on_disk(numba, source) or _compiled(numba, _module(source, "<odekit kernel>"))
    except numba.core.errors.NumbaError as error:
        raise InputError("numba can't compile this vector field", hint='backend="numpy"') from error


def _kept_on_disk(numba: Any, source: str) -> Callable[..., None] | None:
    path = stored(source)
    if path is None:
        return None
    try:
        return _compiled(numba, _module(source, str(path)), cache=True)
    except (EOFError, ImportError, OSError, RuntimeError, UnpicklingError):
        return None


def _module(source: str, file: str) -> ModuleType:
    """The text as a module; numba finds what it kept by the module's name and file."""
    module = ModuleType(f"odekit_kernel_{digest(source)}")
    sys.modules[module.__name__] = module
    exec(compile(source, file, "exec"), vars(module))
    return module


def _compiled(numba: Any, module: ModuleType, **options: Any) -> Callable[..., None]:
    functions = vars(module)
    for name in _INLINED:
        functions[name] = numba.njit(forceinline=True, **_OPTIONS)(functions[name])
    for name in _CALLED:
        functions[name] = numba.njit(**_OPTIONS)(functions[name])
    run = numba.njit(_SIGNATURE, **_OPTIONS, **options)(functions["run"])
    lanes, rows = functions["LANES"], functions["ROWS"]

    def kernel(*arguments: Any) -> None:
        run(*arguments, np.empty(rows * lanes), np.empty(lanes, np.int64), np.empty(lanes, np.int64))

    return kernel
