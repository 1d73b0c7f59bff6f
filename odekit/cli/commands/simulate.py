"""``odekit simulate``: train the full network, and keep the run in a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from odekit.cli.command import Command, debug_option
from odekit.cli.options import archive_place, finite_group, group_options

if TYPE_CHECKING:
    from odekit.networks import Network
    from odekit.simulation import Run

__all__ = ["command"]

GROUP = "Z23"  # the order of the published experiments
# Between these points the slope of a smooth activation changes by far less than KINK.
BESIDE_ZERO = (-1e-9, 1e-9)
KINK = 1e-6
SPECIFICATION = ("activation", "task", "embedding", "constraint", "loss", "logit_scale")


@click.command(
    "simulate",
    cls=Command,
    short_help="Train the full network, and keep the run in a file.",
    examples=(
        ("odekit simulate --out run.npz", "512 neurons on Z23 by gradient flow, to about the first blow-up."),
        (
            "odekit simulate --group Z15 --init single_frequency --t-end 2000 --out run.npz",
            "One frequency a neuron; then `odekit compare run.npz` checks the run against the ODE.",
        ),
        (
            "odekit simulate --method sgd --learning-rate 0.1 --steps 8000 --seed 1 --out run.npz",
            "Full-batch gradient descent from another start.",
        ),
        (
            "odekit simulate --group F21 --constraint sphere --embedding unshared --softmax uniform "
            "--until 1e-9 --out run.npz",
            "Projected flow on spheres at uniform softmax, to convergence.",
        ),
        (
            "odekit simulate --activation relu --method adamw --learning-rate 1e-4 --weight-decay 2 "
            "--frac-train 0.75 --scale 0.1 --steps 25000 --out grok.npz",
            "Grokking: AdamW on three quarters of the pairs, for a minute or two.",
        ),
        ("odekit simulate --weights start.npz --group Z23 --out run.npz", "From weights of your own."),
    ),
)
@group_options(f"Z23, Z3xZ5, ... Default: that of --weights, else {GROUP}.")
@click.option("--neurons", type=int, metavar="M", help="Default: those of --weights, else 512.")
@click.option(
    "--activation",
    help="quadratic, relu (kinked: not with --method flow), or a formula in z. Default: quadratic.",
)
@click.option("--task", help="x+y, x-y, 2*x+3*y, x+y+z, x*y, ... Default: x*y, the group's product.")
@click.option("--embedding", metavar="shared|unshared", help="Default: shared.")
@click.option("--constraint", metavar="none|sphere|joint_sphere", help="Default: none.")
@click.option("--loss", metavar="mean|sum", help="Of the cross-entropy over all tuples. Default: mean.")
@click.option("--logit-scale", type=float, metavar="X", help="Factor in front of the logits. Default: 1.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of all randomness.")
@click.option("--init", default="iid", show_default=True, metavar="iid|single_frequency|equal_magnitude")
@click.option("--scale", type=float, default=0.02, show_default=True, help="Of the initial weights.")
@click.option("--weights", metavar="FILE", help="Start from the first snapshot in an .npz file instead.")
@click.option("--method", default="flow", show_default=True, metavar="flow|sgd|adamw")
@click.option(
    "--softmax",
    default="full",
    show_default=True,
    metavar="full|uniform",
    help="uniform: the limit of small logit scale, in which neurons decouple.",
)
@click.option("--until", type=float, metavar="R", help="uniform, on spheres: go on to this residual.")
@click.option("--t-end", type=float, metavar="T", help="flow: last time. Default: about the first blow-up.")
@click.option("--learning-rate", type=float, metavar="X", help="sgd, adamw: required.")
@click.option("--steps", type=int, metavar="N", help="sgd, adamw: required.")
@click.option("--weight-decay", type=float, metavar="X", help="sgd, adamw: decoupled. Default: 0.")
@click.option(
    "--frac-train",
    type=float,
    default=1.0,
    show_default=True,
    metavar="X",
    help="sgd, adamw: share of the ordered tuples to train on, drawn from the seed.",
)
@click.option("--snapshots", type=int, default=51, show_default=True, help="How many to keep.")
@click.option("--rtol", type=float, default=1e-8, show_default=True, help="flow: relative tolerance.")
@click.option("--out", callback=archive_place, required=True, metavar="FILE", help="The run, an .npz file.")
@debug_option
def command(
    group: str | None,
    table: str | None,
    neurons: int | None,
    weights: str | None,
    method: str,
    out: Path,
    **options: Any,
) -> None:
    """Train the full network on all tuples of inputs or a part, and write the run to a file.

    The simulation knows nothing of the reduced ODE: it computes the exact gradient of the softmax
    cross-entropy in weight space. A file of weights that says its network also sets the options that are not
    given here.
    """
    from odekit.simulation import simulate

    given = {name: options.pop(name) for name in SPECIFICATION}
    network, start = _network(group, table, neurons, weights, given)
    _warn(network)
    if method == "flow":
        _warn_of_kink(network)
    progress = sys.stderr.isatty()
    run = simulate(network, weights=start, method=method, progress=progress, **options)
    run.save(out)
    click.echo(_summary(run, out))


def _network(
    group: str | None, table: str | None, neurons: int | None, weights: str | None, given: dict[str, Any]
) -> tuple[Network, dict[str, Any] | None]:
    """Return the network, and the start that a file of weights gives."""
    from odekit.networks import Network
    from odekit.simulation import load_weights

    wanted = {name: value for name, value in given.items() if value is not None}
    if neurons is not None:
        wanted["neurons"] = neurons
    chosen = finite_group(group, table)
    if weights is None:
        return Network(GROUP if chosen is None else chosen, **wanted), None
    base = load_weights(weights, chosen)
    known = _specification(base.network)
    known["group"] = known["group"] if chosen is None else chosen
    return Network(**(known | wanted)), {name: array[0] for name, array in base.weights.items()}


def _specification(network: Network) -> dict[str, Any]:
    return {
        "group": network.group,
        "neurons": network.neurons,
        "activation": network.activation_name,
        "embedding": network.embedding,
        "constraint": network.constraint,
        "task": network.task,
        "loss": network.loss,
        "logit_scale": network.logit_scale,
        "rates": network.rates,
    }


def _warn(network: Network) -> None:
    """Tell of a task that a shared embedding can't learn, which sees its inputs without their order."""
    if network.embedding != "shared" or (network.task.is_symmetric and network.finite_group.is_abelian):
        return
    from odekit.networks import accuracy_bound

    bound = accuracy_bound(network)
    if bound < 1:
        click.echo(
            f"Warning: a shared embedding sees the inputs without their order, so that it can't learn "
            f"{network.task.text} on {network.finite_group.name}: its accuracy is at most {bound} = "
            f"{float(bound):.4g}. Try: --embedding unshared.",
            err=True,
        )


def _warn_of_kink(network: Network) -> None:
    """Tell of an activation whose slope jumps at 0, before a flow takes long to find that it is stuck."""
    import numpy as np

    with np.errstate(all="ignore"):
        below, above = np.broadcast_to(
            network.activation.derivative("z").evaluate({"z": np.array(BESIDE_ZERO)}), 2
        )
    if abs(above - below) > KINK:
        click.echo(
            f"Warning: the slope of {network.activation_name} jumps at 0, where an adaptive flow can get "
            "stuck, which takes minutes to show. Try: --method sgd --learning-rate 0.1 --steps 8000.",
            err=True,
        )


def _summary(run: Run, out: Path) -> str:
    loss, accuracy = run.records["loss"], run.records["acc"]
    linearised = ", linearised in the logits" if run.meta.get("softmax") == "uniform" else ""
    network = run.network
    error = run.integrator_error
    told = [
        f"{out}: {network.finite_group.name}, {network.neurons} neurons, {network.activation_name}, "
        f"{network.embedding} embedding, task {network.task.text}",
        f"{len(run)} snapshots, t = {run.t[0]:g} .. {run.t[-1]:g}",
        f"loss ({network.loss}{linearised}) {loss[0]:.6g} -> {loss[-1]:.6g}",
        f"accuracy {100 * accuracy[0]:.1f} % -> {100 * accuracy[-1]:.1f} %",
    ]
    if "test_acc" in run.records:
        loss, accuracy = run.records["test_loss"], run.records["test_acc"]
        told += [
            f"trained on {100 * run.records['train_mask'].mean():.1f} % of the tuples; of the others,",
            f"loss {loss[0]:.6g} -> {loss[-1]:.6g}",
            f"accuracy {100 * accuracy[0]:.1f} % -> {100 * accuracy[-1]:.1f} %",
        ]
    if error is not None:
        told.append(f"estimated error of the integration {error.max():.1e}")
    return "\n  ".join(told)
