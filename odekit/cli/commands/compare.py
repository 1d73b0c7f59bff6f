"""``odekit compare``: training runs against the reduced ODE."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from odekit.cli.command import Command, debug_option
from odekit.cli.options import json_option
from odekit.cli.output import progress, show_table, tell, write_json
from odekit.outcomes import exit_code

if TYPE_CHECKING:
    from odekit.simulation import Run

__all__ = ["command"]


@click.command(
    "compare",
    cls=Command,
    short_help="Training runs, ours or yours, against the reduced ODE.",
    examples=(
        ("odekit compare run.npz", "Errors over time, the horizon of the reduction, winners and outcome."),
        ("odekit compare run1.npz run2.npz --json errors.json", "Several runs; all their errors in a file."),
        ("odekit compare run.npz --tolerance 1e-3", "A stricter question: exit code 3 if it stays open."),
    ),
)
@click.argument("runs", metavar="RUN...", nargs=-1, required=True)
@click.option(
    "--tolerance", type=float, default=1e-2, show_default=True, help="Largest median gap that is confirmed."
)
@click.option(
    "--horizon-level",
    type=float,
    default=1e-2,
    show_default=True,
    help="Median error budget at which the horizon lies.",
)
@json_option("errors by time")
@debug_option
def command(runs: tuple[str, ...], tolerance: float, horizon_level: float, json_file: str | None) -> None:
    """Compare training runs with the reduced ODE that starts from their first snapshot.

    RUN is an .npz file without pickles: t (T,), theta (T, M, n) or theta1 and theta2, xi (T, M, n), optional
    steps and table, and meta, a JSON string with group, activation, embedding, constraint, loss and
    logit_scale. Errors are relative and given beyond the horizon too, where the softmax leaves uniform; the
    outcome is about the time before it.
    """
    from odekit.comparison import compare
    from odekit.report import comparison_table
    from odekit.simulation import load_run

    comparisons = []
    with progress(len(runs)) as told:
        for run in [load_run(path) for path in runs]:
            told.begin(str(run.file))
            comparisons.append(compare(run, tolerance=tolerance, horizon_level=horizon_level))
            told.end(f"compared {run.file}")
    table = comparison_table(comparisons)
    show_table(table, json_file)
    if any(comparison.outcome != "not_applicable" for comparison in comparisons):
        tell(table.caption, json_file)
    for comparison in comparisons:
        _tell_unused(comparison.run, str(comparison.name))
        tell(f"{comparison.name}: {comparison.outcome.replace('_', ' ')}: {comparison.reason}", json_file)
    write_json({"runs": [comparison.to_json() for comparison in comparisons]}, json_file)
    click.get_current_context().exit(exit_code(comparison.outcome for comparison in comparisons))


def _tell_unused(run: Run, name: str) -> None:
    """Tell of keys of the run's meta that nothing reads and that may be misspelt."""
    from odekit.simulation import unused_keys

    if unused := unused_keys(run.meta):
        told = "; ".join(f"{key!r} is not used, did you mean {known!r}?" for key, known in unused.items())
        tell(f"{name}: of its meta {told}", err=True)
