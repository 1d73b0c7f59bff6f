"""``odekit sweep``: the cells of a plan, on this machine or a cluster, and one table of what came of them."""

from __future__ import annotations

import math
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from odekit.cli.command import Command, debug_option
from odekit.cli.commands.sweeps.resumable import run_options, run_resumably, tell_damage
from odekit.cli.options import json_option
from odekit.cli.output import say_list, show_table, tell, write_json
from odekit.text import visible

if TYPE_CHECKING:
    from odekit.sweeps import Plan, Sweep

__all__ = ["command"]

SHOWN, LONGEST = 3, 400  # reasons why cells failed, and letters of each


@click.command(
    "sweep",
    cls=Command,
    short_help="A plan of many cells, on this machine or a cluster; starting it again resumes.",
    examples=(
        ("odekit sweep plan.toml --dry-run", "How many cells, how many are finished, about how long."),
        ("odekit sweep plan.toml --out sweep", "All cells on this machine; again to go on after an end."),
        ("odekit sweep plan.toml --out sweep --retry-failed", "Also those that failed before."),
        (
            "odekit sweep plan.toml --out sweep --scheduler tcp://10.0.0.1:8786",
            "On a Dask scheduler that runs: of a cluster, Kubernetes, or SLURM by dask-jobqueue.",
        ),
    ),
)
@click.argument("plan", metavar="PLAN.toml")
@click.option("--out", metavar="DIR", help="Folder of the sweep. Default: the plan's name with -sweep.")
@run_options
@click.option("--dry-run", is_flag=True, help="Count the cells and tell what they take; compute nothing.")
@json_option("the summary, or what --dry-run tells,")
@debug_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    plan: str,
    out: str | None,
    scheduler: str | None,
    workers: int | None,
    dry_run: bool,
    retry_failed: bool,
    json_file: str | None,
) -> None:
    """Compute every cell of a plan: claims, comparisons, predictions or solutions over a grid of settings.

    PLAN.toml holds [sweep] with claims = ["lottery-ticket", "mine.toml"] (or "all") or task = "compare",
    "predict", "population", "simulate" or "solve"; seed, and seeds, how many each combination has; and table
    = "csv" or "parquet". [grid] gives a list of values to each setting, such as group, neurons, activation,
    scale: those of `odekit simulate`, with _ for -, tolerance for compare, and for solve system =
    "ode.toml", t (the end), start.x and parameters.r. [[cells]] gives settings that go together.

    The folder holds cells/, a file for each finished cell, named by the hash of what determines it; table.csv
    (or .parquet), summary.json and figures. The same command goes on after any end, and computes only what is
    missing; a changed plan keeps what is still valid. Exits with 0 if all is confirmed or computed, 1 if
    something is refuted, 3 if something stays open or failed.
    """
    from odekit.sweeps import read_plan, sweep

    chosen = read_plan(plan)
    folder = Path(f"{Path(plan).stem}-sweep" if out is None else out)
    if dry_run:
        _tell_estimate(chosen, folder, workers, json_file)
        return
    options: Any = {"scheduler": scheduler, "workers": workers, "retry_failed": retry_failed}
    found = run_resumably(len(chosen), partial(sweep, chosen, folder, **options))
    tell_damage(found.state, json_file)
    _show(found, json_file)
    write_json(found.results.summary.to_json(), json_file)
    ctx.exit(found.results.summary.exit_code)


def _show(found: Sweep, json_file: str | None) -> None:
    from odekit.sweeps import summary_tables

    for table in summary_tables(found.results.summary):
        show_table(table, json_file)
    summary = found.results.summary
    say_list("Where", [f"{subject}: {summary.text(subject)}." for subject in summary.subjects], json_file)
    state = found.state
    if state.failed:
        say_list("Why cells failed", _reasons(found), json_file)
    failed = f", {state.failed:,} failed (--retry-failed tries again)"
    tell(
        f"{state.done:,} cells computed, {state.kept:,} kept{failed if state.failed else ''}: "
        f"{found.results.table}",
        json_file,
    )


def _reasons(found: Sweep) -> list[str]:
    """The most frequent reasons, with how many cells each has."""
    rows = (row for row in found.results if row.get("outcome") == "failed")
    counted = Counter(str(row["reason"]) for row in rows)
    told = [f"{count:,} of them: {_beginning(visible(text))}" for text, count in counted.most_common(SHOWN)]
    left_out = len(counted) - SHOWN
    return [*told, f"and {left_out:,} further reasons, in the table"] if left_out > 0 else told


def _beginning(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."


def _tell_estimate(plan: Plan, folder: Path, workers: int | None, json_file: str | None) -> None:
    from odekit.limits import processors
    from odekit.sweeps import estimated

    found = estimated(plan, folder)
    threads = processors() if workers is None else workers
    hours = found.hours(threads)
    told = f"{found.total:,} cells, {found.finished:,} finished, {found.failed:,} of them failed"
    tell(told, json_file)
    if found.error:
        tell(f"One that was tried failed: {found.error}", err=True)
    if math.isinf(found.seconds):
        tell("One cell takes over a quarter of a minute; the others were not tried.", json_file)
    else:
        mean = f"about {found.seconds:.2g} s a cell, as {found.measured:,} of them took"
        tell(f"{mean}: {_duration(hours)} on {threads} processors", json_file)
    write_json({**vars(found), "hours": hours}, json_file)


def _duration(hours: float) -> str:
    for unit, size in (("days", 24.0), ("hours", 1.0), ("minutes", 1 / 60)):
        if hours >= size:
            return f"{hours / size:.2g} {unit}"
    return f"{3600 * hours:.2g} seconds"
