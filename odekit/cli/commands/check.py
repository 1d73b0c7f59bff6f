"""``odekit check``: a user's own formulas against the derivation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from odekit.cli.command import Command, command_words, debug_option
from odekit.cli.options import json_option, limit_options, out_options
from odekit.cli.output import say, say_list, show_table, tell, write_json
from odekit.outcomes import exit_code

if TYPE_CHECKING:
    from odekit.checking import Finding

__all__ = ["command"]

FORMATS = ("text", "latex")
OUTCOMES = {"agrees": "confirmed", "differs": "refuted", "not judged": "inconclusive"}


@click.command(
    "check",
    cls=Command,
    short_help="Your own equations, integrals and rates against the derivation or an ODE.",
    examples=(
        ("odekit check draft.toml", "Which lines agree, and for the others a point and what would be right."),
        ("odekit check draft.toml --json -", "The same for a program."),
        ("odekit check draft.toml --format latex", "The table and the corrected formulas, for a paper."),
    ),
)
@click.argument("file", metavar="FILE.toml", type=click.Path(path_type=Path))
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the random points."
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@out_options("report.html, report.json, findings.tex and findings.md")
@json_option("the findings")
@limit_options
@debug_option
def command(file: Path, seed: int, out: str | None, force: bool, form: str, json_file: str | None) -> None:
    """Check formulas that you wrote against the derived flow of a network, or against an ODE of your own.

    FILE is TOML. [system.equations] holds an ODE, with [system.parameters] and what else `odekit analyse`
    reads, or system = "lotka.toml" names its file; else [network] says what is derived: group = "Zp", and if
    they differ from the defaults task, activation, embedding, constraint, rates, modes, form, character,
    loss, logit_scale (with one of the last two, t is the time of the network's own loss). [equations] holds
    right-hand sides, such as D = "-p*(4*beta + alpha**2/beta)*sin(D)"; [first_integrals] anything that is
    conserved; [rates] such as "D = 0" = "..." or x = {of = "D", at = {D = "0", alpha = "beta"}, formula =
    "..."}; [closed_forms] states in t, alpha0, beta0, D0, ..., and blow_up_time; [limits] such as D =
    {formula = "0", to = "blow-up"} (of an ODE, to = "infinity"); [values] energy and logit_scale;
    [definitions] names of your own. In [conventions], a = "alpha" renames a state, and free_units = ["time",
    "alpha"] forgives a factor, which one value of each unit has to explain in every line. Exits with 1 if a
    line differs, else with 3 if one could not be judged. Of a group that is not Abelian, equations and first
    integrals are words of matrices, such as theta = "2*xi*Adjoint(theta) + 2*Adjoint(theta)*xi", or
    Trace(...) of such.
    """
    from odekit.checking import check
    from odekit.report import findings_table, latex_table

    ctx = click.get_current_context()
    findings = check(file, seed=seed)
    table = findings_table(findings)
    if form == "latex":
        say("\n".join([latex_table(table).rstrip("\n"), *_corrections(findings)]), json_file)
    else:
        show_table(table, json_file)
        say_list("Corrected", _corrected(findings), json_file)
        say_list("Not judged", _not_judged(findings), json_file)
        say_list("Notes", [f"{each.item}: {note}" for each in findings for note in each.notes], json_file)
        say_list("Units", _units(findings), json_file)
        say_list("Time", [each for each in [findings[0].time] if each], json_file)
        tell(f"\n{_total(findings)}", json_file)
    write_json(findings.to_json(), json_file)
    if out is not None:
        from odekit.report import write_findings

        tell(f"written to {write_findings(findings, out, force, command_words(ctx))}", json_file)
    ctx.exit(exit_code(OUTCOMES[each.outcome] for each in findings))


def _not_judged(findings: Sequence[Finding]) -> list[str]:
    return [f"{each.item}: {each.evidence}" for each in findings if each.agrees is None]


def _corrected(findings: Sequence[Finding]) -> list[str]:
    return [f"{_name(each)} = {each.corrected}" for each in findings if each.corrected is not None]


def _corrections(findings: Sequence[Finding]) -> list[str]:
    """What would be right, as displayed formulas."""
    wrong = [each for each in findings if each.corrected_latex is not None]
    return [line for each in wrong for line in (f"% {_name(each)}", rf"\[ {each.corrected_latex} \]")]


def _name(finding: Finding) -> str:
    """The left side of a line."""
    if finding.kind == "rate":
        return f"rate ({finding.item})"
    return f"{finding.item}'" if finding.kind == "equation" else finding.item


def _units(findings: Sequence[Finding]) -> list[str]:
    return [f"{name}: yours is {value} times the derivation's" for name, value in findings[0].units.items()]


def _total(findings: Sequence[Finding]) -> str:
    right, open_ = (sum(each.agrees is value for each in findings) for value in (True, None))
    return f"{right} of {len(findings)} lines agree" + (f", {open_} not judged." if open_ else ".")
