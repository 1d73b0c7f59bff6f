"""What the folder of a report holds: every file tells where it is from, and is the same each time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from odekit.claims import Report
from odekit.report.documents import write_report

FILES = ["figures", "report.html", "report.json", "verdicts.md", "verdicts.tex"]
FIGURES = ["orders.pdf", "orders.png", "shares.pdf", "shares.png"]


@pytest.fixture
def place(report: Report, tmp_path: Path) -> Path:
    return write_report(report, tmp_path / "out")


def names(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.iterdir())


@pytest.mark.slow
def test_every_artefact_tells_its_settings_and_is_the_same_each_time(
    report: Report, place: Path, tmp_path: Path
) -> None:
    assert names(tmp_path) == ["out"]
    assert names(place) == FILES
    assert names(place / "figures") == FIGURES
    written = json.loads((place / "report.json").read_text())
    assert (written["version"], written["seed"]) == ("9.9", 7)
    assert written["settings"] == {"full": False, "group": None}
    for name in ("verdicts.md", "verdicts.tex"):
        assert "odekit 9.9, seed 7, full no, group default" in (place / name).read_text()
    assert b"seed 7" in (place / "figures" / "orders.png").read_bytes()
    again = write_report(report, tmp_path / "again")
    for file in (*FILES[1:], *(f"figures/{name}" for name in FIGURES)):
        assert (place / file).read_bytes() == (again / file).read_bytes(), file


@pytest.mark.slow
def test_the_markdown_holds_statements_qualifications_and_controls(place: Path) -> None:
    text = (place / "verdicts.md").read_text()
    assert "- orders (paper, p. 1): orders holds" in text
    assert "- elsewhere: Z5 is too small." in text
    assert r"- orders: refuted: the opposite\_of it; correct: 2\*phi - psi" in text
    assert "- open: inconclusive: nothing" in text
