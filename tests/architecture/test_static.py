"""The package is typed, and the tree is clean, by the tools and settings that pyproject.toml names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "pyproject.toml"


def run(*command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_the_package_passes_mypy_in_strict_mode() -> None:
    result = run("mypy", "--strict", "odekit")
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.slow
def test_mypy_notices_a_missing_annotation(tmp_path: Path) -> None:
    (tmp_path / "untyped.py").write_text("def double(x):\n    return 2 * x\n")
    result = run("mypy", "--config-file", str(CONFIG), "untyped.py", cwd=tmp_path)
    assert result.returncode == 1
    assert "no-untyped-def" in result.stdout


def test_the_tree_passes_ruff() -> None:
    result = run("ruff", "check", "--no-cache", "--output-format=concise")
    assert result.returncode == 0, result.stdout + result.stderr


def test_ruff_notices_an_unused_import(tmp_path: Path) -> None:
    (tmp_path / "untidy.py").write_text("import os\n")
    result = run("ruff", "check", "--no-cache", "--config", str(CONFIG), "untidy.py", cwd=tmp_path)
    assert result.returncode == 1
    assert "F401" in result.stdout
