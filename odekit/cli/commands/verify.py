"""``odekit verify``: the theorems put to the test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from odekit.cli.command import Command, command_words, debug_option
from odekit.cli.options import finite_group, group_options, json_option, out_options, pairs
from odekit.cli.output import progress, say, say_list, show_table, tell, write_json
from odekit.outcomes import outcome_text

if TYPE_CHECKING:
    from odekit.claims import Report
    from odekit.groups import FiniteGroup

__all__ = ["command"]

FORMATS = ("text", "latex")


def _values(
    ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, int | float | str]:
    """Settings such as ``neurons=64``, numbers where they read as numbers; a callback of click's."""
    return {name: _value(text) for name, text in pairs(ctx, parameter, values).items()}


def _value(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


@click.command(
    "verify",
    cls=Command,
    short_help="Put the theorems to the test: the main job.",
    examples=(
        ("odekit verify", "Every claim on its quick set, in under a minute."),
        ("odekit verify lottery-ticket --group Z31 --seed 7", "One claim on another group and seed."),
        (
            "odekit verify lottery-ticket --set neurons=64 --set scale=0.01",
            "One claim in other settings; odekit claims says which each takes.",
        ),
        (
            "odekit verify --paper 2602.16849 --out report",
            "The claims of one paper; report/ holds a page (HTML), JSON, tables and figures.",
        ),
        (
            "odekit verify draft.toml mine.py",
            "Claims of your own, by the same rules; mine.py is your program, and is run as a script is.",
        ),
        ("odekit verify --json - > verdicts.json", "For a program; progress stays on the terminal."),
    ),
)
@click.argument("claims", metavar="[CLAIM]...", nargs=-1)
@click.option("--paper", metavar="ID", help="Only claims of this arXiv identifier, such as 2602.16849.")
@group_options("Experiment on this group, Z23, Z3xZ5, ..., instead of each claim's own.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of all randomness.")
@click.option(
    "--set",
    "values",
    metavar="NAME=VALUE",
    multiple=True,
    callback=_values,
    help="Of a setting that claims take, such as neurons=64 (odekit claims lists them); repeatable.",
)
@click.option("--full", is_flag=True, help="More seeds, larger orders, longer runs; also grokking-stages.")
@click.option(
    "--workers",
    type=int,
    metavar="N",
    help="Processes, where claims are many. Default: this machine's processors.",
)
@out_options("report.html, report.json, verdicts.tex, verdicts.md and figures")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@json_option("the verdicts")
@debug_option
def command(
    claims: tuple[str, ...],
    paper: str | None,
    group: str | None,
    table: str | None,
    seed: int,
    values: Mapping[str, int | float | str],
    full: bool,
    workers: int | None,
    out: str | None,
    force: bool,
    form: str,
    json_file: str | None,
) -> None:
    """Put theorems to the test: for each claim a prediction, an experiment, a verdict and a negative control.

    An experiment trains the full network, without knowing the reduced ODE, and measures the gap to what was
    predicted against a budget of every error that it knows of. CLAIM is an id of `odekit claims`; without one
    all are verified, but for those that take minutes, which are part of the full set. Exits with 0 if all are
    confirmed, 1 if one is refuted, 3 if one stays open.

    CLAIM may also be a file of your own claims. FILE.py is your own program and is run, as a script is: each
    function below @odekit.claim(...) in it is a claim. FILE.toml describes a system as `odekit analyse` reads
    it (or system = "lotka.toml" names its file), and holds tables [claims.NAME]. Of each, kind is "rate" (of,
    formula, measure = "decay" or "growth"), "conserved" (formula), "limit" or "closed form" (of, formula),
    "winner" (among, and winner or scores), or "order" (of, small, order, approximation, from, halvings): of =
    "x" is the quantity, formula = "2*k*x0" the prediction from parameters, the start and, of a closed form,
    t. start = {x = [0.1, 1.0], y = "k"} gives every state a number, a formula, or two ends to draw between,
    parameters = {k = 2} what has no value in the file, end = 20 the last time. control is a false prediction,
    by default a twentieth off; tolerance, starts, rtol, statement and source may be given. A claim whose
    control is not refuted is inconclusive.

    --set NAME=VALUE is for the settings that odekit claims lists, for those that takes= of @odekit.claim
    names, and for the start and parameters of a FILE.toml. A claim without that setting is not applicable.
    """
    ctx = click.get_current_context()
    report = _verified(claims, paper, finite_group(group, table), seed, full, values, workers)
    _show(report, form, json_file)
    write_json(report.to_json(), json_file)
    if out is not None:
        from odekit.report import write_report

        tell(f"written to {write_report(report, out, force, command_words(ctx))}", json_file)
    ctx.exit(report.exit_code)


def _verified(
    claims: tuple[str, ...],
    paper: str | None,
    group: FiniteGroup | None,
    seed: int,
    full: bool,
    values: Mapping[str, int | float | str],
    workers: int | None,
) -> Report:
    from odekit.claims import loaded, select_claims, verify
    from odekit.limits import processors

    # Each file once: a program may be slow, or leave something behind.
    named = loaded(claims) or None
    with progress(len(select_claims(named, paper, full))) as told:
        return verify(
            named,
            paper=paper,
            group=group,
            seed=seed,
            full=full,
            values=values,
            workers=processors() if workers is None else workers,
            on_start=lambda claim: told.begin(claim.id),
            on_finish=lambda v: told.end(f"{v.id}: {outcome_text(v.outcome)} in {v.seconds:.1f} s"),
        )


def _show(report: Report, form: str, json_file: str | None) -> None:
    from odekit.report import controls, latex_table, notes, provenance, total, verdict_table

    if form == "latex":
        say(latex_table(verdict_table(report), provenance(report)), json_file)
        return
    show_table(verdict_table(report), json_file)
    say_list("Qualifications", notes(report), json_file)
    say_list("False statements, put through the same experiments", controls(report), json_file)
    tell(f"\n{total(report)}", json_file)
