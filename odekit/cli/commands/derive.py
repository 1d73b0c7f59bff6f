"""``odekit derive``: the reduced ODE of a network, with its conditions and a certificate, or a file's ODE."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from odekit.cli.command import Command, debug_option
from odekit.cli.options import allow_large, chosen_group, group_options, json_option, limit_options
from odekit.cli.output import tell
from odekit.cli.systems import FORMATS, show_file, show_system
from odekit.outcomes import ExitCode

if TYPE_CHECKING:
    from odekit.systems import Certificate, System

__all__ = ["command"]

# Orders at which a system of symbolic order is certified: the first one at which its conditions can be met.
CERTIFIED_ORDERS = (7, 11, 13)
LARGEST_CERTIFIED = 200  # brute-force gradients of a larger group take too long to be a default


@click.command(
    "derive",
    cls=Command,
    short_help="The reduced ODE of a network, or the ODE of a file.",
    examples=(
        ("odekit derive", "The four-variable ODE of modular addition, for any odd prime p."),
        ("odekit derive --group Z12 --task x-y --embedding unshared", "Every kind of mode at an even order."),
        (
            "odekit derive --activation 'z**4' --modes k,3k --format latex",
            "Chosen modes, as LaTeX to stand in a displayed equation.",
        ),
        (
            "odekit derive --group S4 --embedding unshared --constraint sphere",
            "Blocks at the irreps of any group, conservation laws, and a table of maxima with their rates.",
        ),
        ("odekit derive --certify 13 --json system.json", "And a file with equations, leaks, certificate."),
        ("odekit derive lotka.toml --format latex", "The ODE of a file, as `odekit analyse` tells it."),
    ),
)
@click.argument("file", metavar="[FILE.toml]", required=False, type=click.Path(path_type=Path))
@group_options("Z23, Z3xZ5, S4, Q8xS3, ..., or Zp and Zn, whose order stays a symbol. Default: Zp.")
@click.option("--task", default="x*y", show_default=True, help="x*y, or x+y, x-y, 2*x+3*y, x+y+z, ...")
@click.option(
    "--activation",
    default="quadratic",
    show_default=True,
    help="A polynomial in z; on cyclic groups relu, gelu, ...",
)
@click.option("--modes", metavar="LIST", help="Frequencies to keep, such as k,2k or 1,2, or all.")
@click.option("--embedding", default="shared", show_default=True, metavar="shared|unshared")
@click.option("--constraint", default="none", show_default=True, metavar="none|sphere|joint_sphere")
@click.option("--decay", is_flag=True, help="Add weight decay, as a parameter of that name.")
@click.option(
    "--certify",
    "order",
    type=click.IntRange(min=2),
    metavar="N",
    help="Order of the brute-force gradient to compare with. Default: the group's, up to 200, or 7.",
)
@click.option("--force", is_flag=True, help="Find the irreps of a group above the order limit, at any cost.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@json_option("the system")
@limit_options
@debug_option
def command(
    file: Path | None,
    group: str | None,
    table: str | None,
    task: str,
    activation: str,
    modes: str | None,
    embedding: str,
    constraint: str,
    decay: bool,
    order: int | None,
    force: bool,
    form: str,
    json_file: str | None,
) -> None:
    """Derive the reduced ODE of a network's gradient flow, near uniform softmax.

    Prints states and equations, the conditions under which they hold, whether the modes are closed and where
    they leak, first integrals, fixed phases, rates, and a certificate: a comparison with the gradient summed
    by brute force, exact up to order 13. Shows nothing and exits with 1 if that disagrees. On a group that is
    not Abelian the equations are those of the blocks at its irreps. With --constraint sphere or joint_sphere
    come what the spheres add, exact solutions, and the maxima of the energy with their spectra.

    With FILE.toml, the ODE or gradient flow that it holds is told instead, as `odekit analyse --help` says.
    """
    if file is not None:
        _check_alone(file)
        show_file(file, form, json_file)
        return
    from odekit.derivation import derive, with_decay
    from odekit.groups import CyclicFamily
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
    system = derive(network) if modes is None else derive(network, modes)
    if decay:
        system = with_decay(system)
    certificate = _certificate(system, order, is_symbolic=isinstance(network.group, CyclicFamily))
    if certificate is not None and not certificate.passed:
        tell(f"{certificate}\nThe equations are not shown: this is a fault of odekit.", err=True)
        click.get_current_context().exit(ExitCode.REFUTED)
    show_system(system, form, json_file, certificate)


def _check_alone(file: Path) -> None:
    """Refuse what is no systems file, and options of a network beside one.

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
        if parameter.name not in ("file", "form", "json_file")
        and parameter.expose_value
        and ctx.get_parameter_source(str(parameter.name)) is ParameterSource.COMMANDLINE
    ]
    if given:
        raise click.UsageError(f"{', '.join(given)} belongs to a network, not to the ODE of {file}.")


def _certificate(system: System, order: int | None, is_symbolic: bool) -> Certificate | None:
    """Certify at the order asked for, else at the first of a few at which the conditions can be met.

    A group of an order above 200 is certified only where that is asked for.
    """
    from odekit.derivation import network_of
    from odekit.errors import ReductionError

    if order is None and not is_symbolic and network_of(system).finite_group.order > LARGEST_CERTIFIED:
        return None
    if order is not None or not is_symbolic:
        return system.certify(order)
    for candidate in CERTIFIED_ORDERS[:-1]:
        try:
            return system.certify(candidate)
        except ReductionError:
            continue
    return system.certify(CERTIFIED_ORDERS[-1])
