"""Compilation of kernels: where numba is missing, where the disk is, and where it can't be written."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from odekit.errors import InputError
from odekit.extras import require_numba
from odekit.solvers.codegen import digest
from odekit.solvers.codegen.cache import _warn
from odekit.solvers.kernels.numba_kernel import is_installed, load_function, load_kernel, thread_count

ARGUMENTS = "first, last, cap, y0, p, times, rtol, atol, h0, longest, stops"
RESULTS = "y, status, reached, steps, error, w, index, cursor, behind"
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
    load_kernel(source)(0, 3, 1.0, table, table, table, row, row, row, row, table, *results)
    return status.tolist()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    pytest.importorskip("numba", reason="numba, the extra 'fast', isn't installed")
    monkeypatch.setenv("ODEKIT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    forget()
    _warn.cache_clear()
    yield tmp_path / "cache"
    forget()


def test_a_kernel_is_kept_in_memory_and_on_disk(folder: Path) -> None:
    assert statuses(COUNT) == [0, 1, 2]
    assert load_kernel(COUNT) is load_kernel(COUNT)
    assert [path.suffix for path in folder.rglob("*.nb?")]


@pytest.mark.slow
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


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def lead_elsewhere(path: Path) -> None:
    other = path.with_name("elsewhere")
    path.replace(other)
    path.symlink_to(other)


def compilations(source: str) -> int:
    """How often numba compiles when a kernel is loaded as by a new process."""
    event = pytest.importorskip("numba.core.event")
    forget()
    with event.install_recorder("numba:compile") as record:
        assert statuses(source) == [0, 1, 2]
    return len(record.buffer)


def forget() -> None:
    load_kernel.cache_clear()
    load_function.cache_clear()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("suffix", "damages"),
    [("nbi", (flip_a_bit, Path.unlink)), ("nbc", (flip_a_bit, cut, lead_elsewhere)), ("sums", (flip_a_bit,))],
)
def test_damaged_code_is_compiled_again_and_sound_code_is_not(
    folder: Path, suffix: str, damages: tuple[Callable[[Path], None], ...]
) -> None:
    assert compilations(COUNT) > 0
    for damage in damages:
        assert compilations(COUNT) == 0
        (path,) = folder.rglob(f"*.{suffix}")
        damage(path)
        assert compilations(COUNT) > 0
    assert compilations(COUNT) == 0


@pytest.mark.parametrize("damage", [flip_a_bit, cut, lead_elsewhere])
def test_a_damaged_text_is_written_again_and_its_code_stays_valid(
    folder: Path, damage: Callable[[Path], None]
) -> None:
    compilations(COUNT)
    damage(folder / f"{digest(COUNT)}.py")
    assert compilations(COUNT) == 0
    assert (folder / f"{digest(COUNT)}.py").read_text() == COUNT


def test_foreign_code_in_place_of_what_was_kept_never_runs(folder: Path) -> None:
    other = COUNT.replace("status[i] = i", "status[i] = 7")
    for source in (COUNT, other):
        forget()
        load_kernel(source)
    for suffix in ("nbi", "nbc"):
        (mine,) = folder.rglob(f"{digest(COUNT)}.*.{suffix}")
        (foreign,) = folder.rglob(f"{digest(other)}.*.{suffix}")
        mine.write_bytes(foreign.read_bytes())
    assert compilations(COUNT) > 0


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="users have no numbers on Windows")
@pytest.mark.parametrize("variable", ["ODEKIT_CACHE_DIR", "NUMBA_CACHE_DIR"])
def test_a_folder_that_others_can_write_is_neither_read_nor_written(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    monkeypatch.setenv(variable, str(shared))
    config = pytest.importorskip("numba.core.config")
    monkeypatch.setattr(config, "CACHE_DIR", os.environ.get("NUMBA_CACHE_DIR", ""))
    with pytest.warns(UserWarning, match="can be written by"):
        assert compilations(COUNT) > 0
    assert compilations(COUNT) > 0
    assert not list(shared.rglob("*.nb?"))


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
