"""``odekit analyse``: everything that can be found of an ODE or an energy in a file."""

from __future__ import annotations

from pathlib import Path

import click

from odekit.cli.command import Command, command_words, debug_option
from odekit.cli.options import json_option, limit_options, out_options
from odekit.cli.output import tell
from odekit.cli.systems import FORMATS, show_file

__all__ = ["command"]


@click.command(
    "analyse",
    cls=Command,
    short_help="Integrals, symmetries and points of rest of an ODE of your own.",
    examples=(
        ("odekit analyse lotka.toml", "Equations, integrals, symmetries, points of rest with their spectra."),
        ("odekit analyse lotka.toml --format latex", "The equations, to stand in a displayed equation."),
        ("odekit analyse lotka.toml --format python > flow.py", "A program that needs NumPy only."),
        ("odekit analyse lotka.toml --out report", "A page (HTML) with all of it, and the phase portrait."),
        ("odekit analyse lotka.toml --json -", "Everything for a program."),
    ),
)
@click.argument("file", metavar="FILE.toml", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@out_options("report.html, report.json and system.tex")
@json_option("the system")
@limit_options
@debug_option
def command(file: Path, form: str, out: str | None, force: bool, json_file: str | None) -> None:
    """Analyse an ODE, or the gradient flow of an energy.

    FILE is TOML. [equations] holds velocities by state, such as x = "x*(1 - y)" or, for vectors,
    "x[i] for i in 1..n" = "w[i] + K/n*sum(sin(x[j] - x[i]) for j in 1..n)"; [parameters] values by name, ""
    where there is none, or parameters = ["r"] names alone; [definitions] abbreviations; time = "s" another
    name of time; conditions = ["x > 0"] words. In place of [equations], energy = "(s - a*b)**2/2" with
    variables = ["a", "b"], and if they are needed constraint, direction, [metric] and [decay].
    """
    ctx = click.get_current_context()
    found = show_file(file, form, json_file)
    if out is not None:
        from odekit.report import write_system

        tell(f"written to {write_system(found, out, force, command_words(ctx))}", json_file)
