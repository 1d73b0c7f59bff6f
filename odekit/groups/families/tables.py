"""Groups from multiplication tables, given as arrays or read from files."""

import os
import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from odekit.errors import FileError
from odekit.groups.axioms import square_indices
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


def load_table(path: str | os.PathLike[str]) -> FiniteGroup:
    """Read a multiplication table from a file and return its group, named after the file.

    Parameters
    ----------
    path: a ``.npy`` file, or an ``.npz`` file with the array ``table`` or ``mult_table``. Pickled
        objects in it are refused.

    Raises
    ------
    FileError: the file can't be read, or has no such array.
    InputError: the table isn't a group's.
    """
    file = Path(path)
    try:
        with file.open("rb") as stream:
            loaded = np.load(stream, allow_pickle=False)
            array = loaded if isinstance(loaded, np.ndarray) else _table_of_archive(loaded, file)
    except FileError:
        raise
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise FileError(
            f"no multiplication table can be read from {str(file)!r}",
            expected="a .npy file, or an .npz file, without pickled objects",
            received=str(error),
        ) from error
    return from_table(array, name=file.stem)


def _table_of_archive(archive: np.lib.npyio.NpzFile, file: Path) -> NDArray[np.generic]:
    for key in _TABLE_KEYS:
        if key in archive:
            table: NDArray[np.generic] = archive[key]
            return table
    raise FileError(
        f"{str(file)!r} has no multiplication table",
        expected=f"an array called {' or '.join(_TABLE_KEYS)}",
        received=f"arrays {', '.join(archive.files) or '(none)'}",
    )
