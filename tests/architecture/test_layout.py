"""The tree is as fixed: its visible top level, small modules, one place for each setting."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VISIBLE = {"README.md", "benchmarks", "notebooks", "odekit", "pyproject.toml", "setup.cfg", "tests"}


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """The files that git holds."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a git checkout: nothing says which files belong to the project")
    result = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [Path(line) for line in result.stdout.splitlines()]


@pytest.fixture(scope="module")
def project() -> dict[str, dict[str, object]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.fixture(scope="module")
def setup_cfg() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg")
    return parser


def test_the_visible_top_level_is_as_fixed(tracked: list[Path]) -> None:
    assert {path.parts[0] for path in tracked if not path.parts[0].startswith(".")} == VISIBLE


def test_no_module_is_longer_than_300_lines() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for path in (ROOT / "odekit").rglob("*.py")
    }
    assert lengths
    assert not {path: length for path, length in lengths.items() if length > 300}


def test_tests_hold_no_packages() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_setup_cfg_holds_only_where_a_build_leaves_its_work(setup_cfg: configparser.ConfigParser) -> None:
    held = {section: dict(setup_cfg[section]) for section in setup_cfg.sections()}
    assert held == {"build": {"build_base": ".build/work"}, "egg_info": {"egg_base": ".build"}}


def test_no_setting_is_in_both_files(
    project: dict[str, dict[str, object]], setup_cfg: configparser.ConfigParser
) -> None:
    sections = {section.partition(":")[2] or section for section in setup_cfg.sections()}
    assert not sections & {"metadata", "options", *project["tool"]}
    assert "distutils" not in project["tool"]


def test_the_licence_is_named_and_its_text_lies_where_it_is_said(
    project: dict[str, dict[str, object]], tracked: list[Path]
) -> None:
    assert project["project"]["license"] == "MIT"
    (place,) = project["project"]["license-files"]
    assert Path(place) in tracked
    assert (ROOT / place).read_text().startswith("MIT License\n")


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "workflows/release.yml"])
def test_what_contributors_look_for_is_there(name: str, tracked: list[Path]) -> None:
    assert Path(".github") / name in tracked


def test_the_paths_that_the_guide_for_contributors_names_exist() -> None:
    text = (ROOT / ".github/CONTRIBUTING.md").read_text()
    named = re.findall(r"`(odekit/[\w/.]+|families/\w+\.py|solvers/\w+\.py|tests/\w+/|\.ci/run)`", text)
    assert len(named) > 8
    found = [ROOT / name for name in named]
    known = [
        path if path.exists() else next(ROOT.glob(f"odekit/**/{path.relative_to(ROOT)}"), None)
        for path in found
    ]
    assert all(known), dict(zip(named, known, strict=True))
