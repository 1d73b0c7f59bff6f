"""Over which region does it hold? Outcomes of many cells, counted over two settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from numpy.typing import ArrayLike

from odekit.arguments import expect, floats, is_series, mapping
from odekit.arrays import BoolArray, FloatArray
from odekit.errors import InputError, shown
from odekit.outcomes import outcome_text
from odekit.report.figures.drawing import COLOURS, TINTS, drawn_on, figure_of, legend_below, plain_text

__all__ = ["plot_outcomes"]

JUDGED = ("confirmed", "refuted", "inconclusive")
KNOWN = (*JUDGED, "not_applicable", "failed")
# In the order of their gravity: where there is room for one alone, it is the first.
GLYPHS = {"refuted": "\u25bc", "failed": "\u2715", "inconclusive": "\u25cb"}
_MARKERS: Mapping[str, Mapping[str, Any]] = {
    "refuted": {"marker": "v", "markerfacecolor": "black", "markeredgecolor": "black"},
    "failed": {"marker": "x", "markeredgecolor": "black"},
    "inconclusive": {"marker": "o", "markerfacecolor": "none", "markeredgecolor": "black"},
}
_HATCHED: Mapping[str, Any] = {
    "facecolor": "white",
    "edgecolor": "#8c8c8c",
    "hatch": "////",
    "linewidth": 0.0,
}
# Light throughout, so that black is read on all of it.
SHARES = LinearSegmentedColormap.from_list("shares", [TINTS[-1], COLOURS[5]])
FRAME = COLOURS[1]
# Inches: the least and the greatest height of the axes, and that of a row.
LEAST, MOST, ROW = 2.0, 4.6, 0.24
AXES_SHARE = 0.78  # of the figure's height
LARGEST, SMALLEST, SMALLEST_NUMBER = 7.0, 5.0, 4.5  # points of text
# Of the size of text: the mean and the greatest width of a letter, the height of a line.
LETTER, WIDEST, LINE = 0.6, 0.64, 1.2
FEW, LONG, LONGEST = 4, 18, 30  # letters of a label, of the longest beside few columns
MANY = 2500  # places that a PDF holds as a picture


def plot_outcomes(
    counts: Mapping[str, ArrayLike], labels: Mapping[str, Sequence[Any]], *, axes: Axes | None = None
) -> Axes:
    """The share confirmed over two settings, with the counts where there is room, such as 19/20.

    A place where anything was refuted has a frame and a triangle; failed and inconclusive cells have marks of
    their own. Shares are of what was judged: confirmed, refuted or inconclusive.

    Parameters
    ----------
    counts: number of cells by outcome (confirmed, refuted, inconclusive, not_applicable, failed), each an
        (R, C) array; what is not given is 0.
    labels: by the settings' names, the R values from top to bottom, and the C values from left to right.

    Raises
    ------
    InputError: no counts, other outcomes, or shapes that are not those of the labels.
    """
    rows, columns = _labels(labels)
    found = _counts(counts, (len(rows), len(columns)))
    judged = np.sum([found[name] for name in JUDGED], axis=0)
    height = min(max(LEAST, ROW * len(rows)), MOST)
    with drawn_on(axes, height=height / AXES_SHARE) as chosen:
        _draw_shares(chosen, found["confirmed"], judged)
        (y, x) = labels
        chosen.set(xlabel=_short(x, LONGEST), ylabel=_short(y, LONGEST))
        _label_rows(chosen, rows, 72 * height / len(rows))
        _label_columns(chosen, columns, _place(chosen, found)[0])
        legend_below(chosen, _handles(found, judged))
        _mark(chosen, found, judged, _place(chosen, found))
    return chosen


def _labels(labels: Mapping[str, Sequence[Any]]) -> tuple[list[str], list[str]]:
    example = '{"group": ["Z5", "S3"], "scale": [0.01, 0.02]}'
    given = mapping(labels, "the labels", example)
    fits = len(given) == 2 and all(isinstance(name, str) for name in given)
    if not fits or not all(is_series(values) and len(values) > 0 for values in given.values()):
        raise InputError("the labels are not those of two settings", expected=example, received=shown(labels))
    rows, columns = given.values()
    longest = LONGEST if len(columns) <= FEW else LONG
    left = [_short(_text(value), longest) for value in rows]
    return left, [_short(_text(value), LONG) for value in columns]


def _counts(counts: Mapping[str, ArrayLike], shape: tuple[int, int]) -> dict[str, FloatArray]:
    given = mapping(counts, "the counts", '{"confirmed": [[20, 19]], "refuted": [[0, 1]]}')
    expect(set(given) <= set(KNOWN), "these are no outcomes", ", ".join(KNOWN), list(given))
    found = {name: np.zeros(shape) for name in KNOWN}
    for name, values in given.items():
        array = floats(f"the counts of {name}", values)
        if array.shape != shape or not (np.isfinite(array) & (array >= 0) & (array == array.round())).all():
            raise InputError(
                f"the counts of {name} don't fit the labels",
                expected=f"whole numbers of shape {shape}",
                received=f"{shown(values)} of shape {array.shape}",
            )
        found[name] = array
    return found


def _draw_shares(axes: Axes, confirmed: FloatArray, judged: FloatArray) -> None:
    share = np.ma.masked_array(confirmed / np.maximum(judged, 1), mask=judged == 0)
    axes.pcolormesh(
        share,
        cmap=SHARES,
        vmin=0.0,
        vmax=1.0,
        edgecolors="white" if share.size <= MANY else "face",
        linewidth=0.5 if share.size <= MANY else 0.0,
        rasterized=share.size > MANY,
    )
    axes.set(xlim=(0, share.shape[1]), ylim=(share.shape[0], 0))
    axes.grid(visible=False)
    axes.tick_params(length=0)


def _label_rows(axes: Axes, labels: Sequence[str], height: float) -> None:
    size, step = _size_and_step(height)
    places = range(0, len(labels), step)
    axes.set_yticks([place + 0.5 for place in places], [labels[place] for place in places], fontsize=size)


def _label_columns(axes: Axes, labels: Sequence[str], width: float) -> None:
    """Lying, if all fit beside each other, else upright."""
    widest = max(map(len, labels)) * LARGEST * LETTER + 3.0
    lies = widest <= width or len(labels) == 1
    size, step = (LARGEST, 1) if lies else _size_and_step(width)
    places = range(0, len(labels), step)
    axes.set_xticks(
        [place + 0.5 for place in places],
        [labels[place] for place in places],
        fontsize=size,
        rotation=0 if lies else 90,
    )


def _size_and_step(room: float) -> tuple[float, int]:
    """Points of labels that have so many points for a line, and which of them are shown."""
    size = min(max(room / LINE, SMALLEST), LARGEST)
    return size, max(1, int(np.ceil(size * LINE / room - 1e-9)))


def _place(axes: Axes, found: Mapping[str, FloatArray]) -> tuple[float, float]:
    """Width and height of one place, in points."""
    figure = figure_of(axes)
    figure.draw_without_rendering()
    box, (rows, columns) = axes.get_window_extent(), found["confirmed"].shape
    return box.width * 72 / figure.dpi / columns, box.height * 72 / figure.dpi / rows


def _mark(
    axes: Axes, found: Mapping[str, FloatArray], judged: FloatArray, place: tuple[float, float]
) -> None:
    """Frames, hatching, and words or marks of each place."""
    hatched = _boxes((judged == 0) & (found["not_applicable"] > 0))
    axes.add_collection(PatchCollection(hatched, zorder=2, **_HATCHED))
    line = min(max(min(place) / 9, 0.8), 1.6)
    framed = PatchCollection(_boxes(found["refuted"] > 0), zorder=3, facecolor="none", edgecolor=FRAME)
    framed.set(linewidth=line, clip_on=False)
    axes.add_collection(framed)
    words, size = _words(found, judged, place)
    if words is None:
        _mark_gravest(axes, found, min(max(0.75 * min(place), 1.6), LARGEST))
        return
    for row, column in np.argwhere(words != "").tolist():
        around: Any = {"ha": "center", "va": "center", "linespacing": 1.0}
        axes.text(column + 0.5, row + 0.5, words[row, column], fontsize=size, **around)


def _boxes(mask: BoolArray) -> list[Rectangle]:
    return [Rectangle((column, row), 1, 1) for row, column in np.argwhere(mask).tolist()]


def _mark_gravest(axes: Axes, found: Mapping[str, FloatArray], size: float) -> None:
    """The gravest mark of each place in its middle."""
    free = np.full(found["refuted"].shape, True)
    for name, marker in _MARKERS.items():
        rows, columns = np.nonzero(free & (found[name] > 0))
        look = {"linestyle": "", "markersize": size, "markeredgewidth": size / 8, "zorder": 4}
        axes.plot(columns + 0.5, rows + 0.5, **{**look, **marker})
        free &= found[name] == 0


def _words(
    found: Mapping[str, FloatArray], judged: FloatArray, place: tuple[float, float]
) -> tuple[Any, float]:
    """Marks and counts of each place in one line or two, with their size; None where there is no room.

    Where every count is 0 or 1 the colours say it, and the marks do without words.
    """
    if judged.max() <= 1 or place[0] < 10:
        return None, 0.0
    parts = [
        ("".join(glyph for name, glyph in GLYPHS.items() if found[name][at] > 0), _number(found, judged, at))
        for at in np.ndindex(judged.shape)
    ]
    for size, gap in product((6.5, 5.5, SMALLEST_NUMBER), (" ", "\n")):
        words = [gap.join(filter(None, each)) for each in parts]
        lines = 1 + max(word.count("\n") for word in words)
        longest = max(len(line) for word in words for line in word.split("\n"))
        if size * WIDEST * longest <= place[0] - 3 and size * LINE * lines <= place[1] - 2:
            return np.array(words, dtype=object).reshape(judged.shape), size
    return None, 0.0


def _number(found: Mapping[str, FloatArray], judged: FloatArray, at: tuple[int, ...]) -> str:
    return f"{int(found['confirmed'][at])}/{int(judged[at])}" if judged[at] else ""


def _handles(found: Mapping[str, FloatArray], judged: FloatArray) -> list[Any]:
    """What colours mean, and the marks that occur."""
    handles: list[Any] = [
        Patch(label=f"{share} confirmed", facecolor=SHARES(value), edgecolor="black", linewidth=0.4)
        for share, value in (("all", 1.0), ("half", 0.5), ("none", 0.0))
    ]
    handles += [
        Line2D([], [], linestyle="", markersize=4, label=f"some {outcome_text(name)}", **_MARKERS[name])
        for name in GLYPHS
        if found[name].any()
    ]
    if ((judged == 0) & (found["not_applicable"] > 0)).any():
        handles.append(Patch(label="not applicable", **_HATCHED))
    return handles


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _short(text: str, longest: int) -> str:
    """Text without formulas, cut in its middle where it is too long."""
    if len(text) > longest:
        half = (longest - 1) // 2
        text = f"{text[:half]}\u2026{text[-half:]}"
    return plain_text(text)
