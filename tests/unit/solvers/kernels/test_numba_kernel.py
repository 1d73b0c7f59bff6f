"""Compilation of kernels: where numba is missing, where the disk is, and where it can't be written."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from odekit.errors import InputError
from odekit.extras import require_numba
from odekit.solvers.kernels.numba_kernel import is_installed, load_kernel, thread_count

ARGUMENTS = "first, last, cap, y0, p, times, rtol, atol, h0"
RESULTS = "y, status, reached, steps, error, w, index, cursor"
INNER = ("first_inner", "second_inner")
ZERO = "LANES, ROWS, INLINED, CALLED = 1, 1, ('first_inner',), ('second_inner',)\n" + "".join(
    f"def {name}(): pass\n" for name in INNER
)
COUNT = ZERO + f"def run({ARGUMENTS}, {RESULTS}):\n    for i in range(first, last):\n        status[i] = i\n"


def statuses(source: str) -> list[int]:
    """What a kernel that only fills the statuses writes."""
    row, table = np.zeros(3), np.zeros((1, 3))
    status = np.zeros(3, dtype=np.int8)
    results = np.zeros((1, 1, 3)), status, row, np.zeros(3, dtype=np.int64), row
    load_kernel(source)(0, 3, 1.0, table, table, table, row, row, row, *results)
    return status.tolist()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    pytest.importorskip("numba", reason="numba, the extra 'fast', isn't installed")
    monkeypatch.setenv("ODEKIT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    load_kernel.cache_clear()
    yield tmp_path / "cache"
    load_kernel.cache_clear()


def test_a_kernel_is_kept_in_memory_and_on_disk(folder: Path) -> None:
    assert statuses(COUNT) == [0, 1, 2]
    assert load_kernel(COUNT) is load_kernel(COUNT)
    assert [path.suffix for path in folder.rglob("*.nb?")]


def test_another_process_loads_what_was_compiled(folder: Path) -> None:
    script = (
        "import sys; from numba.core import event\n"
        "from odekit.solvers.kernels.numba_kernel import load_kernel\n"
        "with event.install_recorder('numba:compile') as record: load_kernel(sys.argv[1])\n"
        "print(len(record.buffer))"
    )
    counts = [
        int(subprocess.run([sys.executable, "-c", script, COUNT], stdout=subprocess.PIPE, check=True).stdout)
        for _ in range(2)
    ]
    assert counts[0] > 0
    assert counts[1] == 0


@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
def test_a_damaged_cache_is_no_obstacle(folder: Path, suffix: str) -> None:
    statuses(COUNT)
    for path in folder.rglob(f"*.{suffix}"):
        path.write_bytes(b"")
    load_kernel.cache_clear()
    assert statuses(COUNT) == [0, 1, 2]


def test_a_kernel_is_compiled_where_nothing_can_be_written(folder: Path) -> None:
    folder.write_text("not a folder")
    assert statuses(COUNT) == [0, 1, 2]


def test_a_kernel_is_compiled_where_numba_finds_no_place_for_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    caching = pytest.importorskip("numba.core.caching")
    monkeypatch.setattr(caching.CacheImpl, "_locator_classes", [])
    assert statuses(COUNT) == [0, 1, 2]
    assert not list(folder.rglob("*.nb?"))


def test_what_numba_cannot_compile_is_refused(folder: Path) -> None:
    with pytest.raises(InputError, match=r'numba can\'t compile this vector field\. Try: backend="numpy"'):
        load_kernel(ZERO + f"def run({ARGUMENTS}, {RESULTS}):\n    status[0] = undefined\n")


def test_threads_are_at_least_one(folder: Path) -> None:
    assert 1 <= thread_count() <= max(os.cpu_count() or 1, int(os.environ.get("NUMBA_NUM_THREADS", "1")))


def test_a_missing_numba_names_the_extra_and_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    assert not is_installed()
    with pytest.raises(InputError, match=r"needs numba\. Expected: .*'fast'.*pip install 'odekit\[fast\]'"):
        require_numba()
