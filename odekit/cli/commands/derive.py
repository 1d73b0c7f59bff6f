"""``odekit derive``: the reduced ODE of a network, with its conditions and a certificate, or a file's ODE."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from odekit.cli.command import Command, debug_option
from odekit.cli.networks import check_alone, derived_system, network_options
from odekit.cli.options import json_option, limit_options
from odekit.cli.output import tell
from odekit.cli.systems import FORMATS, show_file, show_system
from odekit.outcomes import ExitCode

if TYPE_CHECKING:
    from odekit.systems import Certificate, System

__all__ = ["command"]

# Orders at which a system of symbolic order is certified: the first one at which its conditions can be met.
CERTIFIED_ORDERS = (7, 11, 13, 17, 19, 23, 29, 31, 37)
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
        ("odekit derive --order 2", "Softmax one cumulant further: order parameters, and what leaks."),
        ("odekit derive --certify 13 --json system.json", "And a file with equations, leaks, certificate."),
        ("odekit derive lotka.toml --format latex", "The ODE of a file, as `odekit analyse` tells it."),
    ),
)
@click.argument("file", metavar="[FILE.toml]", required=False, type=click.Path(path_type=Path))
@network_options
@click.option(
    "--certify",
    "certified",
    type=click.IntRange(min=2),
    metavar="N",
    help="Order of the brute-force gradient to compare with. Default: the group's, up to 200, or 7.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@json_option("the system")
@limit_options
@debug_option
def command(
    file: Path | None, certified: int | None, form: str, json_file: str | None, **network: Any
) -> None:
    """Derive the reduced ODE of a network's gradient flow, near uniform softmax.

    Prints states and equations, the conditions under which they hold, whether the modes are closed and where
    they leak, first integrals, fixed phases, rates, and a certificate: a comparison with the gradient summed
    by brute force, exact up to order 13. Shows nothing and exits with 1 if that disagrees. On a group that is
    not Abelian the equations are those of the blocks at its irreps. With --constraint sphere or joint_sphere
    come what the spheres add, exact solutions, and the maxima of the energy with their spectra. At --order 2
    or 3 softmax is no longer uniform: neurons couple through order parameters, sums over all of them; on a
    group that is not Abelian they live on one irrep each, or on those that --modes names.

    With FILE.toml, the ODE or gradient flow that it holds is told instead, as `odekit analyse --help` says.
    """
    if file is not None:
        check_alone(file, besides=("form", "json_file"))
        show_file(file, form, json_file)
        return
    system = derived_system(**network)
    certificate = _certificate(system, certified)
    if certificate is not None and not certificate.passed:
        tell(f"{certificate}\nThe equations are not shown: this is a fault of odekit.", err=True)
        click.get_current_context().exit(ExitCode.REFUTED)
    show_system(system, form, json_file, certificate)


def _certificate(system: System, order: int | None) -> Certificate | None:
    """Certify at the order asked for, else at the first of a few at which the conditions can be met.

    A group of an order above 200 is certified only where that is asked for.
    """
    from odekit.derivation import network_of
    from odekit.errors import ReductionError
    from odekit.groups import CyclicFamily

    network = network_of(system)
    is_symbolic = isinstance(network.group, CyclicFamily)
    if order is None and not is_symbolic and network.finite_group.order > LARGEST_CERTIFIED:
        return None
    is_lattice = network.activation_polynomial is None  # whose tolerance falls with the order
    if order is not None or is_lattice or not is_symbolic:
        return system.certify(order)
    for candidate in CERTIFIED_ORDERS[:-1]:
        try:
            return system.certify(candidate)
        except ReductionError:
            continue
    return system.certify(CERTIFIED_ORDERS[-1])
