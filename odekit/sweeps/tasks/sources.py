"""Files that settings name: their content belongs to what determines a cell."""

import ast
import hashlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from odekit.files import read_bytes, read_toml

__all__ = ["digest"]


def digest(path: Path) -> str:
    """SHA-256 of a file, of the system that a TOML file names, and of what a Python file imports beside it.

    Of the last its modules in the same folder, and theirs, as far as import statements tell, and packages
    whole. odekit itself, which the versions of the numerics tell of, is none of them.

    Raises
    ------
    FileError: a file that can't be read, is no plain one or too large, or is no TOML.
    """
    content = read_bytes(path)
    found = hashlib.sha256(content)
    if path.suffix == ".toml":
        system = read_toml(path).get("system")
        if isinstance(system, str):
            found.update(read_bytes(path.parent / system))
    elif path.suffix == ".py":
        for file in _beside(content, path.parent, {path}):
            found.update(read_bytes(file))
    return found.hexdigest()


def _beside(content: bytes, folder: Path, seen: set[Path]) -> Iterator[Path]:
    """The files in a folder that a program imports, each once."""
    for name in _imported(content):
        module, package = folder / f"{name}.py", folder / name
        if package.is_dir():
            new = {file for file in package.rglob("*.py") if file.is_file()} - seen
            seen |= new
            yield from sorted(new)
        elif module.is_file() and module not in seen:
            seen.add(module)
            yield module
            yield from _beside(read_bytes(module), folder, seen)


@lru_cache(maxsize=64)
def _imported(content: bytes) -> Sequence[str]:
    """Top names of the modules that a program imports, read once; none of one that can't be read."""
    try:
        nodes = [*ast.walk(ast.parse(content))]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    named = [each.name for node in nodes if isinstance(node, ast.Import) for each in node.names]
    named += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    return tuple(sorted({name.partition(".")[0] for name in named} - {"odekit"}))
