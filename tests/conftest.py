"""What every test shares: no display, settled profiles of hypothesis, the marker `reference`, and the site.

A test that carries the marker is skipped with its reason where the reference data is absent. Whoever sets
ODEKIT_REFERENCE requires the data: then its absence is a failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent

os.environ["MPLBACKEND"] = "Agg"
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")

UNCOUNTED = pytest.StashKey[bool]()

settings.register_profile("odekit", deadline=None)
settings.register_profile("odekit-ci", deadline=None, derandomize=True)
settings.load_profile("odekit-ci" if os.environ.get("CI") else "odekit")


def reference_folder() -> Path:
    """The folder of the reference data; skips, or fails where it is required, if there is none."""
    required = os.environ.get("ODEKIT_REFERENCE")
    folder = Path(required) if required else ROOT.parent / "shared" / "reference"
    if folder.is_dir():
        return folder
    if required:
        pytest.fail(f"ODEKIT_REFERENCE names no folder: {folder}", pytrace=False)
    pytest.skip(f"the reference data is absent: ODEKIT_REFERENCE is not set and there is no {folder}")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of a slow test's cases all but the first are long. Lines are counted where a quick test begins.

    Counting them doubles a test's time, and further cases of a test seldom reach another line. Slow ones come
    first, so that no worker is left with one when the others have ended.
    """
    counts, seen = config.pluginmanager.hasplugin("_cov"), Counter[str]()
    for item in items:
        if item.get_closest_marker("long"):
            continue
        is_slow, test = item.get_closest_marker("slow") is not None, item.nodeid.partition("[")[0]
        seen[test] += 1
        if is_slow and seen[test] > 1:
            item.add_marker("long")
        item.stash[UNCOUNTED] = counts and (is_slow or seen[test] > 1)
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Count no lines in a test that isn't counted.

    The marker `no_cover` of pytest-cov doesn't do it: it has begun twice in a worker, and stops once.
    """
    if not item.stash.get(UNCOUNTED, False):
        return (yield)
    tracers = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracers[0])
        threading.settrace(tracers[1])


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("reference"):
        reference_folder()


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of the reference data, for tests that carry the marker `reference`."""
    return reference_folder()


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """The site's folder: $ODEKIT_SITE, or one built here under $CI, once for all workers; else None."""
    if named := os.environ.get("ODEKIT_SITE"):
        return Path(named)
    if not os.environ.get("CI"):
        return None
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    built, said = shared / "site" / "html", shared / "site.txt"
    with FileLock(shared / "site.lock"):
        if not said.exists():
            command = [sys.executable, str(ROOT / ".docs" / "build.py"), str(built)]
            done = subprocess.run(command, capture_output=True, text=True)
            said.write_text("" if done.returncode == 0 else done.stdout + done.stderr)
    if failure := said.read_text():
        pytest.fail(f"the site can't be built:\n{failure}", pytrace=False)
    return built


class InlineClient:
    """In place of a client of Dask: computes each batch here when it is sent, and notes its cells."""

    status = "running"

    def __init__(self) -> None:
        self.sent: list[str] = []

    def ncores(self) -> dict[str, int]:
        return {"here": 1}

    def submit(self, function: Any, batch: Sequence[Any], folder: Path, pure: bool) -> Any:
        self.sent += [cell.key for cell in batch]
        records = function(batch, folder)
        future = SimpleNamespace(key=f"batch {len(self.sent)}", result=lambda: records)
        future.add_done_callback = lambda call: call(future)
        return future


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> InlineClient:
    """The client by which sweeps are computed in this process, without a cluster and without figures."""
    from odekit.sweeps import sweep

    client = InlineClient()

    @contextmanager
    def connected(scheduler: str | None, workers: int) -> Iterator[InlineClient]:
        yield client

    monkeypatch.setitem(sweep.__globals__, "connected", connected)
    monkeypatch.setattr("odekit.sweeps.results.results.draw_outcomes", lambda summary, folder: [])
    return client
