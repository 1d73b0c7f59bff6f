"""``odekit predict``: who will win, and when, or the whole training, before it begins."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from odekit.cli.command import Command, debug_option
from odekit.cli.options import finite_group, group_options, json_option, out_options, stored_option
from odekit.cli.output import say, say_list, show_table, tell, write_json

if TYPE_CHECKING:
    from odekit.comparison import Prediction
    from odekit.groups import FiniteGroup
    from odekit.simulation import Run

__all__ = ["command"]

FIRST_NEURONS = 10  # leaves the table of winners on the same screen
ON_SPHERES = "Nothing blows up on spheres: the times are those of the flow without them, whose first wins."
COUPLED = (
    "The irreps do not decouple: the winner is what the integrated flow ends in, and there are no times."
)


@click.command(
    "predict",
    cls=Command,
    short_help="Winner, blow-up time and final phases, or the loss to the end, before training.",
    examples=(
        ("odekit predict run.npz", "From the first snapshot of a run, in the run's own time."),
        ("odekit predict weights.npz --group Z23", "From theta and xi (M, n) in a file that says no more."),
        (
            "odekit predict net.safetensors --group Z23 --stored-as theta=embed.weight.T "
            "--stored-as xi=readout.weight.T",
            "From a state dict of your own, whose weights are (n, M).",
        ),
        ("odekit predict run.npz --to-the-end", "The loss until it has fallen, with a band and the cost."),
        ("odekit predict run.npz --until 1900 --out report", "To a time; JSON, tables and a figure."),
        ("odekit predict run.npz --json -", "Every neuron's winner, runner-up, times and phases as JSON."),
    ),
)
@click.argument("weights", metavar="WEIGHTS")
@group_options("Z23, Z3xZ5, ..., where the file does not say.")
@stored_option
@click.option("--to-the-end", is_flag=True, help="Predict the loss until it has fallen or settled.")
@click.option("--until", type=float, metavar="T", help="Predict the loss up to a time, the run's own t.")
@out_options("report.json, prediction.tex, prediction.md and figures, with --until or --to-the-end")
@json_option("the prediction of every neuron")
@debug_option
def command(
    weights: str,
    group: str | None,
    table: str | None,
    names: Mapping[str, str],
    to_the_end: bool,
    until: float | None,
    out: str | None,
    force: bool,
    json_file: str | None,
) -> None:
    """Predict which frequency wins each neuron, when it blows up and at which phases.

    WEIGHTS is an .npz or .safetensors file, or a checkpoint of PyTorch (.pt) that is a dict of tensors, with
    theta and xi, (M, n) or (T, M, n), of which the first snapshot is used. The frequency whose reduced flow
    blows up first wins. Without meta in the file the activation is quadratic, the loss a sum and the logit
    scale 1. Times are those of gradient flow on all tuples, and a note says so where the file's run was
    trained otherwise.

    With --until or --to-the-end the whole training is predicted: the loss and every neuron over time, by the
    modified equation of the run's plain descent, or by its gradient flow, of all neurons together; with a
    band, and with what it cost beside the training, in gradients and in operations. Modes that hold next to
    nothing of their neuron rest, and of a symmetric population one pair of inputs stands for its orbit, where
    this takes fewer operations. It ends once the loss has fallen by nine tenths of that of guessing, falls no
    more, or took 20,000 gradients.
    """
    if to_the_end or until is not None:
        if to_the_end and until is not None:
            raise click.UsageError("--to-the-end and --until name two ends; give one of them.")
        run = _training(weights, finite_group(group, table), names)
        return _follow(run, until, out, force, json_file)
    if out is not None:
        raise click.UsageError("--out is for a predicted training; add --to-the-end or --until.")
    from odekit.comparison import predict
    from odekit.report import prediction_table, winners_table
    from odekit.simulation import load_weights

    run = load_weights(weights, finite_group(group, table), names)
    prediction = predict(run)
    count = len(prediction.winner)
    show_table(prediction_table(prediction, FIRST_NEURONS), json_file)
    if count > FIRST_NEURONS:
        tell(f"the first {FIRST_NEURONS} of {count} neurons; --json FILE has them all", json_file)
    say("", json_file)
    show_table(winners_table(prediction), json_file)
    say_list("Notes", _caveats(prediction, run), json_file)
    write_json(prediction.to_json(), json_file)


def _training(weights: str, group: FiniteGroup | None, names: Mapping[str, str]) -> Run:
    """The whole run where the file holds one, which tells more of its steps than its first weights."""
    from odekit.errors import FileError
    from odekit.simulation import load_run, load_weights

    if group is None:
        with suppress(FileError):
            return load_run(weights, names)
    return load_weights(weights, group, names)


def _follow(run: Run, until: float | None, out: str | None, force: bool, json_file: str | None) -> None:
    """Predict a training, and show and write it."""
    from odekit.comparison import predict
    from odekit.report import learning_curve_table, write_learning_curve

    curve = predict(run, until="end" if until is None else until)
    show_table(learning_curve_table(curve), json_file)
    tell(f"Ended: {curve.told()}.", json_file)
    say_list("Notes", curve.notes, json_file)
    write_json(curve.to_json(), json_file)
    if out is not None:
        tell(f"written to {write_learning_curve(curve, out, force, run)}", json_file)


def _caveats(prediction: Prediction, run: Run) -> list[str]:
    """What the times are on spheres, and why the file's own run need not do what is predicted."""
    from odekit.comparison.accuracy import check_flow_time
    from odekit.errors import InputError

    notes = []
    if run.network.constraint != "none":
        notes.append(COUPLED if math.isnan(prediction.blow_up_time[0]) else ON_SPHERES)
    try:
        check_flow_time(run)
    except InputError as error:
        notes.append(f"This is what gradient flow on all tuples would do; {error}")
    return notes
