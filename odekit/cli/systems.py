"""How a system is shown: as text, LaTeX, JSON or a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from odekit.cli.output import say, say_report, write_json

if TYPE_CHECKING:
    from odekit.systems import Certificate, System

__all__ = ["FORMATS", "show_system"]

FORMATS = ("text", "latex", "json", "python")


def show_system(
    system: System, form: str, json_file: str | None, certificate: Certificate | None = None
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
        (say_report if form == "text" else say)(text, json_file)
    if json_file is not None:
        write_json(system.to_dict(certificate), json_file)
