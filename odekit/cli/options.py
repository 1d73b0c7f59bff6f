"""Options that several commands share; a place that can't be written is refused before any computing."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from odekit.errors import InputError

if TYPE_CHECKING:
    from odekit.groups import CyclicFamily, FiniteGroup

__all__ = [
    "JSON_STREAM",
    "STANDARD_OUTPUT",
    "allow_large",
    "archive_place",
    "chosen_group",
    "finite_group",
    "group_options",
    "json_option",
    "limit_options",
    "out_options",
    "pairs",
    "stored_option",
]

STANDARD_OUTPUT = "-"
JSON_STREAM = "odekit.cli.json"

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def archive_place(ctx: click.Context, parameter: click.Parameter, value: str) -> Path:
    """Refuse a place where no archive can be written; a callback of click's."""
    from odekit.files import check_replaceable

    return check_replaceable(value)


def group_options(help_text: str) -> Decorator:
    """Add ``--group NAME`` and ``--table FILE``, the words of which `chosen_group` takes."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        table = "Multiplication table in an .npy or .npz file, instead of --group."
        function = click.option("--table", metavar="FILE", multiple=True, callback=_one, help=table)(function)
        return click.option("--group", metavar="NAME", multiple=True, callback=_one, help=help_text)(function)

    return decorate


def pairs(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Options such as ``name=value``, by name; a callback of click's."""
    found: dict[str, str] = {}
    for text in values:
        name, sign, value = (part.strip() for part in text.partition("="))
        if not (name and sign and value):
            raise click.BadParameter(f"{text!r} is not of the form {parameter.metavar}.", ctx, parameter)
        if name in found:
            raise click.BadParameter(f"{name} is given twice.", ctx, parameter)
        found[name] = value
    return found


def stored_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--stored-as NAME=ARRAY``, of which `load_run` and `load_weights` take the pairs."""
    told = "Where the file has theta, xi or t by another name: theta=embed.weight.T, with .T transposed."
    return click.option(
        "--stored-as", "names", metavar="NAME=ARRAY", multiple=True, callback=pairs, help=told
    )(function)


def _one(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> str | None:
    """The option's value, given at most once."""
    if len(values) > 1:
        raise click.UsageError(f"--{parameter.name} names {len(values)} groups; give one of them.")
    return values[0] if values else None


def allow_large(group: FiniteGroup | CyclicFamily | None) -> None:
    """Find the irreps of a group of any order, whatever it costs."""
    from odekit.groups import FiniteGroup, find_irreps

    if isinstance(group, FiniteGroup) and not group.is_abelian:
        find_irreps(group, force=True)


def json_option(content: str) -> Decorator:
    """Add ``--json FILE``; with ``-`` nothing but JSON goes to standard output."""
    told = f"Write {content} to FILE, or to standard output if it is -; all else then goes to standard error."
    return click.option("--json", "json_file", metavar="FILE", callback=_text_place, help=told)


def out_options(content: str) -> Decorator:
    """Add ``--out DIR`` and ``--force``; a folder that can't be made is refused before any computing."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        told = (
            f"Make the folder DIR with {content}. It appears when all is done; one that exists and is not "
            "empty is refused."
        )
        force = "Let --out replace an earlier report (and never anything else)."
        function = click.option("--force", is_flag=True, is_eager=True, help=force)(function)
        return click.option("--out", metavar="DIR", callback=_folder_place, help=told)(function)

    return decorate


def _folder_place(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    from odekit.report import check_folder

    if value is not None:
        check_folder(value, bool(ctx.params.get("force")))
    return value


def limit_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--limit SECONDS`` and ``--memory GIGABYTES``, which the command's symbolic work runs under."""
    told = {
        "limit": (
            "seconds",
            "Of symbolic work on each question. Default: 4, or 60 on derivations; more on slow machines.",
        ),
        "memory": ("gigabytes", "Of symbolic work on each question. Default: 2."),
    }
    for option, (name, help_text) in reversed(told.items()):
        function = click.option(
            f"--{option}",
            name,
            type=click.FloatRange(min=0, min_open=True),
            metavar=name.upper(),
            expose_value=False,
            callback=_limited,
            help=help_text,
        )(function)
    return function


def _limited(ctx: click.Context, parameter: click.Parameter, value: float | None) -> None:
    from odekit.limits import limit

    if value is not None and math.isnan(value):
        raise click.BadParameter(f"{value} is no number of {parameter.name}.")
    if value is not None:
        ctx.with_resource(limit(**{str(parameter.name): value}))


def _text_place(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    from odekit.files import check_writable

    if value == STANDARD_OUTPUT:
        # A file of claims is a program, and may print what it likes.
        ctx.meta[JSON_STREAM] = sys.stdout
        ctx.with_resource(redirect_stdout(sys.stderr))
    elif value is not None:
        check_writable(value)
    return value


def chosen_group(group: str | None, table: str | None) -> FiniteGroup | CyclicFamily | None:
    """Return the group that the options name, or None where they name none.

    Raises
    ------
    click.UsageError: both options are given.
    """
    if group is not None and table is not None:
        raise click.UsageError("--group and --table name two groups; give one of them.")
    if table is not None:
        from odekit.groups import load_table

        return load_table(table)
    if group is None:
        return None
    from odekit.groups import group as named_group

    return named_group(group)


def finite_group(group: str | None, table: str | None) -> FiniteGroup | None:
    """Return the group that the options name, as `chosen_group`, and refuse one whose order is a symbol.

    Raises
    ------
    InputError: the order is a symbol.
    """
    from odekit.groups import CyclicFamily

    chosen = chosen_group(group, table)
    if isinstance(chosen, CyclicFamily):
        raise InputError(
            f"the order of {chosen.name} is a symbol",
            expected="a group of a definite order",
            received=chosen.name,
            hint="--group Z23",
        )
    return chosen
