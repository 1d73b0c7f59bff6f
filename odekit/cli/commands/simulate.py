"""``odekit simulate``: train the full network, and keep the run in a file."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from odekit.cli.command import Command, debug_option
from odekit.cli.options import archive_place, finite_group, group_options, stored_option
from odekit.cli.output import tell
from odekit.errors import InputError

if TYPE_CHECKING:
    from odekit.errors import StoppedEarly
    from odekit.networks import Network
    from odekit.simulation import Run

__all__ = ["command"]

GROUP = "Z23"  # the order of the published experiments
# Relative error of the weights that a run may have without a warning, and the tightest tolerance of a flow.
ACCURATE, TIGHTEST = 1e-2, 1e-13
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
@click.option("--activation", help="quadratic, relu, or a formula in z. Default: quadratic.")
@click.option("--task", help="x+y, x-y, 2*x+3*y, x+y+z, x*y, ... Default: x*y, the group's product.")
@click.option("--embedding", metavar="shared|unshared", help="Default: shared.")
@click.option("--constraint", metavar="none|sphere|joint_sphere", help="Default: none.")
@click.option("--loss", metavar="mean|sum", help="Of the cross-entropy over all tuples. Default: mean.")
@click.option("--logit-scale", type=float, metavar="X", help="Factor in front of the logits. Default: 1.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of all randomness.")
@click.option("--init", default="iid", show_default=True, metavar="iid|single_frequency|equal_magnitude")
@click.option("--scale", type=float, default=0.02, show_default=True, help="Of the initial weights.")
@click.option(
    "--weights",
    metavar="FILE",
    help="Start from the first snapshot in an .npz, .safetensors or .pt file instead.",
)
@stored_option
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
@click.option(
    "--rtol", type=float, help="flow: relative tolerance. Default: 1e-8, 1e-6 if dear, 1e-3 past kinks."
)
@click.option("--out", callback=archive_place, required=True, metavar="FILE", help="The run, an .npz file.")
@click.option("--force", is_flag=True, help="Overwrite FILE, and leave a checkpoint beside it.")
@click.option("--resume", is_flag=True, help="Go on where the same command stopped early.")
@click.option("--memory", type=float, default=2.0, show_default=True, metavar="GB", help="At most, about.")
@debug_option
def command(
    group: str | None,
    table: str | None,
    neurons: int | None,
    weights: str | None,
    names: Mapping[str, str],
    method: str,
    out: Path,
    force: bool,
    resume: bool,
    memory: float,
    **options: Any,
) -> None:
    """Train the full network on all tuples of inputs or a part, and write the run to a file.

    The simulation knows nothing of the reduced ODE: it computes the exact gradient of the softmax
    cross-entropy in weight space. A file of weights that says its network also sets the options that are not
    given here. A training that stops early keeps what it has in FILE, marked incomplete, and a checkpoint
    beside it, from which the same command with --resume goes on.
    """
    from odekit.cli.stops import check_free, checkpoint_of, stopping
    from odekit.errors import StoppedEarly
    from odekit.simulation import simulate, stop_training

    check_free(out, force, resume)
    if not memory > 0:
        raise InputError("--memory must be positive", expected="gigabytes above 0", received=f"{memory:g}")
    given = {name: options.pop(name) for name in SPECIFICATION}
    if names and weights is None:
        raise InputError("--stored-as is about a file of weights", expected="--weights FILE with it")
    network, start = _network(group, table, neurons, weights, names, given)
    try:
        with stopping(stop_training):
            _warn(network)
            if method == "flow":
                _warn_of_kink(network, options["softmax"], options["rtol"])
            _tell_cost(network, method, options, memory)
            options |= {"checkpoint": checkpoint_of(out), "resume": resume, "progress": sys.stderr.isatty()}
            run = simulate(network, weights=start, method=method, **options)
    except StoppedEarly as error:
        _keep(error, out)
    run.save(out)
    tell(_summary(run, out))
    _warn_of_error(run)


def _keep(error: StoppedEarly, out: Path) -> NoReturn:
    """Write what a training came to that stopped early, say how to go on, and exit."""
    from odekit.cli.stops import SIGNALS
    from odekit.outcomes import ExitCode

    tell(f"{error}", err=True)
    if error.run is not None:
        error.run.save(out)
        tell(_summary(error.run, out))
        tell("Incomplete. The same command with --resume goes on from here.", err=True)
    codes = [code for name, code in SIGNALS.items() if f"stopped by {name}" in str(error)]
    raise click.exceptions.Exit(codes[0] if codes else ExitCode.OPEN)


def _network(
    group: str | None,
    table: str | None,
    neurons: int | None,
    weights: str | None,
    names: Mapping[str, str],
    given: dict[str, Any],
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
    base = load_weights(weights, chosen, names)
    if chosen is not None:
        wanted["group"] = chosen
    return base.network.replaced(**wanted), {name: array[0] for name, array in base.weights.items()}


def _warn(network: Network) -> None:
    """Tell of a task that a shared embedding can't learn, which sees its inputs without their order."""
    if network.embedding != "shared" or (network.task.is_symmetric and network.finite_group.is_abelian):
        return
    from odekit.networks import accuracy_bound

    bound = accuracy_bound(network)
    if bound < 1:
        tell(
            f"Warning: a shared embedding sees the inputs without their order, so that it can't learn "
            f"{network.task.text} on {network.finite_group.name}: its accuracy is at most {bound} = "
            f"{float(bound):.4g}. Try: --embedding unshared.",
            err=True,
        )


def _warn_of_kink(network: Network, softmax: str, rtol: float | None) -> None:
    """Tell of an activation whose slope jumps, before a flow takes long to find that it is stuck."""
    from odekit.simulation import PASSING, has_kink

    is_tight = softmax == "uniform" or (rtol is not None and rtol < PASSING)
    if is_tight and has_kink(network.activation):
        tell(
            f"Warning: the slope of {network.activation_name} jumps, where a flow at a tight tolerance can "
            "get stuck, which takes minutes to show. Try: --method sgd --learning-rate 0.1 --steps 8000.",
            err=True,
        )


def _warn_of_error(run: Run) -> None:
    """Tell of a flow whose integration may be off by more than a hundredth, and of what makes it better."""
    from odekit.simulation import PASSING, has_kink

    error = run.integrator_error
    if error is None or not error.max() > ACCURATE:
        return
    rtol, largest = run.meta["rtol"], error.max()
    # The error goes about with the tolerance; past kinks nothing does with a tighter one.
    lowest = PASSING if has_kink(run.network.activation) else TIGHTEST
    wanted = rtol * ACCURATE / (10 * largest) if math.isfinite(largest) else rtol / 100
    tighter = max(lowest, 10.0 ** math.floor(math.log10(wanted)))
    good = run.t[error <= ACCURATE].max()
    tries = [f"--rtol {tighter:g}"] if tighter < rtol else []
    tries += [f"--t-end {good:.3g}, up to which it is below"] if good > 0 else []
    tell(
        f"Warning: the estimated error of the integration, {largest:.1e}, is above {ACCURATE:g}. "
        f"Try: {', or '.join(tries or ['another scale or activation'])}.",
        err=True,
    )


def _tell_cost(network: Network, method: str, options: dict[str, Any], memory: float) -> None:
    """Refuse a training whose snapshots don't fit the memory, and tell of one that takes over a minute."""
    from odekit.simulation import training_cost

    steps = options["steps"] if method != "flow" else None
    kept = options["snapshots"]
    cost = training_cost(network, kept, steps)
    if cost.bytes > memory * 1e9:
        raise InputError(
            f"the training would take about {cost.bytes / 1e9:.1f} GB",
            expected=f"at most {memory:g} GB",
            received=f"{kept} snapshots of {network.neurons} neurons on {network.finite_group.name}",
            hint=f"--snapshots {max(2, int(kept * memory * 1e9 / cost.bytes))}, fewer neurons, or --memory "
            f"{math.ceil(cost.bytes / 1e9)}",
        )
    if cost.seconds > 60:
        tell(
            f"This takes about {cost.seconds / 60:.0f} minutes: some {cost.gradients:,} gradients of "
            f"{cost.seconds / cost.gradients:.2g} s each. Ctrl-C stops it and keeps what it has.",
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
        *(
            ["loss and accuracy not measured, which would take long"]
            if math.isnan(loss[0])
            else [
                f"loss ({network.loss}{linearised}) {loss[0]:.6g} -> {loss[-1]:.6g}",
                f"accuracy {100 * accuracy[0]:.1f} % -> {100 * accuracy[-1]:.1f} %",
            ]
        ),
    ]
    if "test_acc" in run.records:
        loss, accuracy = run.records["test_loss"], run.records["test_acc"]
        told += [
            f"trained on {100 * run.records['train_mask'].mean():.1f} % of the tuples; of the others,",
            f"loss {loss[0]:.6g} -> {loss[-1]:.6g}",
            f"accuracy {100 * accuracy[0]:.1f} % -> {100 * accuracy[-1]:.1f} %",
        ]
    if "ended" in run.meta:
        told.append(f"ended {run.meta['ended']}")
    if error is not None:
        told.append(f"estimated error of the integration {error.max():.1e}")
    return "\n  ".join(told)
