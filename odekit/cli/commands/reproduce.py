"""``odekit reproduce``: the papers' figures drawn again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from odekit.cli.command import Command, debug_option
from odekit.cli.options import json_option
from odekit.cli.output import progress, show_table, tell, write_json

if TYPE_CHECKING:
    from odekit.report import PaperFigure, Reproduced

__all__ = ["command"]


@click.command(
    "reproduce",
    cls=Command,
    short_help="The papers' figures, from the reduced ODE and from a training, side by side.",
    examples=(
        ("odekit reproduce", "What can be drawn, a line each."),
        (
            "odekit reproduce all",
            "Everything, in some minutes; reproduced/contact_sheet.png shows all at once.",
        ),
        (
            "odekit reproduce lottery-race circle-F21 --out race --seed 7",
            "Two figures of another seed: race/ holds each as PDF and PNG, and its caption as text.",
        ),
    ),
)
@click.argument("figures", metavar="[FIGURE]...", nargs=-1)
@click.option(
    "--out",
    metavar="DIR",
    default="reproduced",
    show_default=True,
    help="Make the folder DIR. It appears when all is done; one that exists and is not empty is refused.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of all randomness.")
@json_option("what can be drawn, or what was")
@debug_option
def command(figures: tuple[str, ...], out: str, seed: int, json_file: str | None) -> None:
    """Draw figures of the papers again, each from the reduced ODE and from a training of the network.

    FIGURE is a name that `odekit reproduce` lists, or all. For each there are a PDF, a PNG and a caption,
    NAME.txt, which says what is drawn, the settings and the seed, and where the published picture can't be
    right; the pictures hold their captions too. contact_sheet.png shows all of them at once. The same seed
    gives the same bytes.
    """
    from odekit.report import reproduce, select_figures

    chosen = select_figures(figures)
    if not figures:
        _list(chosen, json_file)
        return
    described = []

    def ended(drawn: Reproduced) -> None:
        described.append(
            _described(drawn.figure) | {"caption": drawn.caption, "seconds": round(drawn.seconds, 3)}
        )
        told.end(f"{drawn.figure.id}: drawn in {drawn.seconds:.1f} s")

    with progress(len(chosen)) as told:
        folder = reproduce(
            figures, out=out, seed=seed, on_start=lambda figure: told.begin(figure.id), on_finish=ended
        )
    write_json({"folder": str(folder), "seed": seed, "figures": described}, json_file)
    tell(f"{len(chosen)} figure{'s' * (len(chosen) > 1)} written to {folder}", json_file)


def _list(figures: Sequence[PaperFigure], json_file: str | None) -> None:
    from odekit.report import figures_table

    for paper in dict.fromkeys(figure.paper for figure in figures):
        tell(f"arXiv {paper}", json_file)
        show_table(figures_table([figure for figure in figures if figure.paper == paper]), json_file)
    write_json({"figures": [_described(figure) for figure in figures]}, json_file)


def _described(figure: PaperFigure) -> dict[str, Any]:
    keys = ("id", "paper", "title", "published")
    return {key: vars(figure)[key] for key in keys}
