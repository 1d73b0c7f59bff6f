"""``odekit predict``: who will win, and when, before training."""

from __future__ import annotations

import click

from odekit.cli.command import Command, debug_option
from odekit.cli.options import finite_group, group_options, json_option
from odekit.cli.output import say, show_table, write_json

__all__ = ["command"]

FIRST_NEURONS = 10


@click.command(
    "predict",
    cls=Command,
    short_help="Winner, blow-up time and final phases of every neuron, before training.",
    examples=(
        ("odekit predict run.npz", "From the first snapshot of a run, in the run's own time."),
        ("odekit predict weights.npz --group Z23", "From theta and xi (M, n) in a file that says no more."),
        ("odekit predict run.npz --json -", "Every neuron's winner, runner-up, times and phases as JSON."),
    ),
)
@click.argument("weights", metavar="WEIGHTS")
@group_options("Z23, Z3xZ5, ..., where the file does not say.")
@json_option("the prediction of every neuron")
@debug_option
def command(weights: str, group: str | None, table: str | None, json_file: str | None) -> None:
    """Predict which frequency wins each neuron, when it blows up and at which phases.

    WEIGHTS is an .npz file with theta and xi, (M, n) or (T, M, n), of which the first snapshot is used. The
    frequency whose reduced flow blows up first wins. Without meta in the file the activation is quadratic,
    the loss a sum and the logit scale 1.
    """
    from odekit.comparison import predict
    from odekit.report import prediction_table, winners_table

    prediction = predict(weights, finite_group(group, table))
    count = len(prediction.winner)
    show_table(prediction_table(prediction, FIRST_NEURONS), json_file)
    if count > FIRST_NEURONS:
        say(f"the first {FIRST_NEURONS} of {count} neurons; --json FILE has them all", json_file)
    say("", json_file)
    show_table(winners_table(prediction), json_file)
    write_json(prediction.to_json(), json_file)
