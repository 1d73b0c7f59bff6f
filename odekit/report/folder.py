"""A report as a folder: JSON, LaTeX, Markdown and figures, which appear together or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from odekit.errors import FileError
from odekit.files import refusing
from odekit.json_text import strict_json
from odekit.report.figures import has_figure, plot_verdict, save_figure
from odekit.report.prose import controls, notes, provenance, total
from odekit.report.tables import escape, latex_table, markdown_table, verdict_table

if TYPE_CHECKING:
    from odekit.claims import Report

__all__ = ["check_folder", "write_report"]

FILES = ("report.json", "verdicts.tex", "verdicts.md")
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


def write_report(report: Report, path: str | os.PathLike[str], force: bool = False) -> Path:
    """Write ``report.json``, ``verdicts.tex``, ``verdicts.md`` and ``figures/`` into a new folder.

    Parameters
    ----------
    report: what to write; each file carries its version, seed and settings.
    path, force: see `check_folder`.

    Raises
    ------
    FileError: the folder can't be written; then nothing is.
    """
    target = check_folder(path, force)
    temporary = _beside(target, "tmp")
    with refusing(Path(path)):
        try:
            temporary.mkdir()
            _fill(report, temporary)
            _swap(temporary, target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    return Path(path)


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
            drawn = all(file.suffix in (".pdf", ".png") for file in entry.iterdir())
            yield FIGURES if drawn else f"{FIGURES}/ with files of another kind"
        else:
            yield entry.name


def _fill(report: Report, folder: Path) -> None:
    about = provenance(report)
    table = verdict_table(report)
    (folder / FILES[0]).write_text(strict_json(report.to_json()), encoding="utf-8")
    (folder / FILES[1]).write_text(latex_table(table, about) + "\n", encoding="utf-8")
    (folder / FILES[2]).write_text(_markdown(report), encoding="utf-8")
    figures = folder / FIGURES
    figures.mkdir()
    for verdict in filter(has_figure, report.verdicts):
        told = {"Title": verdict.statement, "Subject": about}
        save_figure(plot_verdict(verdict), figures, verdict.id, told)


def _markdown(report: Report) -> str:
    statements = [f"{verdict.id} ({verdict.source}): {verdict.statement}" for verdict in report.verdicts]
    sections = {
        "Statements": statements,
        "Qualifications": notes(report),
        "Negative controls: false statements, put through the same experiments": controls(report),
    }
    parts = [f"# Verdicts\n\n{escape(total(report))}", markdown_table(verdict_table(report))]
    for title, lines in sections.items():
        if lines:
            parts.append("\n".join([f"## {title}\n", *(f"- {escape(line)}" for line in lines)]))
    return "\n\n".join(parts) + "\n"


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
