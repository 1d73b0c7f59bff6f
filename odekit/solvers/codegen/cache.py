"""Generated code on disk, so that it is compiled once per machine and not once per process."""

import functools
import hashlib
import os
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path

from odekit.files import written
from odekit.solvers.codegen.private_folder import make_private, why_not_private

__all__ = ["cache_folder", "digest", "is_trusted", "stored"]

# Numba looks at a file's time to tell whether its machine code is still valid: any fixed one will do.
_STAMP = 1_000_000_000


def cache_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Folder of generated code: ``$ODEKIT_CACHE_DIR``, else ``odekit`` in the user's folder for caches.

    >>> cache_folder({"XDG_CACHE_HOME": "/var/cache/me"}, "linux").as_posix()
    '/var/cache/me/odekit'
    """
    if environment.get("ODEKIT_CACHE_DIR"):
        return Path(environment["ODEKIT_CACHE_DIR"])
    if platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "odekit" / "cache"
    if platform == "darwin":
        return Path.home() / "Library" / "Caches" / "odekit"
    return Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "odekit"


def digest(source: str) -> str:
    """Name of a text: 32 hexadecimal digits that no other text shares."""
    return hashlib.sha256(source.encode()).hexdigest()[:32]


def stored(source: str) -> Path | None:
    """Path of a file that holds exactly this text, or None where none can be kept.

    The name is the text's hash. The file appears whole or not at all, always with the same time stamp, so
    that what was compiled from it stays valid whoever writes it again. A folder to which others can write is
    not used, with a warning that says why.
    """
    try:
        folder = cache_folder()
        make_private(folder)
        if not is_trusted(folder):
            return None
        path = folder / f"{digest(source)}.py"
        if path.is_symlink():
            path.unlink()
        if not (path.is_file() and path.read_bytes() == source.encode()):
            with written(path, _STAMP) as file:
                file.write(source.encode())
    except (OSError, RuntimeError):
        return None
    return path


def is_trusted(folder: Path) -> bool:
    """Whether nobody else can write to a folder; if somebody can, a warning says so, once a process.

    Raises
    ------
    OSError: the folder can't be looked at.
    """
    reason = why_not_private(folder)
    if reason:
        _warn(reason)
    return not reason


@functools.cache
def _warn(reason: str) -> None:
    warnings.warn(
        f"compiled code is not kept: {reason}. Expected: a folder of your own with mode 0700. "
        "Try: chmod 700, or another folder as ODEKIT_CACHE_DIR.",
        stacklevel=2,
    )
