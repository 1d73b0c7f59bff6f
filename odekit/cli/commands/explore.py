"""``odekit explore``: a page that integrates a system in the browser, of a network or of a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from odekit.cli.command import Command, debug_option
from odekit.cli.networks import check_alone, derived_system, network_options
from odekit.cli.options import limit_options
from odekit.cli.output import tell

__all__ = ["command"]


def _numbers(ctx: click.Context, parameter: click.Parameter, value: str | None) -> dict[str, float]:
    """Numbers by name from ``x=1,y=0.5``; a callback of click's."""
    found: dict[str, float] = {}
    for part in filter(str.strip, (value or "").split(",")):
        name, equals, number = (piece.strip() for piece in part.partition("="))
        if name in found:
            raise click.BadParameter(f"{name!r} has two values.")
        try:
            found[name] = float(number)
        except ValueError:
            equals = ""
        if not (name and equals):
            raise click.BadParameter(f"{part.strip()!r} is no name with a number, such as x=1.5.")
    return found


def _place(ctx: click.Context, parameter: click.Parameter, value: str) -> Path:
    from odekit.files import check_writable

    return check_writable(value)


@click.command(
    "explore",
    cls=Command,
    short_help="A page that integrates a system in the browser, with sliders.",
    examples=(
        ("odekit explore lotka.toml --out lotka.html", "An ODE of your own; its parameters become sliders."),
        ("odekit explore --out zp.html", "The four-variable ODE of modular addition."),
        (
            "odekit explore --modes k,l,m --out race.html",
            "Three frequencies at once: random starts, and which one wins.",
        ),
        (
            "odekit explore flow.toml --start x=0.1,y=2 --set r=0.5 --end 50 --out flow.html",
            "And from where.",
        ),
    ),
)
@click.argument("file", metavar="[FILE.toml]", required=False, type=click.Path(path_type=Path))
@network_options
@click.option("--out", required=True, metavar="PAGE.html", callback=_place, help="The page to write.")
@click.option("--start", metavar="x=1,...", callback=_numbers, help="Initial values; chosen where omitted.")
@click.option("--set", "values", metavar="r=1,...", callback=_numbers, help="Values of parameters.")
@click.option("--end", type=float, metavar="T", help="Last time; chosen from the speed at the start.")
@click.option("--title", metavar="TEXT", help="Of the page. Default: the file's name, or the group's.")
@limit_options
@debug_option
def command(
    file: Path | None,
    out: Path,
    start: dict[str, float],
    values: dict[str, float],
    end: float | None,
    title: str | None,
    **network: Any,
) -> None:
    """Write a page on which anybody moves parameters and the start of a system and sees what it does.

    The system is that of FILE.toml, as `odekit analyse --help` says, or the reduced ODE of a network, as of
    `odekit derive`. The page is one file that needs no server and asks no host for anything: trajectories,
    phase portrait with nullclines, drift of the first integrals, blow-up times, random starts, and a link
    that holds what was chosen. It integrates with the methods of odekit.solve, to a tolerance of 1e-9.
    """
    from odekit.report import explore

    if file is not None:
        check_alone(file, besides=("out", "start", "values", "end", "title"))
        written = explore(file, out, start=start, parameters=values, t_end=end, title=title)
    else:
        told = title or f"{network['group'] or network['table'] or 'Zp'}: reduced flow of {network['task']}"
        system = derived_system(**network)
        written = explore(system, out, start=start, parameters=values, t_end=end, title=told)
    tell(f"wrote {written}; open it in a browser")
