"""Options that name a network and the modes of its reduction, and the system that they mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from odekit.cli.options import allow_large, chosen_group, group_options

if TYPE_CHECKING:
    from odekit.systems import System

__all__ = ["check_alone", "derived_system", "network_options"]

_OPTIONS = (
    click.option("--task", default="x*y", show_default=True, help="x*y, or x+y, x-y, 2*x+3*y, x+y+z, ..."),
    click.option(
        "--activation",
        default="quadratic",
        show_default=True,
        help="A polynomial in z; on cyclic groups relu, gelu, ...",
    ),
    click.option(
        "--modes",
        metavar="LIST",
        help="Frequencies to keep, such as k,2k or 1,2, or all; irreps of other groups above order 1.",
    ),
    click.option(
        "--order",
        type=click.IntRange(1, 3),
        default=1,
        show_default=True,
        help="Highest cumulant of the logits; above 1 neurons couple by order parameters.",
    ),
    click.option("--embedding", default="shared", show_default=True, metavar="shared|unshared"),
    click.option("--constraint", default="none", show_default=True, metavar="none|sphere|joint_sphere"),
    click.option("--decay", is_flag=True, help="Add weight decay, as a parameter of that name."),
    click.option(
        "--force", is_flag=True, help="Find the irreps of a group above the order limit, at any cost."
    ),
)


def network_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a network, the values of which `derived_system` takes by name."""
    for option in reversed(_OPTIONS):
        function = option(function)
    groups = "Z23, Z3xZ5, S4, Q8xS3, ..., or Zp and Zn, whose order stays a symbol. Default: Zp."
    return group_options(groups)(function)


def derived_system(
    group: str | None,
    table: str | None,
    task: str,
    activation: str,
    modes: str | None,
    order: int,
    embedding: str,
    constraint: str,
    decay: bool,
    force: bool,
) -> System:
    """The reduced system of the network that the options name."""
    from odekit.derivation import derive, with_decay
    from odekit.networks import Network

    chosen = chosen_group(group, table)
    if force:
        allow_large(chosen)
    network = Network(
        "Zp" if chosen is None else chosen,
        task=task,
        activation=activation,
        embedding=embedding,
        constraint=constraint,
    )
    system = derive(network, modes, order=order)
    return with_decay(system) if decay else system


def check_alone(file: Path, besides: Sequence[str]) -> None:
    """Refuse what is no systems file, and options of a network beside one.

    Parameters
    ----------
    file: what was named as one.
    besides: names of the parameters that may be given with a file.

    Raises
    ------
    click.UsageError: either.
    """
    if file.suffix != ".toml":
        raise click.UsageError(f"{file} is no .toml file; a group is named by --group {file}.")
    ctx = click.get_current_context()
    given = [
        parameter.opts[0]
        for parameter in ctx.command.params
        if parameter.name not in ("file", *besides)
        and parameter.expose_value
        and ctx.get_parameter_source(str(parameter.name)) is ParameterSource.COMMANDLINE
    ]
    if given:
        raise click.UsageError(f"{', '.join(given)} belongs to a network, not to the ODE of {file}.")
