"""Files written whole or not at all.

A file is written under a temporary name in the same folder and renamed, so that an interrupted program leaves
what was there before. A device or a pipe, which can't be renamed onto, is written directly. The same checks
tell before a long computation whether a place will do.
"""

import codecs
import errno
import os
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

from odekit.errors import FileError

__all__ = [
    "check_plain",
    "check_replaceable",
    "check_writable",
    "decoded",
    "is_device",
    "read_bytes",
    "read_toml",
    "refusing",
    "write_text",
    "written",
]

LARGEST_FILE = 50_000_000  # bytes; a program or a system is shorter
LARGEST_TOML = 1_000_000  # bytes; more is no file of formulas, and would only fill the memory

# A key of so many parts, a.b.c, is no name of anything; the parser takes memory as their number squared.
MOST_PARTS = 50
_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+"""
_DEEP_KEY = re.compile(rf"""(?<![\w."'-])(?:{_PART}){{{MOST_PARTS}}}""")

# Marks at the beginning of a file, the longer ones first, of which the shorter are the beginning.
WIDE = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


def check_writable(path: str | os.PathLike[str]) -> Path:
    """Refuse a file that could not be written; nothing is left behind.

    Raises
    ------
    FileError: the folder doesn't exist or can't be written, or the path is a folder.
    """
    target = Path(path)
    with refusing(target):
        if target.is_dir():
            raise FileError(f"can't write {target}", expected="a file's name", received="a folder")
        if not is_device(target):
            _probe(_temporary(Path(os.path.realpath(target))))
        elif not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return target


def check_replaceable(path: str | os.PathLike[str]) -> Path:
    """Refuse also a device or a pipe, where an archive is written that only a file can hold.

    Raises
    ------
    FileError: as `check_writable`, or something that is no plain file.
    """
    target = check_writable(path)
    if is_device(target):
        raise FileError(f"can't write {target}", expected="a plain file", received="a device or a pipe")
    return target


def write_text(path: str | os.PathLike[str], text: str) -> Path:
    """Write text to a file in UTF-8, whole or not at all.

    Raises
    ------
    FileError: the place can't be written.
    """
    target = Path(path)
    with refusing(target):
        if is_device(target):
            target.write_bytes(text.encode())
        else:
            with written(target) as file:
                file.write(text.encode())
    return target


def decoded(content: bytes, path: str | os.PathLike[str]) -> str:
    """The text of a file in UTF-8, without the mark at its beginning that some editors write.

    Raises
    ------
    FileError: it is in UTF-16 or UTF-32, as what PowerShell's ``>`` writes, or not in UTF-8.

    >>> decoded("a = 1".encode("utf-8-sig"), "draft.toml")
    'a = 1'
    """
    # Text in UTF-8 holds no zero byte; in the wider encodings every second byte of plain English is one.
    wide = next((name for mark, name in WIDE.items() if content.startswith(mark)), "")
    if wide or b"\0" in content[:4]:
        raise FileError(
            f"{path} is written in {wide or 'UTF-16'}",
            expected="text in UTF-8",
            hint="save it again as UTF-8; in PowerShell: Set-Content -Encoding utf8",
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(
            f"{path} is not text in UTF-8", expected="text in UTF-8", received=f"{error}"
        ) from None


def check_plain(path: Path) -> None:
    """Refuse to read a device or a pipe, which may have no end, or no beginning.

    Raises
    ------
    FileError: one is there.
    """
    if is_device(path):
        raise FileError(f"{path} is no plain file", received="a device or a pipe")


def read_bytes(path: Path) -> bytes:
    """The content of a plain file; a pipe or a device, which may have no end, is refused.

    Raises
    ------
    FileError: it can't be read, is none, or is larger than 50 MB.
    """
    check_plain(path)
    return _content(path, LARGEST_FILE)


def read_toml(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The tables of a TOML file in UTF-8, with or without the mark at its beginning.

    Raises
    ------
    FileError: it can't be read, is no TOML, is larger than 1 MB, or has a key of more than 50 parts.
    """
    text = decoded(_content(path, LARGEST_TOML), path)
    if _DEEP_KEY.search(text):
        raise FileError(f"{path} has a key that is too deep", expected=f"at most {MOST_PARTS} parts, a.b.c")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # of its syntax, or of numbers with thousands of digits
        raise FileError(f"{path} is not a TOML file", received=str(error)) from None


@contextmanager
def written(path: Path, stamp: float | None = None) -> Iterator[BinaryIO]:
    """A binary file that takes its place when the block has ended, and never if the block fails.

    Parameters
    ----------
    path: of the file; where it is a link, the file that it leads to is replaced.
    stamp: time of the last change that the file shall bear, in seconds, or None for the true one.

    Raises
    ------
    FileError: a device or a pipe is there, which would be no more.
    """
    target = Path(os.path.realpath(path))
    if is_device(target):
        raise FileError(f"can't write {path}", expected="a plain file", received="a device or a pipe")
    temporary = _temporary(target)
    try:
        with open(temporary, "xb") as file:
            yield file
        if stamp is not None:
            os.utime(temporary, (stamp, stamp))
        os.replace(temporary, target)
    finally:
        with suppress(FileNotFoundError, NotADirectoryError):
            temporary.unlink()


def is_device(path: Path) -> bool:
    """Whether something is there that is neither a file nor a folder."""
    return path.exists() and not path.is_file() and not path.is_dir()


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn what the system says of a place into an error that names the place.

    Raises
    ------
    FileError: the block met an error of the system.
    """
    try:
        yield
    except OSError as error:
        missing = not path.parent.exists()
        raise FileError(
            f"can't write {path}",
            expected="a place in an existing folder that may be written",
            received=error.strerror or str(error),
            hint=f"mkdir -p {path.parent}" if missing else "",
        ) from None


def _probe(place: Path) -> None:
    try:
        place.touch(exist_ok=False)
    finally:
        with suppress(OSError):
            place.unlink()


def _content(path: str | os.PathLike[str], largest: int) -> bytes:
    """What a file holds, of so many bytes at most."""
    try:
        with open(path, "rb") as file:
            content = file.read(largest + 1)
    except OSError as error:
        raise FileError(f"{path} can't be read", received=error.strerror or str(error)) from None
    except ValueError as error:  # a zero byte in the name
        raise FileError(f"{str(path)!r} is no path", received=str(error)) from None
    if len(content) > largest:
        raise FileError(f"{path} is too large", expected=f"at most {largest} bytes")
    return content


def _temporary(target: Path) -> Path:
    """A hidden name beside the target that no other process has, nor one that was killed before."""
    return target.with_name(f".{target.name}.{uuid4().hex}.tmp")
