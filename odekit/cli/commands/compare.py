"""``odekit compare``: training runs against the reduced ODE, or one's own trajectories against one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from odekit.cli.command import Command, command_words, debug_option
from odekit.cli.options import json_option, out_options, pairs, stored_option
from odekit.cli.output import progress, say, show_table, tell, write_json
from odekit.outcomes import exit_code, outcome_text

if TYPE_CHECKING:
    from odekit.comparison import Comparison, TrajectoryComparison
    from odekit.report import AnyComparison
    from odekit.simulation import Run

__all__ = ["command"]

FORMATS = ("text", "latex")
OF_TRAJECTORIES = ("observe", "parameters", "start", "noise", "learning_rate")


def _numbers(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, float]:
    """Options such as ``name=value`` whose values are numbers; a callback of click's."""
    return {name: _number(ctx, parameter, text) for name, text in pairs(ctx, parameter, values).items()}


def _noise(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> Any:
    """One number for all that was recorded, or numbers by name; a callback of click's."""
    if len(values) == 1 and "=" not in values[0]:
        return _number(ctx, parameter, values[0])
    return _numbers(ctx, parameter, values)


def _number(ctx: click.Context, parameter: click.Parameter, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no number.", ctx, parameter) from None


@click.command(
    "compare",
    cls=Command,
    short_help="Training runs, ours or yours, against the reduced ODE or your own.",
    examples=(
        ("odekit compare run.npz", "Errors over time, the horizon of the reduction, winners and outcome."),
        ("odekit compare run1.npz run2.npz --json errors.json", "Several runs; all their errors in a file."),
        ("odekit compare run.npz --out report", "A page (HTML) with figures, JSON, and the table for LaTeX."),
        ("odekit compare run.npz --order 1", "Against the ODE of a neuron by itself, at uniform softmax."),
        ("odekit compare run.npz --tolerance 1e-3", "A stricter question: exit code 3 if it stays open."),
        (
            "odekit compare mine.csv --system ode.toml --learning-rate 0.01",
            "A record of any model, with columns t and names of states, against your own equations.",
        ),
        (
            "odekit compare mine.npz --system ode.toml --observe 'u=a**2'",
            "A function of the states, recorded as u.",
        ),
    ),
)
@click.argument("runs", metavar="RUN...", nargs=-1, required=True)
@click.option(
    "--tolerance",
    type=float,
    default=1e-2,
    show_default=True,
    help="Largest median gap that is confirmed; with --system the largest relative error budget.",
)
@click.option(
    "--horizon-level",
    type=float,
    default=1e-2,
    show_default=True,
    help="Median error budget at which the horizon lies; without --system.",
)
@click.option(
    "--order",
    type=click.IntRange(1, 3),
    help="Last cumulant of the logits that the softmax keeps, 1 for uniform; by default, if order 1 doesn't "
    "reach the end, that which reaches furthest, or refutes; without --system.",
)
@click.option(
    "--system",
    metavar="FILE.toml",
    type=click.Path(path_type=Path),
    help="Your own ODE: tables [equations], [parameters] and [definitions].",
)
@click.option(
    "--observe",
    metavar="NAME=FORMULA",
    multiple=True,
    callback=pairs,
    help="What was recorded beside the states, in states.",
)
@click.option(
    "--parameter",
    "parameters",
    metavar="NAME=VALUE",
    multiple=True,
    callback=_numbers,
    help="Of the ODE; wins over the file's and the run's.",
)
@click.option(
    "--start",
    metavar="STATE=VALUE",
    multiple=True,
    callback=_numbers,
    help="Of a state that was not recorded, at the first record.",
)
@click.option(
    "--learning-rate", type=float, help="By how much t advances in a step of descent; wins over the run's."
)
@click.option(
    "--noise",
    metavar="[NAME=]VALUE",
    multiple=True,
    callback=_noise,
    help="Standard deviation of the recorded values; wins over the run's.",
)
@stored_option
@out_options("report.html, report.json, comparison.tex, comparison.md and figures")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@json_option("errors by time")
@debug_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    runs: tuple[str, ...],
    tolerance: float,
    horizon_level: float,
    order: int | None,
    system: Path | None,
    names: Mapping[str, str],
    out: str | None,
    force: bool,
    form: str,
    json_file: str | None,
    **options: Any,
) -> None:
    """Compare training runs with the reduced ODE, or with your own, that starts from their first snapshot.

    RUN is an .npz or .safetensors file, or a checkpoint of PyTorch (.pt) that is a dict of tensors: t (T,),
    theta (T, M, n) or theta1 and theta2, xi (T, M, n), optional steps and table, and meta, a JSON string with
    group, activation, embedding, constraint, loss and logit_scale. Errors are relative. The outcome is about
    the time before the horizon, where the softmax leaves what is kept of it. At order 1 that is the uniform
    softmax, each neuron moves by itself, and errors are given beyond the horizon too; at orders 2 and 3 one
    and two more terms of the logits are kept, which couple the neurons, and errors end soon after it.

    With --system, RUN is a record of any model: an .npz file with t (T,), arrays (T,) or (T, batch) by name
    of state, and optional meta (learning_rate, noise, parameters, dtype); or a .csv or .parquet file with
    columns t, names, and for several runs at the same times run. Every gap has to stay within what finite
    steps, stated noise and digits explain.
    """
    from odekit.report import comparisons_data, write_comparisons

    found: Sequence[AnyComparison]
    if system is None:
        _refuse(ctx, OF_TRAJECTORIES, "is for runs that are compared with --system")
        found = _with_derived(runs, names, tolerance=tolerance, horizon_level=horizon_level, order=order)
    else:
        _refuse(ctx, ("horizon_level",), "is for runs that are compared without --system; use --tolerance")
        _refuse(ctx, ("order",), "is for runs that are compared without --system")
        _refuse(ctx, ("names",), "is for runs that are compared without --system; use --observe")
        found = _with_own(runs, system, tolerance, **options)
    _show(found, form, json_file)
    write_json(comparisons_data(found), json_file)
    if out is not None:
        tell(f"written to {write_comparisons(found, out, force, command_words(ctx))}", json_file)
    ctx.exit(exit_code(comparison.outcome for comparison in found))


def _refuse(ctx: click.Context, names: Sequence[str], why: str) -> None:
    """Refuse options that would have no effect.

    Raises
    ------
    click.UsageError: one is given.
    """
    for parameter in ctx.command.params:
        if parameter.name in names and ctx.get_parameter_source(parameter.name) != DEFAULT:
            raise click.UsageError(f"{parameter.opts[0]} {why}.", ctx)


DEFAULT = click.core.ParameterSource.DEFAULT


def _with_derived(runs: Sequence[str], names: Mapping[str, str], **options: Any) -> Sequence[Comparison]:
    """Compare runs of odekit's kind with what it derives."""
    from odekit.comparison import compare
    from odekit.simulation import load_run

    comparisons = []
    with progress(len(runs)) as told:
        for run in [load_run(path, names) for path in runs]:
            told.begin(str(run.file))
            comparisons.append(compare(run, **options))
            told.end(f"compared {run.file}")
    return comparisons


def _with_own(
    runs: Sequence[str],
    file: Path,
    tolerance: float,
    observe: Mapping[str, str],
    parameters: Mapping[str, float],
    start: Mapping[str, float],
    learning_rate: float | None,
    noise: Any,
) -> Sequence[TrajectoryComparison]:
    """Compare trajectories with the ODE of a file."""
    from odekit.comparison import compare, load_trajectory
    from odekit.systems import system

    ode = system(file, parameters)
    stated = {"learning_rate": learning_rate, "noise": noise or None}
    meta = {name: value for name, value in stated.items() if value is not None}
    comparisons = []
    with progress(len(runs)) as told:
        for trajectory in [load_trajectory(path, meta) for path in runs]:
            told.begin(str(trajectory.file))
            comparisons.append(compare(trajectory, ode, observe=observe, start=start, tolerance=tolerance))
            told.end(f"compared {trajectory.file}")
    return comparisons


def _show(comparisons: Sequence[AnyComparison], form: str, json_file: str | None) -> None:
    """The table, as text with what it can't say, or as LaTeX."""
    from odekit.comparison import Comparison
    from odekit.report import comparisons_table, latex_table

    table = comparisons_table(comparisons)
    if form == "latex":
        say(latex_table(table), json_file)
        return
    show_table(table, json_file)
    if any(comparison.outcome != "not_applicable" for comparison in comparisons):
        tell(table.caption, json_file)
    for comparison in comparisons:
        if isinstance(comparison, Comparison):
            _tell_unused(comparison.run, str(comparison.name))
    for comparison in comparisons:
        tell(f"{comparison.name}: {outcome_text(comparison.outcome)}: {comparison.reason}", json_file)
        if isinstance(comparison, Comparison) and comparison.reach:
            tell(f"{comparison.name}: {comparison.reach}", json_file)


def _tell_unused(run: Run, name: str) -> None:
    """Tell of keys of the run's meta that nothing reads and that may be misspelt."""
    from odekit.simulation import unused_keys

    if unused := unused_keys(run.meta):
        told = "; ".join(f"{key!r} is not used, did you mean {known!r}?" for key, known in unused.items())
        tell(f"{name}: of its meta {told}", err=True)
