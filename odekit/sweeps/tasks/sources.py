"""Files that settings name: their content belongs to what determines a cell."""

import hashlib
from pathlib import Path

from odekit.files import read_bytes, read_toml

__all__ = ["digest"]


def digest(path: Path) -> str:
    """SHA-256 of a file, and of the file of the system that a TOML file names with ``system``.

    What a Python file imports is not part of it.

    Raises
    ------
    FileError: a file that can't be read, is no plain one or too large, or is no TOML.
    """
    found = hashlib.sha256(read_bytes(path))
    system = read_toml(path).get("system") if path.suffix == ".toml" else None
    if isinstance(system, str):
        found.update(read_bytes(path.parent / system))
    return found.hexdigest()
