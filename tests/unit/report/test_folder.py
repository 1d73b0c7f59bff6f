"""A report's folder appears whole, and never takes the place of anything but an earlier report."""

from __future__ import annotations

from pathlib import Path

import pytest

from odekit.errors import FileError
from odekit.report import folder
from odekit.report.folder import check_folder, write_folder

FILES = ["figures", "report.json", "verdicts.md"]


def names(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.iterdir())


def written(path: Path, force: bool = False) -> Path:
    """A small report."""
    texts = {"report.json": "{}", "verdicts.md": "new"}
    return write_folder(path, texts, force, lambda figures: (figures / "a.pdf").write_bytes(b""))


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert names(written(tmp_path / "out")) == FILES


def test_an_earlier_report_is_replaced_only_if_forced(tmp_path: Path) -> None:
    place = written(tmp_path / "out")
    (place / "verdicts.md").write_text("old")
    with pytest.raises(FileError, match=r"is not empty.*Try: force=True, which replaces an earlier report"):
        written(place)
    assert (place / "verdicts.md").read_text() == "old"
    written(place, force=True)
    assert (place / "verdicts.md").read_text() != "old"
    assert names(tmp_path) == ["out"]


@pytest.mark.parametrize("stranger", ["thesis.docx", "figures/photo.jpg"])
def test_a_folder_that_holds_anything_else_is_never_replaced(tmp_path: Path, stranger: str) -> None:
    place = written(tmp_path / "out")
    (place / stranger).write_text("precious")
    with pytest.raises(FileError, match=r"is not empty.*an earlier report.*Try: another folder"):
        check_folder(place, force=True)
    assert (place / stranger).read_text() == "precious"


def test_a_file_in_the_folders_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(FileError, match=r"Expected: a new folder. Received: a file"):
        check_folder(tmp_path / "out")


def test_a_folder_in_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"can't write .*no/out.*Try: mkdir -p"):
        check_folder(tmp_path / "no" / "out")
    assert names(tmp_path) == []


def test_the_folder_one_is_in_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileError, match=r"the folder you are in.*Try: another folder, such as report"):
        check_folder(".")


def test_a_mount_point_is_refused() -> None:
    with pytest.raises(FileError, match="Received: a mount point"):
        check_folder("/")


def test_nothing_is_left_if_a_file_can_not_be_written(tmp_path: Path) -> None:
    def full(figures: Path) -> None:
        raise OSError(28, "No space left on device")

    place = written(tmp_path / "out")
    before = (place / "report.json").read_bytes()
    with pytest.raises(FileError, match="No space left on device"):
        write_folder(place, {"report.json": "new"}, force=True, draw=full)
    assert names(tmp_path) == ["out"]
    assert (place / "report.json").read_bytes() == before


def test_an_earlier_report_comes_back_if_the_new_one_can_not_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = written(tmp_path / "out")
    rename = folder.os.rename

    def refuse(source: Path, target: Path) -> None:
        if source.name.endswith(".tmp"):
            raise OSError(16, "Device or resource busy")
        rename(source, target)

    monkeypatch.setattr(folder.os, "rename", refuse)
    with pytest.raises(FileError, match="Device or resource busy"):
        written(place, force=True)
    assert names(tmp_path) == ["out"]
    assert names(place) == FILES


@pytest.mark.parametrize("stranger", ["report.json/mine.txt", "figures/photos.png/mine.txt"])
def test_a_folder_by_the_name_of_a_reports_file_is_never_removed(tmp_path: Path, stranger: str) -> None:
    mine = tmp_path / "out" / stranger
    mine.parent.mkdir(parents=True)
    mine.write_text("precious")
    with pytest.raises(FileError, match=r"is not empty.*Try: another folder"):
        written(tmp_path / "out", force=True)
    assert mine.read_text() == "precious"


@pytest.mark.parametrize("is_file", [False, True])
def test_what_came_into_its_place_meanwhile_stays(tmp_path: Path, is_file: bool) -> None:
    place = tmp_path / "out"
    mine = place if is_file else place / "mine.txt"

    def draw(figures: Path) -> None:
        mine.parent.mkdir(exist_ok=True)
        mine.write_text("precious")

    with pytest.raises(FileError, match=r"a file\.|is not empty"):
        write_folder(place, {"report.json": "{}"}, draw=draw)
    assert mine.read_text() == "precious"
    assert names(tmp_path) == ["out"]


def test_a_file_in_place_of_the_folder_above_is_no_missing_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="Not a directory") as refused:
        check_folder(tmp_path / "file" / "out")
    assert "mkdir" not in str(refused.value)
