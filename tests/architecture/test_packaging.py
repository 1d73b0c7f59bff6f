"""A wheel built in the tree holds the whole package, and the build leaves nothing visible behind."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

import odekit

ROOT = Path(__file__).resolve().parents[2]
HELD = [".build/.gitignore", ".github/LICENSE", "README.md", "pyproject.toml", "setup.cfg"]

pytestmark = pytest.mark.slow


def files(folder: Path) -> set[str]:
    """Modules, and the data that lie beside them."""
    paths = (path for path in (folder / "odekit").rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {path.relative_to(folder).as_posix() for path in paths}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package, without what earlier builds left."""
    folder = tmp_path_factory.mktemp("tree")
    shutil.copytree(ROOT / "odekit", folder / "odekit", ignore=shutil.ignore_patterns("__pycache__"))
    for name in HELD:
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def wheel(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    script = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    result = subprocess.run(
        [sys.executable, "-c", script, str(folder)], cwd=tree, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


def test_a_wheel_holds_every_module_with_its_data(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == files(ROOT)
    assert {"odekit/py.typed", "odekit/report/figures/odekit.mplstyle"} <= held


@pytest.mark.usefixtures("wheel")
def test_a_build_leaves_nothing_visible_in_the_tree(tree: Path) -> None:
    visible = {path.name for path in tree.iterdir() if not path.name.startswith(".")}
    assert visible == {"odekit", *(name for name in HELD if not name.startswith("."))}


def test_the_metadata_names_version_licence_and_python(metadata: Message) -> None:
    assert metadata["Version"] == odekit.__version__
    assert metadata["License-Expression"] == "MIT"
    assert metadata["License-File"] == ".github/LICENSE"
    assert metadata["Requires-Python"] == ">=3.11"
    assert {"fast", "notebooks", "test"} <= set(metadata.get_all("Provides-Extra", []))
