"""``odekit calibrate``: how often the verdicts of claims err, over many seeds."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from odekit.cli.command import Command, debug_option
from odekit.cli.commands.sweeps.resumable import run_options, run_resumably, tell_damage
from odekit.cli.options import json_option
from odekit.cli.output import show_table, tell, write_json

__all__ = ["command"]


@click.command(
    "calibrate",
    cls=Command,
    short_help="How often verdicts err: every claim over many seeds.",
    examples=(
        ("odekit calibrate", "The quick set of claims over 300 seeds each; hours on two processors."),
        ("odekit calibrate alignment-rate --seeds 1000", "One claim, with narrower limits."),
        ("odekit calibrate mine.toml --out mine", "Claims of your own."),
    ),
)
@click.argument("claims", metavar="[CLAIM or FILE]...", nargs=-1)
@click.option("--seeds", type=int, default=300, show_default=True, help="Runs of each claim.")
@click.option("--seed", type=int, default=0, show_default=True, help="That their seeds are spawned from.")
@click.option("--out", metavar="DIR", default="calibration", show_default=True, help="Folder of the sweep.")
@run_options
@json_option("counts and limits")
@debug_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    claims: tuple[str, ...],
    seeds: int,
    seed: int,
    out: str,
    scheduler: str | None,
    workers: int | None,
    retry_failed: bool,
    json_file: str | None,
) -> None:
    """Count false refutations, open verdicts and surviving controls of claims over many seeds.

    The claims are true as they are stated, so that every refutation is false. Of each share the limit of
    Clopper and Pearson is given, one-sided at 95 %: none of 300 is at most 1 %. The same command goes on
    after any end. Exits with 0 if by these limits at most 1 % are falsely refuted and at least 99 % of the
    controls are refuted, for every claim; 1 if one errs more often; 3 if there are too few runs to tell.
    """
    from odekit.claims import select_claims
    from odekit.sweeps import calibrate, calibration_table

    chosen = list(claims) or "all"
    count = seeds * len(select_claims(claims or None, None, False))
    where = {"scheduler": scheduler, "workers": workers}
    options: Any = {"seeds": seeds, "seed": seed, "retry_failed": retry_failed, **where}
    found = run_resumably(count, partial(calibrate, chosen, out, **options))
    tell_damage(found.state, json_file)
    table = calibration_table(found.errors)
    show_table(table, json_file)
    minutes = f"{found.seconds / 60:.3g} minutes of one processor"
    tell(f"{table.caption} {minutes}: {found.results.table}", json_file)
    write_json(found.to_json(), json_file)
    ctx.exit(found.exit_code)
