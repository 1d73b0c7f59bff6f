"""How a system is shown, that of a network or of a file: as text, LaTeX, JSON or a program."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from odekit.cli.output import say, say_report, tell, write_json

if TYPE_CHECKING:
    from odekit.systems import Certificate, System

__all__ = ["FORMATS", "show_file", "show_system"]

FORMATS = ("text", "latex", "json", "python")


def show_file(file: Path, form: str, json_file: str | None) -> System:
    """Print the system that a TOML file holds, its report folded to the terminal or 80 columns."""
    from odekit.systems import system

    found = system(file)
    show_system(found, form, json_file, is_folded=True)
    return found


def show_system(
    system: System,
    form: str,
    json_file: str | None,
    certificate: Certificate | None = None,
    is_folded: bool = False,
) -> None:
    """Print a system in one of `FORMATS`, and write its JSON to the file that was asked for."""
    from odekit.json_text import strict_json

    if form == "json":
        text = strict_json(system.to_dict(certificate)).rstrip("\n")
    elif form == "text":
        text = system.report(certificate)
    else:
        text = system.latex() if form == "latex" else system.python()
    if not (form == "json" and json_file == "-"):
        (say if form != "text" else tell if is_folded else say_report)(text, json_file)
    if json_file is not None:
        write_json(system.to_dict(certificate), json_file)
