"""Build the site: `python .docs/build.py FOLDER`. Warnings are errors."""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
WORK = ROOT / ".build" / "docs"
sys.path[:0] = [str(HERE), str(ROOT)]

from sphinx.cmd.build import main as sphinx  # noqa: E402

from tools.rooms import room_pages  # noqa: E402


def gather(source: Path) -> None:
    """Pages, notebooks, and a page for each room, in one folder."""
    if source.exists():
        shutil.rmtree(source)
    shutil.copytree(HERE / "pages", source)
    for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
        shutil.copy(notebook, source / "guides")
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


def build(site: Path) -> int:
    """Build the site in a folder; the exit code is Sphinx's."""
    source = WORK / "source"
    gather(source)
    options = ["--fail-on-warning", "--keep-going", "--quiet", "--jobs=auto", f"--conf-dir={HERE}"]
    settings = [f"-Dnb_execution_cache_path={kept_cells()}"]
    trees = f"--doctree-dir={WORK / 'trees'}"
    return sphinx([*options, *settings, trees, "-E", str(source), str(site)])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python .docs/build.py FOLDER")
    sys.exit(build(Path(sys.argv[1])))
