"""The folder of figures: complete, the same bytes for a seed, whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

import odekit
from odekit.claims import CLAIMS
from odekit.errors import FileError, InputError, UnknownNameError
from odekit.report.papers import Drawing, PaperFigure, catalogue, reproduce, select_figures

QUICK = ("lottery-map", "decoupled-case-2")
FIGURES = select_figures()


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return reproduce(QUICK, out=tmp_path_factory.mktemp("papers") / "out", seed=3)


@pytest.mark.slow
def test_each_figure_has_two_pictures_and_a_caption_and_all_are_on_the_sheet(drawn: Path) -> None:
    expected = {f"{name}.{kind}" for name in QUICK for kind in ("pdf", "png", "txt")}
    assert {path.name for path in drawn.iterdir()} == {*expected, "contact_sheet.png"}
    with Image.open(drawn / "contact_sheet.png") as sheet:
        assert sheet.info["Title"].split(", ") == [figure.id for figure in FIGURES if figure.id in QUICK]


@pytest.mark.slow
def test_pictures_hold_their_captions_and_are_a_column_wide(drawn: Path) -> None:
    for name in QUICK:
        caption = (drawn / f"{name}.txt").read_text()
        with Image.open(drawn / f"{name}.png") as picture:
            assert picture.info["Subject"] == f"{caption}\nodekit {odekit.__version__}"
            assert picture.width == 3.4 * 300
        assert b"/Subject" in (drawn / f"{name}.pdf").read_bytes()
        assert "Seed 3." in caption
        assert all(len(line) <= 100 for line in caption.splitlines())


@pytest.mark.long
def test_a_seed_gives_the_same_bytes(drawn: Path, tmp_path: Path) -> None:
    again = reproduce(list(reversed(QUICK)), out=tmp_path / "again", seed=3)
    for path in drawn.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes(), path.name


def broken(seed: int) -> Drawing:
    raise InputError("no figure today", expected="another day")


def test_a_figure_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "FIGURES", (replace(FIGURES[0], id="broken", draw=broken),))
    with pytest.raises(InputError, match="no figure today"):
        reproduce("broken", out=tmp_path / "out")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("place", ["missing/out", "full", "file"])
def test_a_place_that_will_not_do_is_refused_before_anything_is_drawn(place: str, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    begun: list[PaperFigure] = []
    with pytest.raises(FileError):
        reproduce(QUICK, out=tmp_path / place, on_start=begun.append)
    assert not begun
    assert (tmp_path / "full" / "mine.txt").read_text() == "mine"


def test_an_unknown_figure_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="lottery-race"):
        select_figures(["lotery-race"])


def test_all_means_all_in_the_order_of_the_catalogue() -> None:
    assert select_figures("all") == select_figures() == FIGURES
    assert select_figures(["logits", "logits", "decoupled-case-1"]) == tuple(
        figure for figure in FIGURES if figure.id in ("logits", "decoupled-case-1")
    )


@pytest.mark.parametrize("figures", [5, {"logits": 1}, [5], ["logits", None]])
def test_what_is_no_name_is_refused(figures: object) -> None:
    with pytest.raises(InputError):
        select_figures(figures)  # type: ignore[arg-type]


def test_names_are_unique_and_a_line_holds_what_is_shown() -> None:
    names = [figure.id for figure in FIGURES]
    assert len(set(names)) == len(names)
    widest = max(map(len, names))
    assert all(widest + 2 + len(figure.title) <= 80 for figure in FIGURES)
    assert {figure.paper for figure in FIGURES} == {"2602.16849", "2606.02993"}


def test_claims_that_are_named_exist() -> None:
    known = {claim.id for claim in CLAIMS}
    assert all(figure.claims and set(figure.claims) <= known for figure in FIGURES)


@pytest.mark.long
@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.id)
def test_every_figure_is_drawn_with_nothing_empty(figure: PaperFigure) -> None:
    drawing = figure.draw(1)
    assert drawing.figure.get_figwidth() == 3.4
    assert all(panel.has_data() for panel in drawing.figure.axes)
    assert all((drawing.ode, drawing.network, drawing.settings))
    assert "nan" not in figure.caption(drawing, 1).lower().split()
