"""Draw the figures that were asked for, and write them with their captions and a contact sheet."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from odekit._version import __version__
from odekit.arguments import expect_functions, path_of
from odekit.numbers import integer
from odekit.report.figures import figure_bytes, save_figure
from odekit.report.folder import filled_folder
from odekit.report.papers.catalogue import select_figures
from odekit.report.papers.contact_sheet import DPI, contact_sheet, small_picture
from odekit.report.papers.paper_figure import PaperFigure

__all__ = ["SHEET", "Reproduced", "reproduce"]

SHEET = "contact_sheet.png"


@dataclass(frozen=True)
class Reproduced:
    """A figure that has been drawn, with its caption and the time that it took."""

    figure: PaperFigure
    caption: str
    seconds: float


def reproduce(
    figures: str | Sequence[str] | None = None,
    *,
    out: str | os.PathLike[str] = "reproduced",
    seed: int = 0,
    on_start: Callable[[PaperFigure], None] | None = None,
    on_finish: Callable[[Reproduced], None] | None = None,
) -> Path:
    """Draw the papers' figures again, each from the reduced ODE and from a training, side by side.

    Parameters
    ----------
    figures: names that `odekit reproduce` lists, or None for all, some minutes.
    out: the folder to make, which appears when all is done: of each figure ``NAME.pdf``, ``NAME.png`` and the
        caption ``NAME.txt``, which both hold too, and ``contact_sheet.png``.
    seed: of all randomness, at least 0; the same seed gives the same bytes.
    on_start, on_finish: called around each figure, for progress.

    Returns
    -------
    folder: where the figures are.

    Raises
    ------
    UnknownNameError: an unknown figure, with the nearest name.
    FileError: the folder can't be made, or is not empty; told before anything is drawn.
    InputError: a negative seed, or what is no path.

    Source: the public code of arXiv 2602.16849 and arXiv 2606.02993, whose pictures are drawn again.
    """
    chosen, seed = select_figures(figures), integer(seed, "the seed", 0)
    expect_functions(on_start, on_finish)
    place = path_of(out, "out")
    pictures = {}
    with filled_folder(place) as folder:
        for figure in chosen:
            if on_start is not None:
                on_start(figure)
            started = perf_counter()
            drawing = figure.draw(seed)
            caption = figure.caption(drawing, seed)
            about = {"Title": f"{figure.id}: {figure.title}", "Subject": f"{caption}\nodekit {__version__}"}
            save_figure(drawing.figure, folder, figure.id, about)
            (folder / f"{figure.id}.txt").write_text(caption, encoding="utf-8")
            pictures[figure.id] = small_picture(drawing.figure)
            if on_finish is not None:
                on_finish(Reproduced(figure, caption, perf_counter() - started))
        sheet = figure_bytes(contact_sheet(pictures), "png", {"Title": ", ".join(pictures)}, dpi=DPI)
        (folder / SHEET).write_bytes(sheet)
    return place
