"""Figures as files: vector PDF and PNG, the same bytes each time."""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from odekit.arguments import chosen, expect, path_of
from odekit.errors import InputError, shown
from odekit.files import refusing
from odekit.report.figures.drawing.style import styled
from odekit.text import visible

__all__ = ["DPI", "figure_bytes", "figure_of", "save_figure"]

# Dots per inch for print.
DPI = 300

KEPT = ("Title", "Subject")

Kind = Literal["pdf", "png", "svg"]

# What says when and by what a file was made, in the words of each format; no date, so that the bytes repeat.
_STAMPS: Mapping[str, Mapping[str, str | None]] = {
    "pdf": {"Creator": "odekit", "CreationDate": None},
    "png": {"Software": "odekit"},
    "svg": {"Creator": "odekit", "Date": None},
}


def figure_of(drawn: Figure | Axes) -> Figure:
    """The whole figure.

    Raises
    ------
    InputError: neither a figure nor axes.
    """
    if isinstance(drawn, Figure):
        return drawn
    if not isinstance(drawn, Axes) or drawn.figure is None:
        raise InputError("this is no figure", expected="a figure or axes", received=shown(drawn))
    return drawn.figure.canvas.figure


def figure_bytes(
    drawn: Figure | Axes, kind: Kind = "png", about: Mapping[str, str] | None = None, dpi: int = DPI
) -> bytes:
    """A file's content.

    Parameters
    ----------
    drawn: the figure, or axes of it.
    kind: ``"pdf"``, ``"png"`` or ``"svg"``.
    about: what to keep inside of it; ``Title`` and, but for SVG, ``Subject``.
    dpi: dots per inch of a PNG.

    Raises
    ------
    InputError: neither a figure nor axes.
    UnknownNameError: another kind of text to keep.
    """
    is_told = about is None or isinstance(about, Mapping)
    expect(is_told, "this says nothing about a figure", 'words by "Title" and "Subject"', about)
    stream = io.BytesIO()
    told = {chosen("kept text", key, KEPT): visible(str(text)) for key, text in (about or {}).items()}
    metadata: dict[str, Any] = {**told, **_STAMPS[kind]}
    with styled(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        figure_of(drawn).savefig(stream, format=kind, dpi=dpi, metadata=metadata)
    return stream.getvalue()


def save_figure(
    drawn: Figure | Axes, folder: str | os.PathLike[str], name: str, about: Mapping[str, str] | None = None
) -> tuple[Path, Path]:
    """Write ``name.pdf`` and ``name.png``.

    Parameters
    ----------
    drawn: the figure, or axes of it.
    folder, name: where.
    about: ``Title`` and ``Subject``, kept inside of both files.

    Raises
    ------
    InputError: neither a figure nor axes, or a name that is none of a file in the folder.
    UnknownNameError: another kind of text to keep.
    FileError: the folder can't be written.
    """
    is_name = isinstance(name, str) and name.strip(". ") != "" and not set(name) & set("/\\\0")
    expect(is_name, "a figure's name is no file's name", 'text without a slash, such as "loss"', name)
    pdf, png = (path_of(folder, "the folder") / f"{name}.{kind}" for kind in ("pdf", "png"))
    with refusing(pdf):
        pdf.write_bytes(figure_bytes(drawn, "pdf", about))
        png.write_bytes(figure_bytes(drawn, "png", about))
    return pdf, png
