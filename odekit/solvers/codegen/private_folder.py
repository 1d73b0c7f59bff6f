"""Whether a folder is this user's alone: what is loaded from it runs, so that nobody else may write to it."""

import os
import stat
import sys
from pathlib import Path

__all__ = ["make_private", "why_not_private"]

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_ROOT = 0


def make_private(folder: Path) -> None:
    """Makes the folder, with mode 0700, where it isn't there.

    Raises
    ------
    OSError: it can't be made.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)


def why_not_private(folder: Path) -> str:
    """Why somebody else could write to a folder that exists, or nothing where nobody can.

    It has to belong to this user, and neither its group nor others may write to it. On the way to it there
    may be no link of somebody else, and no folder in which anyone may replace what isn't theirs. On Windows
    nothing is found.

    Raises
    ------
    OSError: the folder can't be looked at.
    """
    if sys.platform == "win32":
        return ""
    user, whole = os.getuid(), Path(os.path.abspath(folder))
    for place in (whole, *whole.parents):
        entry = os.lstat(place)
        if stat.S_ISLNK(entry.st_mode) and entry.st_uid not in (user, _ROOT):
            return f"{place} is a link of another user"
    real = Path(os.path.realpath(whole))
    own = os.stat(real)
    if own.st_uid != user:
        return f"{real} belongs to another user"
    if own.st_mode & _OTHERS_WRITE:
        return f"{real} can be written by others"
    return next((f"{place} can be written by anyone" for place in real.parents if _is_open(place)), "")


def _is_open(folder: Path) -> bool:
    mode = os.stat(folder).st_mode
    return bool(mode & stat.S_IWOTH) and not mode & stat.S_ISVTX
