"""Heavy and optional packages, loaded when they are needed; an absent one is named with its extra."""

from importlib import import_module
from typing import Any

from odekit.errors import MissingExtraError

__all__ = [
    "on_first_use",
    "require_arrow",
    "require_distributed",
    "require_jax",
    "require_numba",
    "require_parquet",
    "require_safetensors",
    "require_torch",
    "require_xarray",
]

_INSTEAD = 'backend="numpy"'

# The first version in which float64 is a context of a thread, `jax.enable_x64`.
_OLDEST_JAX = (0, 8)
# In older versions a file can run code in spite of `weights_only=True` (CVE-2025-32434).
_OLDEST_TORCH = (2, 6)
_OTHER_FILES = "a file in another format, such as .npz"


def on_first_use(name: str) -> Any:
    """A module that every installation has, but that takes long to load, such as ``"scipy.special"``."""
    return import_module(name)


def require_arrow() -> Any:
    """The module pyarrow.

    Raises
    ------
    MissingExtraError: pyarrow isn't installed, or doesn't load.
    """
    return _required("pyarrow", "Parquet files need pyarrow", "tables", "a .csv file")


def require_distributed() -> Any:
    """The module distributed, of Dask.

    Raises
    ------
    MissingExtraError: distributed isn't installed, or doesn't load.
    """
    return _required("distributed", "sweeps need Dask's distributed", "sweep")


def require_jax() -> Any:
    """The module jax.

    Raises
    ------
    MissingExtraError: jax isn't installed, doesn't load, or is too old to know `jax.enable_x64`.
    """
    jax = _required("jax", "the backend 'jax' needs jax", "jax", _INSTEAD)
    if _version(jax) < _OLDEST_JAX:
        raise MissingExtraError("the backend 'jax' needs jax 0.8", "jax", f"jax {jax.__version__}", _INSTEAD)
    return jax


def require_numba() -> Any:
    """The module numba.

    Raises
    ------
    MissingExtraError: numba isn't installed, or doesn't load.
    """
    return _required("numba", "the backend 'numba' needs numba", "fast", _INSTEAD)


def require_parquet() -> Any:
    """The module `pyarrow.parquet`.

    Raises
    ------
    MissingExtraError: pyarrow isn't installed, or doesn't load.
    """
    return _required("pyarrow.parquet", "Parquet files need pyarrow", "tables", "a .csv or .npz file")


def require_safetensors() -> Any:
    """The module safetensors, with bfloat16 known to NumPy.

    Raises
    ------
    MissingExtraError: safetensors or ml_dtypes isn't installed, or doesn't load.
    """
    what = "safetensors files need {}"
    _required("ml_dtypes", what.format("ml_dtypes"), "checkpoints", _OTHER_FILES)
    return _required("safetensors", what.format("safetensors"), "checkpoints", _OTHER_FILES)


def require_torch() -> Any:
    """The module torch.

    Raises
    ------
    MissingExtraError: torch isn't installed, doesn't load, or is too old to read files of strangers.
    """
    torch = _required("torch", "checkpoints of PyTorch need torch", "torch", _OTHER_FILES)
    if _version(torch) < _OLDEST_TORCH:
        received = f"torch {torch.__version__}"
        raise MissingExtraError("checkpoints of PyTorch need torch 2.6", "torch", received, _OTHER_FILES)
    return torch


def require_xarray() -> Any:
    """The module xarray.

    Raises
    ------
    MissingExtraError: xarray isn't installed, or doesn't load.
    """
    return _required("xarray", "labelled arrays need xarray", "labels")


def _version(module: Any) -> tuple[int, ...]:
    return tuple(int(part) for part in module.__version__.split(".")[:2])


def _required(name: str, what: str, extra: str, instead: str = "") -> Any:
    try:
        return import_module(name)
    except (ImportError, OSError) as error:
        raise MissingExtraError(what, extra, str(error), instead) from error
