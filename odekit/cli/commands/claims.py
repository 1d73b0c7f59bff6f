"""``odekit claims``: what can be verified."""

import click

from odekit.cli.command import Command, debug_option
from odekit.cli.options import json_option
from odekit.cli.output import show_table, write_json

__all__ = ["command"]


@click.command(
    "claims",
    cls=Command,
    short_help="What can be verified: id, source, statement.",
    examples=(
        ("odekit claims", "Every claim with the paper and place that it is from."),
        ("odekit claims --paper 2602.16849", "Only those of one paper."),
        ("odekit claims --json -", "The same for a program, with the hypotheses of each claim."),
    ),
)
@click.option("--paper", metavar="ID", help="Only claims of this arXiv identifier, such as 2602.16849.")
@json_option("the claims")
@debug_option
def command(paper: str | None, json_file: str | None) -> None:
    """List what can be verified: the id of each claim, its source and its statement."""
    from odekit.claims import select_claims
    from odekit.report import claims_table

    selected = select_claims(None, paper)
    show_table(claims_table(selected), json_file)
    write_json({"claims": [claim.to_json() for claim in selected]}, json_file)
