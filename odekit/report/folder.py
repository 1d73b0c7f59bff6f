"""A report as a folder, whose files appear together or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from odekit.errors import FileError
from odekit.files import refusing

__all__ = ["check_folder", "filled_folder", "write_folder"]

# Of a report of any kind; with these alone a folder is one, which another may replace.
FILES = (
    "report.json",
    "report.html",
    "comparison.md",
    "comparison.tex",
    "findings.md",
    "findings.tex",
    "prediction.md",
    "prediction.tex",
    "system.tex",
    "verdicts.md",
    "verdicts.tex",
)
FIGURES = "figures"


def check_folder(path: str | os.PathLike[str], force: bool = False) -> Path:
    """Refuse a folder that could not be made, or that would take the place of something.

    Parameters
    ----------
    path: of the folder to come; the folder above it exists.
    force: whether an earlier report may be replaced, and nothing else.

    Raises
    ------
    FileError: something is there already, or the folder above it is missing or can't be written.
    """
    target = Path(os.path.realpath(path))
    with refusing(Path(path)):
        _check_place(target, Path(path))
        if target.exists() and any(target.iterdir()):
            _check_replaceable(target, Path(path), force)
        probe = _beside(target, "probe")
        probe.mkdir()
        probe.rmdir()
    return target


def write_folder(
    path: str | os.PathLike[str],
    texts: Mapping[str, str],
    force: bool = False,
    draw: Callable[[Path], None] | None = None,
) -> Path:
    """Write files into a new folder, which appears when all are there.

    Parameters
    ----------
    path, force: see `check_folder`.
    texts: content by name, of `FILES`.
    draw: fills the folder of figures; without it there is none.

    Raises
    ------
    FileError: the folder can't be written; then nothing is.
    """
    with filled_folder(path, force) as folder:
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
        if draw is not None:
            (folder / FIGURES).mkdir()
            draw(folder / FIGURES)
    return Path(path)


@contextmanager
def filled_folder(path: str | os.PathLike[str], force: bool = False) -> Iterator[Path]:
    """A folder to fill, which takes its place when the block has ended, and never if the block fails.

    Parameters
    ----------
    path, force: see `check_folder`.

    Raises
    ------
    FileError: the folder can't be written, or another program has filled it meanwhile; then nothing is.
    """
    target = check_folder(path, force)
    temporary = _beside(target, "tmp")
    with refusing(Path(path)):
        temporary.mkdir()
        try:
            yield temporary
            check_folder(path, force)
            _swap(temporary, target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def _check_place(target: Path, given: Path) -> None:
    if target.exists() and not target.is_dir():
        raise FileError(f"can't make the folder {given}", expected="a new folder", received="a file")
    if target == Path.cwd() or os.path.ismount(target):
        raise FileError(
            f"can't replace the folder {given}",
            expected="a new folder",
            received="a mount point" if os.path.ismount(target) else "the folder you are in",
            hint=f"another folder, such as {given / 'report'}",
        )


def _check_replaceable(target: Path, given: Path, force: bool) -> None:
    is_report = set(_contents(target)) <= {*FILES, FIGURES}
    if force and is_report:
        return
    raise FileError(
        f"the folder {given} is not empty",
        expected="a new or empty folder" + (", or an earlier report" if force else ""),
        received=", ".join(sorted(_contents(target))[:5]),
        hint="force=True, which replaces an earlier report" if is_report else "another folder",
    )


def _contents(folder: Path) -> Iterator[str]:
    """Names of a report's own entries, and paths of everything else."""
    for entry in folder.iterdir():
        if entry.name == FIGURES and entry.is_dir():
            drawn = all(file.suffix in (".pdf", ".png") and not file.is_dir() for file in entry.iterdir())
            yield FIGURES if drawn else f"{FIGURES}/ with files of another kind"
        else:
            yield f"{entry.name}/" if entry.is_dir() else entry.name


def _swap(temporary: Path, target: Path) -> None:
    """Put the new folder in its place; an earlier report steps aside first and is removed at the end."""
    old = _beside(target, "old")
    if target.exists():
        os.rename(target, old)
    try:
        os.rename(temporary, target)
    except OSError:
        if old.exists():
            os.rename(old, target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _beside(target: Path, kind: str) -> Path:
    return target.with_name(f".{target.name}.{os.getpid()}.{kind}")
