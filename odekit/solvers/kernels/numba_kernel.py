"""Loads numba and compiles kernels with it, kept in memory and, where it can be written, on disk."""

import sys
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from pickle import UnpicklingError
from types import ModuleType
from typing import Any

import numpy as np

from odekit.errors import InputError
from odekit.extras import require_numba
from odekit.solvers.codegen import digest, execute, is_trusted, stored
from odekit.solvers.kernels.checksums import keep_sound, write_checksums

__all__ = ["is_installed", "load_function", "load_kernel", "thread_count"]

# Contraction alone: other liberties with floats would break infinities, NaN, or the equality of runs.
_OPTIONS: dict[str, Any] = {"error_model": "numpy", "fastmath": {"contract"}, "nogil": True}

_SIGNATURE = (
    "void(int64, int64, float64, float64[:, ::1], float64[:, ::1], float64[:, ::1],"
    " float64[::1], float64[::1], float64[::1], float64[::1], float64[:, ::1],"
    " float64[:, :, ::1], int8[::1], float64[::1], int64[::1], float64[::1],"
    " float64[::1], int64[::1], int64[::1], int64[::1])"
)


def is_installed() -> bool:
    """Whether numba can be found; it isn't loaded."""
    return find_spec("numba") is not None


def thread_count() -> int:
    """Threads that a batch may use: the cores of this process, or ``$NUMBA_NUM_THREADS`` where set."""
    return int(require_numba().config.NUMBA_NUM_THREADS)


@cache
def load_kernel(source: str) -> Callable[..., None]:
    """The integrator ``run`` of a kernel's text, compiled, without its last four arguments, all scratch.

    Raises
    ------
    InputError: numba isn't installed, or can't compile the text.
    """
    run = load_function(source, _SIGNATURE)
    lanes, rows = run.py_func.__globals__["LANES"], run.py_func.__globals__["ROWS"]

    def kernel(*arguments: Any) -> None:
        run(*arguments, np.empty(rows * lanes), *(np.empty(lanes, np.int64) for _ in range(3)))

    return kernel


@cache
def load_function(source: str, signature: str) -> Any:
    """The function ``run`` of a text, compiled for one signature.

    The text lists the functions that ``run`` needs in ``INLINED`` and ``CALLED``, callees first, and in
    ``UNFUSED``, if it has that, those to be inlined whose products and sums must each be rounded. A function
    that calls the text's empty ``widen`` gets the widest vectors of the processor, and one that calls its
    empty ``stay_apart`` is compiled once, whoever calls it. Other threads run while it does.

    Raises
    ------
    InputError: numba isn't installed, or can't compile the text.
    """
    numba = require_numba()
    try:
        kept = _kept_on_disk(numba, source, signature)
        return kept or _compiled(numba, _module(source, "<odekit kernel>"), signature)
    except numba.core.errors.NumbaError as error:
        raise InputError("numba can't compile this vector field", hint='backend="numpy"') from error


def _kept_on_disk(numba: Any, source: str, signature: str) -> Any:
    path = stored(source)
    if path is None:
        return None
    try:
        return _loaded(numba, path, _module(source, str(path)), signature)
    except (EOFError, ImportError, OSError, RuntimeError, UnpicklingError):
        return None


def _loaded(numba: Any, path: Path, module: ModuleType, signature: str) -> Any:
    """What numba kept of a text in a file, where it is sound; else compiled, and kept with its checksums."""
    run = numba.njit(cache=True, **_OPTIONS)(_prepared(numba, module))
    folder, sums = Path(run.stats.cache_path), path.with_suffix(".sums")
    if not is_trusted(folder):
        return None
    is_sound = keep_sound(_kept(folder, path), sums)
    run.compile(signature)
    run.disable_compile()
    if not is_sound or run.stats.cache_misses:
        write_checksums(_kept(folder, path), sums)
    return run


def _kept(folder: Path, path: Path) -> list[Path]:
    return list(folder.glob(f"{path.stem}.*.nb[ic]"))


def _module(source: str, file: str) -> ModuleType:
    """The text as a module; numba finds what it kept by the module's name and file."""
    module = ModuleType(f"odekit_kernel_{digest(source)}")
    sys.modules[module.__name__] = module
    execute(source, vars(module), file)
    return module


def _compiled(numba: Any, module: ModuleType, signature: str) -> Any:
    return numba.njit(signature, **_OPTIONS)(_prepared(numba, module))


def _prepared(numba: Any, module: ModuleType) -> Any:
    """The module's ``run``, after all that it calls is made ready to be compiled."""
    functions = vars(module)
    for name in functions.get("UNFUSED", ()):
        functions[name] = numba.njit(forceinline=True, error_model="numpy")(functions[name])
    if "widen" in functions:
        functions["widen"] = _asking('"prefer-vector-width"="512"', '"frame-pointer"="all"')
    if "stay_apart" in functions:
        functions["stay_apart"] = _asking("noinline")
    for name in functions["INLINED"]:
        functions[name] = numba.njit(forceinline=True, **_OPTIONS)(functions[name])
    for name in functions["CALLED"]:
        functions[name] = numba.njit(**_OPTIONS)(functions[name])
    return functions["run"]


def _asking(*attributes: str) -> Any:
    """A function without content that asks the compiler for something, for whoever calls it.

    Compilers prefer vectors of half of the 512 bits, which mixed code is better served by; loops of
    arithmetic alone are not. A frame pointer lets them align the stack: else most vectors that don't fit into
    registers would lie across two cache lines.
    """
    numba = require_numba()

    @numba.extending.intrinsic  # type: ignore[untyped-decorator]
    def ask(typing_context: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            for attribute in attributes:
                # llvmlite lists the attributes that it knows; others are text to it.
                set.add(builder.function.attributes, attribute)
            return context.get_dummy_value()

        return numba.types.void(), generate

    return ask
