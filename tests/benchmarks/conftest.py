"""The benchmarks are scripts of two folders, whose modules are found by bare names while these tests run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
FOLDERS = [str(FOLDER), str(FOLDER / "fuzz")]


@pytest.fixture(scope="session", autouse=True)
def bare_names() -> Iterator[None]:
    before = set(sys.modules)
    sys.path[:0] = FOLDERS
    yield
    for folder in FOLDERS:
        sys.path.remove(folder)
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", None)).startswith(str(FOLDER)):
            del sys.modules[name]
