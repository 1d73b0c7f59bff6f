"""Arrays in an ``.npz`` file without pickles: written whole or not at all, read or refused with a reason.

What an array's header declares is checked before anything is unpacked, so that no file, whatever it says of
itself, takes more memory than a hundred times its own size or 256 MiB, whichever is larger; numbers count
with the eight bytes that they take as float64.
"""

import math
import os
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from odekit.arguments import path_of
from odekit.errors import FileError
from odekit.files import refusing, written
from odekit.simulation.runs.contents import Contents

__all__ = [
    "PICKLE",
    "Archive",
    "check_unpacked_size",
    "opened_archive",
    "read_archive",
    "refusing_damage",
    "write_archive",
]

MAGIC = b"PK\x03\x04"
# The entry of an archive of PyTorch's that says what it holds.
PICKLE = "data.pkl"
# How a file of PyTorch's begins that is no archive: the number with which it pickles its own format.
TORCH = bytes.fromhex("80028a0a6cfc9c46f920")
# Weights that are no constants shrink by far less; deflate itself reaches 1,032.
LARGEST_RATIO = 100
# What a file may take unpacked, however small it is, in bytes.
ALWAYS_ALLOWED = 2**28
# Each array costs some time before anything is known of it.
MOST_ARRAYS = 10_000
FLOAT = 8  # bytes
HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}

Arrays = dict[str, NDArray[Any]]
FilePath = str | os.PathLike[str]


class _Entry(NamedTuple):
    """What the archive says of one array."""

    info: zipfile.ZipInfo
    shape: tuple[int, ...]


class Archive(Contents):
    """Arrays of an open archive by name, each unpacked when it is asked for.

    Parameters
    ----------
    path: of the file, for messages.
    archive: it, open.

    Raises
    ------
    FileError: as `opened_archive`; reading an array, too, where it is damaged.
    """

    def __init__(self, path: FilePath, archive: zipfile.ZipFile) -> None:
        self._path, self._archive = path, archive
        infos = archive.infolist()
        if any(Path(info.filename).name == PICKLE for info in infos):
            raise _of_torch(path)
        if len(infos) > MOST_ARRAYS:
            raise FileError(
                f"{path} holds too many arrays", expected=f"at most {MOST_ARRAYS}", received=f"{len(infos)}"
            )
        check_unpacked_size(path, sum(info.file_size for info in infos))
        named = {info.filename.removesuffix(".npy"): info for info in infos}
        self._entries = {name: _Entry(info, self._shape(name, info)) for name, info in named.items()}
        check_unpacked_size(path, sum(FLOAT * math.prod(entry.shape) for entry in self._entries.values()))

    def __getitem__(self, name: str) -> NDArray[Any]:
        entry = self._entries[name]
        with refusing_damage(self._path, name), self._archive.open(entry.info) as file:
            array: NDArray[Any] = np.lib.format.read_array(file, allow_pickle=False)
        return array

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def shapes(self) -> Mapping[str, tuple[int, ...]]:
        """What each array's header declares, which its size in bytes bears out."""
        return {name: entry.shape for name, entry in self._entries.items()}

    def _shape(self, name: str, info: zipfile.ZipInfo) -> tuple[int, ...]:
        with refusing_damage(self._path, name), self._archive.open(info) as file:
            version = np.lib.format.read_magic(file)
            if version not in HEADERS:
                raise ValueError(f"version {version} of the .npy format")
            shape, _, dtype = HEADERS[version](file)
            begin = file.tell()
        if dtype.hasobject:
            raise FileError(
                f"{self._path} holds pickled objects in {name!r}, which odekit never loads",
                expected="plain arrays of numbers, and meta as text",
                hint="np.savez with numeric arrays",
            )
        declared = dtype.itemsize * math.prod(shape)
        # An array without elements may have other axes of any length, but NumPy counts their bytes as well.
        addressed = max(dtype.itemsize, 1) * math.prod(max(length, 1) for length in shape)
        if min(shape, default=0) < 0 or declared != info.file_size - begin or addressed > sys.maxsize:
            raise FileError(
                f"{self._path} is damaged: the header of {name!r} doesn't fit what follows",
                expected=f"{info.file_size - begin} bytes, as many as the archive declares",
                received=f"shape {_short(shape)} of {dtype.str}",
                hint="write the file once more with np.savez",
            )
        return shape


@contextmanager
def opened_archive(path: FilePath) -> Iterator[Archive]:
    """The arrays of an ``.npz`` file, whose headers have been read, and nothing else yet.

    Raises
    ------
    FileError: there is no such file, it is no ``.npz``, it is damaged, holds pickled objects, an array's
        header contradicts its size, or all would take over a hundred times the file's size and 256 MiB.
    """
    path = path_of(path, "a run's file")
    with refusing_damage(path):
        file = open(path, "rb")  # noqa: SIM115 - the block below closes it
    with file:
        with refusing_damage(path):
            start = file.read(len(TORCH))
            if not start.startswith(MAGIC) or not zipfile.is_zipfile(file):
                raise _of_torch(path) if start == TORCH else _not_an_archive(path)
            archive = Archive(path, zipfile.ZipFile(file))
        yield archive


def read_archive(path: FilePath) -> Arrays:
    """All arrays of an ``.npz`` file, by name.

    Raises
    ------
    FileError: as `opened_archive`.
    """
    with opened_archive(path) as archive:
        return dict(archive)


def write_archive(path: FilePath, arrays: Mapping[str, NDArray[Any]]) -> Path:
    """Write arrays to an ``.npz`` file, whole or not at all.

    Raises
    ------
    FileError: the place can't be written.
    """
    target = path_of(path, "a run's file")
    with refusing(target), written(target) as file:
        np.savez(file, allow_pickle=False, **arrays)
    return target


@contextmanager
def refusing_damage(path: FilePath, name: str = "", whole: str = "a complete .npz file") -> Iterator[None]:
    """Turn what reading a file, or one array in it, may raise into an error that names both.

    Raises
    ------
    FileError: the block met any error; one that names a file already stays as it is.
    """
    try:
        yield
    except FileError:
        raise
    except OSError as error:
        raise FileError(f"can't read {path}", received=error.strerror or str(error)) from None
    except Exception as error:
        # The readers of archives and of headers raise whatever their own parts do on bytes of any kind.
        received = f"{name!r}: {error}" if name else str(error)
        raise FileError(f"{path} is damaged", expected=whole, received=received) from None


def check_unpacked_size(path: FilePath, size: int) -> None:
    """Refuse a file whose content takes too much memory.

    Raises
    ------
    FileError: ``size``, in bytes, is over a hundred times the file's size and 256 MiB.
    """
    packed = os.path.getsize(path)
    if size > max(ALWAYS_ALLOWED, LARGEST_RATIO * packed):
        raise FileError(
            f"{path} would take {size / 1e9:.3g} GB unpacked, out of {packed / 1e6:.3g} MB",
            expected=f"at most {LARGEST_RATIO} times the file's size, or {ALWAYS_ALLOWED // 2**20} MiB",
            received=f"{size} bytes",
            hint="np.savez, which doesn't pack",
        )


def _short(shape: tuple[int, ...]) -> str:
    return text if len(text := str(shape)) <= 100 else f"{text[:97]}..."


def _not_an_archive(path: FilePath) -> FileError:
    return FileError(f"{path} is not an .npz file", expected="an archive written by np.savez")


def _of_torch(path: FilePath) -> FileError:
    return FileError(
        f"{path} is a checkpoint of PyTorch, which odekit doesn't unpickle",
        expected="an archive written by np.savez",
        hint="these three lines, with the names of your own parameters:\n"
        f"  state = torch.load({str(path)!r}, map_location='cpu')\n"
        "  theta, xi = (state[name].numpy() for name in ('theta', 'xi'))  # each (neurons, elements)\n"
        f"  np.savez({str(Path(path).with_suffix('.npz'))!r}, theta=theta, xi=xi)",
    )
