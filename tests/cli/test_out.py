"""``--out`` of every command that judges: a folder with a page, JSON and tables."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Invoke = Callable[..., Result]

LOTKA = '[equations]\nx = "x*(1 - y)"\ny = "y*(x - 1)"\n'
DRAFT = '[system.equations]\nx = "-x"\n[equations]\nx = "-x"\n'


@pytest.fixture
def files(tmp_path: Path, run_file: Path) -> dict[str, Path]:
    """A file for each command to read."""
    (tmp_path / "lotka.toml").write_text(LOTKA)
    (tmp_path / "draft.toml").write_text(DRAFT)
    return {"analyse": tmp_path / "lotka.toml", "check": tmp_path / "draft.toml", "compare": run_file}


TABLES = {
    "analyse": ["system.tex"],
    "check": ["findings.md", "findings.tex"],
    "compare": ["comparison.md", "comparison.tex", "figures"],
}


@pytest.mark.slow
@pytest.mark.parametrize("command", TABLES)
def test_the_folder_holds_page_json_and_tables(
    invoke: Invoke, files: dict[str, Path], tmp_path: Path, command: str
) -> None:
    out, told = tmp_path / "out", tmp_path / "told.json"
    result = invoke(command, files[command], "--out", out, "--json", told)
    assert result.exit_code == 0, result.stderr
    assert f"written to {out}" in result.stdout
    assert sorted(entry.name for entry in out.iterdir()) == sorted(
        ["report.html", "report.json", *TABLES[command]]
    )
    assert json.loads((out / "report.json").read_text()) == json.loads(told.read_text())
    page = (out / "report.html").read_text(encoding="utf-8")
    assert f"odekit {command} {files[command]} --out {out}" in page
    if command == "compare":
        assert len(list((out / "figures").iterdir())) == 4


@pytest.mark.parametrize("command", TABLES)
def test_a_folder_in_use_is_refused_before_anything_is_done(
    invoke: Invoke, files: dict[str, Path], tmp_path: Path, command: str
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.docx").write_text("precious")
    result = invoke(command, files[command], "--out", tmp_path / "out", "--force")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "is not empty" in result.stderr
    assert (tmp_path / "out" / "thesis.docx").read_text() == "precious"


@pytest.mark.slow
def test_an_earlier_report_of_another_kind_is_replaced_if_forced(
    invoke: Invoke, files: dict[str, Path], tmp_path: Path
) -> None:
    assert invoke("check", files["check"], "--out", tmp_path / "out").exit_code == 0
    assert invoke("analyse", files["analyse"], "--out", tmp_path / "out").exit_code == 2
    assert invoke("analyse", files["analyse"], "--force", "--out", tmp_path / "out").exit_code == 0
    assert not (tmp_path / "out" / "findings.md").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_can_not_be_written_is_refused(
    invoke: Invoke, files: dict[str, Path], tmp_path: Path
) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    result = invoke("check", files["check"], "--out", tmp_path / "locked" / "out")
    assert result.exit_code == 2
    assert "can't write" in result.stderr


def test_a_comparison_as_latex_is_a_tabular(invoke: Invoke, files: dict[str, Path]) -> None:
    lines = invoke("compare", files["compare"], "--format", "latex").stdout.splitlines()
    assert lines[1].startswith(r"\begin{tabular}")
    assert lines[-1] == r"\end{tabular}"
