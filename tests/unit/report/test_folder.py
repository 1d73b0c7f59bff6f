"""A report's folder appears whole, and never takes the place of anything but an earlier report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from odekit.claims import Report
from odekit.errors import FileError
from odekit.report import folder
from odekit.report.folder import check_folder, write_report

FILES = ["figures", "report.json", "verdicts.md", "verdicts.tex"]


def names(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.iterdir())


def test_every_artefact_carries_version_seed_and_settings(report: Report, tmp_path: Path) -> None:
    place = write_report(report, tmp_path / "out")
    assert names(tmp_path) == ["out"]
    assert names(place) == FILES
    assert names(place / "figures") == ["orders.pdf", "orders.png", "shares.pdf", "shares.png"]
    written = json.loads((place / "report.json").read_text())
    assert (written["version"], written["seed"]) == ("9.9", 7)
    assert written["settings"] == {"full": False, "group": None}
    for name in ("verdicts.md", "verdicts.tex"):
        assert "odekit 9.9, seed 7, full no, group default" in (place / name).read_text()
    assert b"seed 7" in (place / "figures" / "orders.png").read_bytes()


def test_the_markdown_holds_statements_qualifications_and_controls(report: Report, tmp_path: Path) -> None:
    text = (write_report(report, tmp_path / "out") / "verdicts.md").read_text()
    assert "- orders (paper, p. 1): orders holds" in text
    assert "- elsewhere: Z5 is too small." in text
    assert r"- orders: refuted: the opposite\_of it; correct: 2\*phi - psi" in text
    assert "- open: inconclusive: nothing" in text


def test_writing_twice_gives_the_same_bytes(report: Report, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_report(report, tmp_path / name)
    for file in ("report.json", "verdicts.md", "verdicts.tex", "figures/orders.pdf", "figures/orders.png"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes(), file


def test_an_empty_folder_is_filled(report: Report, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert names(write_report(report, tmp_path / "out")) == FILES


def test_an_earlier_report_is_replaced_only_if_forced(report: Report, tmp_path: Path) -> None:
    place = write_report(report, tmp_path / "out")
    (place / "verdicts.md").write_text("old")
    with pytest.raises(FileError, match=r"is not empty.*Try: force=True, which replaces an earlier report"):
        write_report(report, place)
    assert (place / "verdicts.md").read_text() == "old"
    write_report(report, place, force=True)
    assert (place / "verdicts.md").read_text() != "old"
    assert names(tmp_path) == ["out"]


@pytest.mark.parametrize("stranger", ["thesis.docx", "figures/photo.jpg"])
def test_a_folder_that_holds_anything_else_is_never_replaced(
    report: Report, tmp_path: Path, stranger: str
) -> None:
    place = write_report(report, tmp_path / "out")
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


def test_nothing_is_left_if_a_file_can_not_be_written(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> str:
        raise OSError(28, "No space left on device")

    place = write_report(report, tmp_path / "out")
    before = (place / "report.json").read_bytes()
    monkeypatch.setattr(folder, "latex_table", full)
    with pytest.raises(FileError, match="No space left on device"):
        write_report(report, place, force=True)
    assert names(tmp_path) == ["out"]
    assert (place / "report.json").read_bytes() == before


def test_an_earlier_report_comes_back_if_the_new_one_can_not_take_its_place(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = write_report(report, tmp_path / "out")
    rename = folder.os.rename

    def refuse(source: Path, target: Path) -> None:
        if source.name.endswith(".tmp"):
            raise OSError(16, "Device or resource busy")
        rename(source, target)

    monkeypatch.setattr(folder.os, "rename", refuse)
    with pytest.raises(FileError, match="Device or resource busy"):
        write_report(report, place, force=True)
    assert names(tmp_path) == ["out"]
    assert names(place) == FILES
