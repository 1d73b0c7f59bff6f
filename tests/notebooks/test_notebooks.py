"""Every notebook runs from its first cell to its last.

The site's build runs them all; where there is a site, its notebooks are read and not run again.
"""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


def executed(path: Path, folder: Path, site: Path | None) -> nbformat.NotebookNode:
    """The notebook with what its cells put out: as the built site shows it, or run in a folder."""
    notebook = nbformat.read(path, as_version=4)
    if site is None:
        NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
        return notebook
    found = nbformat.read(site.parent / "executed" / path.name, as_version=4)
    assert [cell.source for cell in found.cells] == [cell.source for cell in notebook.cells]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_runs(
    path: Path, built_site: Path | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MPLBACKEND", raising=False)
    notebook = executed(path, tmp_path, built_site)
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert any("image/png" in output.get("data", {}) for output in shown)
    assert any("confirmed" in output.get("text", "") for output in shown)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_has_at_most_ten_cells(path: Path) -> None:
    assert len(nbformat.read(path, as_version=4).cells) <= 10
