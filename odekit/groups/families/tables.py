"""Groups from multiplication tables, given as arrays or read from files."""

import os
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import ArrayLike, NDArray

from odekit.errors import FileError, OdekitError
from odekit.files import check_plain, decoded
from odekit.groups.axioms import MAX_ORDER, square_indices
from odekit.groups.group import FiniteGroup

__all__ = ["from_table", "load_table"]

_TABLE_KEYS = ("table", "mult_table")


def from_table(table: ArrayLike, name: str = "custom", labels: tuple[str, ...] = ()) -> FiniteGroup:
    """Return the group of a multiplication table, after its axioms are checked.

    Parameters
    ----------
    table: ``(n, n)`` integers; entry (g, h) is the index of g h.
    name: what to call the group.
    labels: n distinct names of the elements; by default their indices.

    Raises
    ------
    InputError: the table isn't a group's, or the labels don't name its elements.

    Examples
    --------
    >>> from_table([[1, 0], [0, 1]]).identity
    1
    """
    return FiniteGroup(name, square_indices(table), labels)


NUMPY, ARCHIVE = b"\x93NUMPY", b"PK"
SEPARATORS = str.maketrans(",;\t\r", "    ")
# A table of order 1,000 has some 4 MB.
LARGEST_TEXT = 20_000_000
# An array of the largest order, in the widest integers, with its header.
LARGEST_ARRAY = 8 * MAX_ORDER**2 + 2**16


def load_table(path: str | os.PathLike[str]) -> FiniteGroup:
    """Read a multiplication table from a file and return its group, named after the file.

    Parameters
    ----------
    path: a ``.npy`` file, an ``.npz`` file with the array ``table`` or ``mult_table``, or text (CSV) of n
        rows of n whole numbers. Pickled objects are refused.

    Raises
    ------
    FileError: the file can't be read, is a pipe or a device, has no such array, or one that is larger than
        any group's.
    InputError: the table isn't a group's.
    """
    file = Path(path)
    check_plain(file)
    try:
        with file.open("rb") as stream:
            start = stream.read(len(NUMPY))
            stream.seek(0)
            if not start.startswith((NUMPY, ARCHIVE)):
                return from_table(_table_of_text(stream, file), name=file.stem)
            if start == NUMPY:
                _check_size(os.fstat(stream.fileno()).st_size, file)
            loaded = np.load(stream, allow_pickle=False)
            array = loaded if isinstance(loaded, np.ndarray) else _table_of_archive(loaded, file)
    except OdekitError:
        raise
    except Exception as error:
        # The readers of archives and of headers raise whatever their own parts do on bytes of any kind.
        raise FileError(
            f"no multiplication table can be read from {str(file)!r}",
            expected="a .npy file, or an .npz file, without pickled objects",
            received=str(error),
        ) from error
    return from_table(array, name=file.stem)


def _check_size(size: int, file: Path) -> None:
    if size > LARGEST_ARRAY:
        raise FileError(
            f"{str(file)!r} is too large for a multiplication table",
            expected=f"at most {LARGEST_ARRAY} bytes, unpacked, which hold one of order {MAX_ORDER}",
            received=f"{size} bytes",
        )


def _table_of_text(stream: BinaryIO, file: Path) -> NDArray[np.generic]:
    """A table written as rows of whole numbers, separated by commas, semicolons, tabs or spaces."""
    try:
        content = stream.read(LARGEST_TEXT + 1)
        rows = decoded(content, file).translate(SEPARATORS).split("\n")
        table = [[int(entry) for entry in row.split()] for row in rows if row.strip()]
    except ValueError:
        table = []
    if not table or len(content) > LARGEST_TEXT or any(len(row) != len(table) for row in table):
        raise FileError(
            f"no multiplication table can be read from {str(file)!r}",
            expected="a .npy or .npz file, or rows of n whole numbers from 0 to n - 1 in plain text (CSV)",
            received=f"text of {len(table)} rows" if table else "neither of them",
            hint="numpy.save('table.npy', table)",
        )
    return np.array(table)


def _table_of_archive(archive: np.lib.npyio.NpzFile, file: Path) -> NDArray[np.generic]:
    assert archive.zip is not None  # it is open
    sizes = {info.filename.removesuffix(".npy"): info.file_size for info in archive.zip.infolist()}
    for key in _TABLE_KEYS:
        if key in archive:
            _check_size(sizes[key], file)
            table: NDArray[np.generic] = archive[key]
            return table
    raise FileError(
        f"{str(file)!r} has no multiplication table",
        expected=f"an array called {' or '.join(_TABLE_KEYS)}",
        received=f"arrays {', '.join(archive.files) or '(none)'}",
    )
