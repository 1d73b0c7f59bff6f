"""Checksums of compiled code, kept beside it, so that damaged code is compiled again and never run."""

import hashlib
from collections.abc import Collection
from pathlib import Path

from odekit.files import written

__all__ = ["keep_sound", "write_checksums"]


def keep_sound(files: Collection[Path], sums: Path) -> bool:
    """Removes all files unless they are plain files and just those whose checksums ``sums`` holds.

    Raises
    ------
    OSError: a file can't be read, or one that isn't sound can't be removed.
    """
    if not files or _are_sound(files, sums):
        return True
    for path in files:
        path.unlink(missing_ok=True)
    return False


def write_checksums(files: Collection[Path], sums: Path) -> None:
    """Writes the checksums of files down, in place of what ``sums`` held; a link is replaced, not followed.

    Raises
    ------
    OSError: a file can't be read, or ``sums`` can't be written.
    """
    if sums.is_symlink():
        sums.unlink()
    with written(sums) as file:
        file.write(_checksums(files))


def _are_sound(files: Collection[Path], sums: Path) -> bool:
    are_plain = all(path.is_file() and not path.is_symlink() for path in (*files, sums))
    return are_plain and sums.read_bytes() == _checksums(files)


def _checksums(files: Collection[Path]) -> bytes:
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()} {path.name}\n" for path in sorted(files)]
    return "".join(lines).encode()
