"""Files that settings name: their content belongs to what determines a cell."""

import hashlib
from pathlib import Path

from odekit.errors import FileError
from odekit.files import read_toml

__all__ = ["digest"]


def digest(path: Path) -> str:
    """SHA-256 of a file, and of the file of the system that a TOML file names with ``system``.

    What a Python file imports is not part of it.

    Raises
    ------
    FileError: a file that can't be read, or is no TOML.
    """
    found = hashlib.sha256(_content(path))
    system = read_toml(path).get("system") if path.suffix == ".toml" else None
    if isinstance(system, str):
        found.update(_content(path.parent / system))
    return found.hexdigest()


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileError(f"{path} can't be read", received=error.strerror or str(error)) from None
    except ValueError as error:  # a zero byte in the name
        raise FileError(f"{str(path)!r} is no path", received=str(error)) from None
