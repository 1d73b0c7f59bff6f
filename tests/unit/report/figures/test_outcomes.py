"""A heatmap of outcomes shows what was counted, and marks every place in which anything was refuted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.collections import PatchCollection, QuadMesh

from odekit.errors import InputError
from odekit.report import plot_outcomes

LABELS = {"group": ["Z5", "Z7", "S3"], "scale": [0.01, 1.0]}
COUNTS = {
    "confirmed": [[20, 19], [12, 0], [0, 0]],
    "refuted": [[0, 1], [0, 0], [0, 0]],
    "inconclusive": [[0, 0], [8, 0], [0, 0]],
    "not_applicable": [[0, 0], [0, 20], [0, 0]],
    "failed": [[0, 0], [0, 0], [20, 0]],
}


def test_places_say_how_many_of_how_many() -> None:
    axes = plot_outcomes(COUNTS, LABELS)
    words = {text.get_position(): text.get_text() for text in axes.texts}
    assert words == {
        (0.5, 0.5): "20/20",
        (1.5, 0.5): "\u25bc 19/20",
        (0.5, 1.5): "\u25cb 12/20",
        (0.5, 2.5): "\u2715",
    }
    mesh = next(each for each in axes.collections if isinstance(each, QuadMesh))
    shares = mesh.get_array()
    assert np.ma.getmaskarray(shares).ravel().tolist() == [False, False, False, True, True, True]
    assert shares.compressed().tolist() == [1.0, 0.95, 0.6]


def test_frames_are_of_what_was_refuted_and_hatching_of_what_does_not_apply() -> None:
    axes = plot_outcomes(COUNTS, LABELS)
    hatched, framed = (each for each in axes.collections if isinstance(each, PatchCollection))
    assert [path.get_extents().min.tolist() for path in hatched.get_paths()] == [[1.0, 1.0]]
    assert [path.get_extents().min.tolist() for path in framed.get_paths()] == [[1.0, 0.0]]
    assert hatched.get_hatch()
    assert not framed.get_hatch()


def test_without_room_for_words_the_gravest_mark_is_drawn() -> None:
    size = 25
    refuted, failed = np.zeros((2, size, size), dtype=int)
    refuted[3, 4] = failed[3, 4] = failed[7, 8] = 1
    labels = {"a": range(size), "b": range(size)}
    axes = plot_outcomes(
        {"confirmed": np.full((size, size), 30), "refuted": refuted, "failed": failed}, labels
    )
    marks = {line.get_marker(): np.c_[line.get_xdata(), line.get_ydata()].tolist() for line in axes.lines}
    assert marks == {"v": [[4.5, 3.5]], "x": [[8.5, 7.5]], "o": []}
    assert not axes.texts


def test_one_cell_a_place_needs_no_numbers() -> None:
    assert not plot_outcomes({"confirmed": [[1, 0]], "refuted": [[0, 1]]}, {"a": [1], "b": [2, 3]}).texts


@pytest.mark.parametrize(
    ("counts", "labels"),
    [
        ({"confirmed": [[1, 2]]}, LABELS),
        ({"agreed": [[1]]}, {"a": [1], "b": [1]}),
        ({"confirmed": [[-1]]}, {"a": [1], "b": [1]}),
        ({"confirmed": [[0.5]]}, {"a": [1], "b": [1]}),
        ({"confirmed": [[np.nan]]}, {"a": [1], "b": [1]}),
        ({"confirmed": [["x"]]}, {"a": [1], "b": [1]}),
        ({"confirmed": [[1]]}, {"a": [1]}),
        ({"confirmed": [[]]}, {"a": [1], "b": []}),
        ({"confirmed": [[1]]}, {"a": [1], "b": "x"}),
        (3, LABELS),
        ({3: [[1]]}, {"a": [1], "b": [1]}),
    ],
)
def test_what_are_no_counts_is_refused(counts: Any, labels: Any) -> None:
    with pytest.raises(InputError):
        plot_outcomes(counts, labels)
