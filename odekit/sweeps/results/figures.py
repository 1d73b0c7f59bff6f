"""Where does it hold? A heatmap of outcomes for each claim, in the folder of the sweep."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from odekit import report
from odekit.files import refusing
from odekit.sweeps.results.rows import FAILED
from odekit.sweeps.results.summary import COUNTED, Counts, Summary
from odekit.sweeps.tasks import Value

__all__ = ["draw_outcomes"]

FIGURES, NAME = "figures", "outcomes"
LONGEST = 80  # letters of a file's name


def draw_outcomes(summary: Summary, folder: Path) -> list[Path]:
    """Draw the outcomes into ``figures/`` of a folder, as PDF and PNG, in the place of those that were there.

    Where nothing has an outcome, or all that was counted failed, there is no figure.

    With two settings or more that vary there is a figure for each claim, or the task, over the two with the
    most values, whatever the others are; else one figure with a row for each.

    Raises
    ------
    FileError: the folder can't be written.
    """
    drawn: list[Path] = []
    place = folder / FIGURES
    if any(set(summary.counts(subject).by_outcome) - {FAILED} for subject in summary.subjects):
        with refusing(place):
            place.mkdir(exist_ok=True)
        for name, title, counts, labels in _figures(summary):
            axes = report.plot_outcomes(counts, labels)
            about = {"Title": title, "Subject": "share confirmed"}
            drawn += report.save_figure(axes, place, _file_name(name, drawn), about)
    with refusing(place):
        for old in {*place.glob(f"{NAME}*.pdf"), *place.glob(f"{NAME}*.png")} - {*drawn}:
            old.unlink(missing_ok=True)
    return drawn


def _figures(summary: Summary) -> Iterator[tuple[str, str, Mapping[str, Any], Mapping[str, Sequence[Any]]]]:
    """Name, title, counts and labels of each figure."""
    widest = sorted(summary.settings, key=lambda name: -len(summary.values(name)))[:2]
    if len(widest) == 2:
        labels = {name: summary.values(name) for name in widest}
        for subject in summary.subjects:
            yield subject, subject, _counts([summary.pooled(subject, widest)], labels, 2), labels
        return
    columns = {name: summary.values(name) for name in widest} or {"cells": ["all"]}
    pooled = [summary.pooled(subject, widest) for subject in summary.subjects]
    labels = {"claim or task": [*summary.subjects], **columns}
    yield "", "all", _counts(pooled, labels, len(widest)), labels


def _counts(
    pooled: Sequence[Mapping[tuple[Value, ...], Counts]], labels: Mapping[str, Sequence[Value]], depth: int
) -> dict[str, Any]:
    """Counts by outcome over the labels, of which the last so many are those of the settings."""
    rows, columns = ({value: n for n, value in enumerate(values)} for values in labels.values())
    found = {name: np.zeros((len(rows), len(columns))) for name in COUNTED}
    for first, each in enumerate(pooled):
        for values, counts in each.items():
            row = rows[values[0]] if depth == 2 else first
            column = columns[values[-1]] if depth else 0
            for name, count in counts.by_outcome.items():
                found[name][row, column] += count
    return found


def _file_name(subject: str, drawn: Sequence[Path]) -> str:
    """A name for the file of a figure that none has yet: claims of one's own may be called anything."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", subject)[:LONGEST]
    name = f"{NAME}-{plain}" if plain else NAME
    taken = {path.stem.lower() for path in drawn}
    return name if name.lower() not in taken else f"{name}-{len(drawn) // 2 + 1}"
