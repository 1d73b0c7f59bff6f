"""The marker `reference`: skipped with its reason where the data is absent, failed where it is required."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).resolve().parents[1] / "conftest.py"
TESTS = """
import pytest

@pytest.mark.reference
def test_by_marker():
    pass

def test_by_fixture(reference):
    assert reference.is_dir()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of two tests, with nothing beside it."""
    folder = tmp_path / "main"
    (folder / "tests").mkdir(parents=True)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = reference\n")
    shutil.copy(CONFTEST, folder / "tests")
    (folder / "tests" / "test_planted.py").write_text(TESTS)
    return folder


def outcome(project: Path, reference: Path | None) -> str:
    """What pytest says of the planted tests with ODEKIT_REFERENCE at ``reference``, or unset."""
    hidden = {"ODEKIT_REFERENCE", "PYTEST_ADDOPTS"}
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    if reference is not None:
        env["ODEKIT_REFERENCE"] = str(reference)
    command = [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider"]
    return subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, check=False).stdout


@pytest.mark.slow
def test_absent_data_skips_with_its_reason(project: Path) -> None:
    report = outcome(project, None)
    assert "2 skipped" in report
    assert "ODEKIT_REFERENCE is not set" in report


@pytest.mark.slow
def test_required_data_that_is_absent_fails(project: Path) -> None:
    report = outcome(project, project / "nowhere")
    assert "passed" not in report
    assert "skipped" not in report
    assert "ODEKIT_REFERENCE names no folder" in report


@pytest.mark.slow
def test_data_beside_the_project_is_found(project: Path) -> None:
    (project.parent / "shared" / "reference").mkdir(parents=True)
    assert "2 passed" in outcome(project, None)


@pytest.mark.slow
def test_data_that_the_variable_names_is_found(project: Path, tmp_path: Path) -> None:
    assert "2 passed" in outcome(project, tmp_path)
