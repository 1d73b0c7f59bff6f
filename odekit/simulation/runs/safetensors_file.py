"""Tensors in a ``.safetensors`` file, read by that format's own library, which checks its header.

A header of JSON names each tensor with its type, shape and place in what follows, byte for byte; the strings
beside them, ``__metadata__``, may hold a run's ``meta``.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from odekit.errors import FileError
from odekit.extras import require_safetensors
from odekit.simulation.runs.archive import refusing_damage
from odekit.simulation.runs.contents import Contents

__all__ = ["MOST_NAMES", "SafetensorsFile", "opened_safetensors"]

# What names and describes the tensors of a checkpoint, in bytes: about ten thousand of them.
MOST_NAMES = 2**20
# Types of the format that are NumPy's too.
TYPES = (
    *("F64", "F32", "F16", "BF16", "I64", "I32", "I16", "I8", "U64", "U32", "U16", "U8"),
    *("BOOL", "C64"),
)
WHOLE = "a complete .safetensors file"


class SafetensorsFile(Contents):
    """Tensors of an open file by name, and ``meta``, where the header's strings have it, as text.

    Parameters
    ----------
    path: of the file, for messages.
    file: it, open, as `safetensors.safe_open` gives it.
    """

    def __init__(self, path: Path, file: Any) -> None:
        self._path, self._file = path, file
        self._declared = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118 - no mapping
        metadata = file.metadata() or {}
        self._meta = {"meta": np.array(metadata["meta"])} if "meta" in metadata else {}

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name in self._meta:
            return self._meta[name]
        dtype = self._declared[name].get_dtype()
        if dtype not in TYPES:
            raise FileError(
                f"{self._path} holds {name!r} in a type that odekit doesn't read",
                expected=f"one of {', '.join(TYPES)}",
                received=dtype,
            )
        with refusing_damage(self._path, name, WHOLE):
            array: NDArray[Any] = self._file.get_tensor(name)
        return array.astype(np.float32) if dtype == "BF16" else array

    @property
    def shapes(self) -> Mapping[str, tuple[int, ...]]:
        """As the header declares, which the library bears out."""
        shapes = {name: tuple(declared.get_shape()) for name, declared in self._declared.items()}
        return {**shapes, **{name: array.shape for name, array in self._meta.items()}}


@contextmanager
def opened_safetensors(path: Path) -> Iterator[SafetensorsFile]:
    """The tensors of a ``.safetensors`` file, whose header has been read, and nothing else yet.

    Raises
    ------
    FileError: there is no such file, it is damaged, its header doesn't fit what follows or is longer than a
        megabyte, or a tensor that is asked for is of a type that NumPy doesn't have.
    MissingExtraError: safetensors is not installed.
    """
    safetensors = require_safetensors()
    with refusing_damage(path, whole=WHOLE):
        _check_length(path)
        file = safetensors.safe_open(path, framework="numpy")
    with file:
        with refusing_damage(path, whole=WHOLE):
            tensors = SafetensorsFile(path, file)
        yield tensors


def _check_length(path: Path) -> None:
    """Refuse, before it is read, a header longer than a checkpoint's; the library refuses all others."""
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
    if MOST_NAMES < length <= path.stat().st_size:
        raise FileError(
            f"{path} has a header of {length} bytes, longer than that of a checkpoint",
            expected=f"at most {MOST_NAMES} bytes",
            hint="a file with the network's weights alone",
        )
