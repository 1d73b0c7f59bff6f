"""The README is short, names the two commands, and its example is true."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = ["pip install . && odekit verify", "pip install -e '.[test]' && pytest"]


@pytest.fixture(scope="module")
def readme() -> str:
    return (ROOT / "README.md").read_text()


def example(text: str) -> str:
    """The first Python block of a Markdown text."""
    block = re.search(r"^```python\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)
    assert block, "README.md has no Python block"
    return block[1]


def test_the_readme_has_at_most_120_lines(readme: str) -> None:
    assert len(readme.splitlines()) <= 120


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readme_names_the_command(readme: str, command: str) -> None:
    assert command in readme


def test_the_example_has_at_most_12_lines(readme: str) -> None:
    assert len(example(readme).splitlines()) <= 12


@pytest.mark.slow
def test_the_example_prints_a_confirmed_verdict(readme: str, tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", example(readme)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "confirmed" in result.stdout


def test_figures_and_files_that_the_readme_links_exist(readme: str) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", readme)
    assert not [link for link in links if not (ROOT / link).exists()]


def test_the_gate_runs_the_readmes_test_command() -> None:
    gate = ROOT / ".ci" / "run"
    assert os.stat(gate).st_mode & stat.S_IXUSR
    assert "pip install -e '\\.\\[test\\]' && pytest" in gate.read_text()
