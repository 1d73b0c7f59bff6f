"""Optional packages: loaded when they are needed, and named with their extra where they are absent.

Nothing enters; modules leave. What they are used for isn't known here.
"""

from __future__ import annotations

from typing import Any

from odekit.errors import MissingExtraError

__all__ = ["require_jax", "require_numba", "require_xarray"]

_INSTEAD = 'backend="numpy"'


def require_jax() -> Any:
    """The module jax.

    Raises
    ------
    MissingExtraError: jax isn't installed, doesn't load, or is too old to know `jax.enable_x64`.
    """
    try:
        import jax
    except ImportError as error:
        raise MissingExtraError("the backend 'jax' needs jax", "jax", str(error), _INSTEAD) from error
    if not hasattr(jax, "enable_x64"):
        raise MissingExtraError("the backend 'jax' needs jax 0.8", "jax", f"jax {jax.__version__}", _INSTEAD)
    return jax


def require_numba() -> Any:
    """The module numba.

    Raises
    ------
    MissingExtraError: numba isn't installed, or doesn't load.
    """
    try:
        import numba
    except ImportError as error:
        raise MissingExtraError("the backend 'numba' needs numba", "fast", str(error), _INSTEAD) from error
    return numba


def require_xarray() -> Any:
    """The module xarray.

    Raises
    ------
    MissingExtraError: xarray isn't installed, or doesn't load.
    """
    try:
        import xarray
    except ImportError as error:
        raise MissingExtraError("labelled arrays need xarray", "labels", str(error)) from error
    return xarray
