"""Build the site: `python .docs/build.py FOLDER`. Warnings are errors."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from sphinx.cmd.build import main as sphinx

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
WORK = ROOT / ".build" / "docs"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
sys.path[:0] = [str(HERE), str(ROOT)]
os.environ.pop("MPLBACKEND", None)  # what cells draw is shown below them

from tools.rooms import room_pages  # noqa: E402


def gather(source: Path) -> None:
    """Pages, notebooks, and a page for each room, in one folder."""
    if source.exists():
        shutil.rmtree(source)
    shutil.copytree(HERE / "pages", source)
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = []  # none that was not computed here
        nbformat.write(notebook, source / "guides" / path.name)
    for name, text in room_pages().items():
        (source / "api" / f"{name}.rst").write_text(text)


def kept_cells() -> Path:
    """Where executed cells of this version of the package are kept; those of others are removed."""
    total = hashlib.sha256()
    for path in sorted((ROOT / "odekit").rglob("*.py")):
        total.update(path.read_bytes())
    folder = WORK / f"cells-{total.hexdigest()[:16]}"
    for other in WORK.glob("cells-*"):
        if other != folder:
            shutil.rmtree(other)
    return folder


def write_executed(folder: Path, cells: Path) -> None:
    """Write the notebooks with what their cells put out, for the tests that read them."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in NOTEBOOKS:
        _, notebook = get_cache(cells).merge_match_into_notebook(nbformat.read(path, as_version=4))
        nbformat.write(notebook, folder / path.name)


def build(site: Path) -> int:
    """Build the site in a folder, and the executed notebooks beside it; the exit code is Sphinx's."""
    source, cells = WORK / "source", kept_cells()
    gather(source)
    options = ["--fail-on-warning", "--keep-going", "--quiet", "--jobs=auto", f"--conf-dir={HERE}"]
    settings = [f"-Dnb_execution_cache_path={cells}"]
    trees = f"--doctree-dir={WORK / 'trees'}"
    code = sphinx([*options, *settings, trees, "-E", str(source), str(site)])
    if code == 0:
        write_executed(site.parent / "executed", cells)
    return code


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python .docs/build.py FOLDER")
    sys.exit(build(Path(sys.argv[1])))
