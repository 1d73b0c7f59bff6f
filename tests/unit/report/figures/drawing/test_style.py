"""Figures are ready for a paper: one column wide, fonts embedded, the same bytes each time."""

from __future__ import annotations

import re
import zlib
from itertools import islice, pairwise
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from odekit.errors import InputError, UnknownNameError
from odekit.report.figures.drawing import (
    TINTS,
    column_axes,
    figure_of,
    line_styles,
    logarithmic,
    save_figure,
    styled,
)


def draw(folder: Path) -> tuple[Path, Path]:
    with styled():
        axes = column_axes()
        figure = figure_of(axes)
        axes.plot([1, 2], [1, 4])
        axes.set_xlabel(r"time $t$")
    return save_figure(figure, folder, "one", {"Title": "κ", "Subject": "seed 7"})


def test_a_figure_is_one_column_wide() -> None:
    with styled():
        figure = figure_of(column_axes())
    assert figure.get_size_inches()[0] == pytest.approx(3.4)


@pytest.mark.slow
def test_a_pdf_holds_its_fonts_as_outlines_and_no_date(tmp_path: Path) -> None:
    pdf, _ = draw(tmp_path)
    data = pdf.read_bytes()
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, flags=re.DOTALL)
    assert b"/FontFile2" in data, "TrueType outlines"
    assert b"/Type3" not in data
    assert b"CreationDate" not in data
    assert any(b" l\n" in zlib.decompress(stream) for stream in streams[:1]), "lines as vectors"


@pytest.mark.slow
def test_the_same_figure_has_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    first, second = draw(tmp_path), draw(tmp_path / "again")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_a_users_own_settings_neither_leak_in_nor_are_changed() -> None:
    with matplotlib.rc_context({"font.size": 33.0, "text.usetex": False}):
        with styled():
            axes = column_axes()
        figure = figure_of(axes)
        assert axes.xaxis.label.get_size() == 8
        assert matplotlib.rcParams["font.size"] == 33.0
        assert figure.get_size_inches()[0] == pytest.approx(3.4)


def test_many_curves_all_look_different() -> None:
    assert len({str(style) for style in islice(line_styles(), 28)}) == 28


def test_neighbouring_areas_differ_in_grey() -> None:
    greys = [float(np.dot(to_rgb(tint), (0.299, 0.587, 0.114))) for tint in TINTS]
    assert min(abs(a - b) for a, b in pairwise(greys)) > 0.08


def test_a_short_logarithmic_axis_is_labelled_at_1_2_5() -> None:
    with styled():
        axes = column_axes()
        figure = figure_of(axes)
        axes.plot([0.005, 0.08], [1e-7, 1e-2])
        logarithmic(axes, "x")
        logarithmic(axes, "y")
        figure.draw_without_rendering()
    low, high = axes.get_xlim()
    labels = [t.get_text() for t in axes.get_xticklabels() if low <= t.get_position()[0] <= high]
    assert labels == ["0.005", "0.01", "0.02", "0.05"]
    assert all(np.log10(tick) % 1 == pytest.approx(0, abs=1e-9) for tick in axes.get_yticks())
    assert not any(label.get_text() for label in axes.get_xticklabels(minor=True))


@pytest.mark.parametrize("name", ["", "..", "../one", "a/b", "a\0b", "a\\b", 3])
def test_a_name_that_leaves_the_folder_is_refused(tmp_path: Path, name: object) -> None:
    axes = column_axes()
    (tmp_path / "in").mkdir()
    with pytest.raises(InputError, match="no file's name"):
        save_figure(axes, tmp_path / "in", name)
    assert [*tmp_path.rglob("*")] == [tmp_path / "in"]


@pytest.mark.filterwarnings("error")
def test_what_nobody_sees_is_named_in_what_a_file_keeps(tmp_path: Path) -> None:
    _, png = save_figure(column_axes(), tmp_path, "one", {"Title": "a\ud800\x1bb"})
    assert b"a\\ud800\\x1bb" in png.read_bytes()
    with pytest.raises(UnknownNameError, match="'Bogus'"):
        save_figure(column_axes(), tmp_path, "one", {"Bogus": "x"})


def test_words_about_a_figure_come_by_title_and_subject(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Title"):
        save_figure(column_axes(), tmp_path, "one", "a caption")  # type: ignore[arg-type]
