"""Arrays in an ``.npz`` file without pickles: written whole or not at all, read or refused with a reason."""

import os
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from odekit.errors import FileError
from odekit.files import refusing, written

__all__ = ["read_archive", "write_archive"]

MAGIC = b"PK\x03\x04"
# How a file of PyTorch's begins that is no archive: the number with which it pickles its own format.
TORCH = bytes.fromhex("80028a0a6cfc9c46f920")

Arrays = dict[str, NDArray[Any]]


def read_archive(path: str | os.PathLike[str]) -> Arrays:
    """All arrays of an ``.npz`` file, by name.

    Raises
    ------
    FileError: there is no such file, it is no ``.npz``, it is damaged, or it holds pickled objects.
    """
    try:
        with open(path, "rb") as file:
            start = file.read(len(TORCH))
            if not start.startswith(MAGIC) or not zipfile.is_zipfile(file):
                raise _of_torch(path) if start == TORCH else _not_an_archive(path)
            if any(Path(name).name == "data.pkl" for name in zipfile.ZipFile(file).namelist()):
                raise _of_torch(path)
            file.seek(0)
            with np.load(file, allow_pickle=False) as archive:
                return {name: _array(archive, name, path) for name in archive.files}
    except OSError as error:
        raise FileError(f"can't read {path}", received=error.strerror or str(error)) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _damaged(path, str(error)) from None


def write_archive(path: str | os.PathLike[str], arrays: Mapping[str, NDArray[Any]]) -> Path:
    """Write arrays to an ``.npz`` file, whole or not at all.

    Raises
    ------
    FileError: the place can't be written.
    """
    target = Path(path)
    with refusing(target), written(target) as file:
        np.savez(file, allow_pickle=False, **arrays)
    return target


def _array(archive: np.lib.npyio.NpzFile, name: str, path: str | os.PathLike[str]) -> NDArray[Any]:
    try:
        array = archive[name]
    except ValueError as error:
        if "allow_pickle" in str(error):
            raise FileError(
                f"{path} holds pickled objects in {name!r}, which odekit never loads",
                expected="plain arrays of numbers, and meta as text",
                hint="np.savez with numeric arrays",
            ) from None
        raise _damaged(path, f"{name!r}: {error}") from None
    if not isinstance(array, np.ndarray):
        raise _damaged(path, f"{name!r} is no array")
    return array


def _not_an_archive(path: str | os.PathLike[str]) -> FileError:
    return FileError(f"{path} is not an .npz file", expected="an archive written by np.savez")


def _of_torch(path: str | os.PathLike[str]) -> FileError:
    return FileError(
        f"{path} is a checkpoint of PyTorch, which odekit doesn't unpickle",
        expected="an archive written by np.savez",
        hint="these three lines, with the names of your own parameters:\n"
        f"  state = torch.load({str(path)!r}, map_location='cpu')\n"
        "  theta, xi = (state[name].numpy() for name in ('theta', 'xi'))  # each (neurons, elements)\n"
        f"  np.savez({str(Path(path).with_suffix('.npz'))!r}, theta=theta, xi=xi)",
    )


def _damaged(path: str | os.PathLike[str], reason: str) -> FileError:
    return FileError(f"{path} is damaged", expected="a complete .npz file", received=reason)
