"""Drills: full disks, read-only folders, damaged files, Ctrl-C, two processes, a wrong clock, no network."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from odekit.errors import FileError
from odekit.sweeps import read_plan
from odekit.sweeps.engine import run_batch
from odekit.sweeps.store import Store

# What the processes of a sweep run before anything else.
CLOCK = """
import time
truth = time.time
time.time = lambda: truth() - 3e8
"""
NETWORK = """
import sys

def refuse(event, arguments):
    if event == "socket.connect" and str(arguments[1][0]) not in ("127.0.0.1", "::1"):
        raise OSError(f"no network: {arguments[1]}")
    if event == "socket.getaddrinfo" and arguments[0] not in ("127.0.0.1", "::1", "localhost", "", None):
        raise OSError(f"no network: {arguments[0]}")

sys.addaudithook(refuse)
"""


@pytest.mark.slow
def test_ctrl_c_finishes_the_write_and_says_how_to_resume(drill: Any, tmp_path: Path) -> None:
    process = drill.start()
    assert drill.waited(process, 3)
    process.send_signal(signal.SIGINT)
    code, _, err = drill.ended(process)
    assert code == 130
    assert "Traceback" not in err
    assert "the same command goes on from there" in err
    kept = drill.files()
    assert 3 <= len(kept) < drill.cells
    drill.check_whole()
    code, told, _ = drill.ended(drill.start())
    assert code == 0
    assert f"{len(kept)} kept" in told
    drill.check_table()


@pytest.mark.slow
def test_a_full_disk_loses_nothing(drill: Any, tmp_path: Path) -> None:
    with drill.small_disk(tmp_path / "disk", "size=100k") as disk:
        drill.out = disk / "out"
        code, _, err = drill.ended(drill.start())
        assert code == 2
        assert "No space left" in err
        assert "the same command goes on from there" in err
        kept = drill.files()
        assert 0 < len(kept) < drill.cells
        drill.check_whole()
        subprocess.run(["mount", "-o", "remount,size=10m", str(disk)], check=True)
        code, _, err = drill.ended(drill.start())
        assert code == 0, err
        assert kept.items() <= drill.files().items()
        drill.check_table()


@pytest.mark.slow
def test_a_read_only_folder_is_refused_before_any_computing(drill: Any, tmp_path: Path) -> None:
    with (
        drill.small_disk(tmp_path / "disk", "size=1m,ro") as disk,
        pytest.raises(FileError, match="Read-only file system"),
    ):
        Store(disk / "out").describe(read_plan(drill.plan))


@pytest.mark.slow
def test_a_write_that_fails_leaves_no_part_of_a_cell(drill: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = list(read_plan(drill.plan))[:3]
    records = run_batch(cells, drill.plan.parent)
    store = Store(drill.out)
    real = os.fsync

    def fsync(place: int) -> None:
        if cells[1].key in os.readlink(f"/proc/self/fd/{place}"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(place)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(FileError, match="No space left"):
        store.write(records)
    assert [store.has(cell.key) for cell in cells] == [True, False, True]
    assert not list(store.folder.rglob("*.tmp"))
    drill.check_whole()


@pytest.mark.slow
def test_damaged_cells_are_found_computed_again_and_told(drill: Any, tmp_path: Path) -> None:
    assert drill.ended(drill.start())[0] == 0
    files = sorted(drill.out.glob("cells/*/*.json"))
    truncated, flipped, emptied = files[3], files[7], files[11]
    truncated.write_bytes(truncated.read_bytes()[:-100])
    content = bytearray(flipped.read_bytes())
    content[len(content) // 2] ^= 4
    flipped.write_bytes(bytes(content))
    emptied.write_bytes(b"")
    (drill.out / "index.jsonl").unlink()
    before = drill.files()
    code, told, err = drill.ended(drill.start())
    assert code == 0
    for file in (truncated, flipped, emptied):
        assert file.stem[:12] in err
    assert f"3 cells computed, {drill.cells - 3} kept" in told
    again = {name for name, time in drill.files().items() if before[name] != time}
    assert again == {file.name for file in (truncated, flipped, emptied)}
    drill.check_table()
    assert len((drill.out / "index.jsonl").read_text().splitlines()) == drill.cells


@pytest.mark.slow
def test_two_processes_on_one_folder_share_the_work(drill: Any, tmp_path: Path) -> None:
    both = [drill.start("--workers", "1") for _ in range(2)]
    for process in both:
        code, _, err = drill.ended(process)
        assert code == 0, err
    drill.check_table()
    drill.check_whole()
    assert len(drill.files()) == drill.cells


@pytest.mark.slow
def test_neither_a_right_clock_nor_a_network_is_needed(drill: Any, tmp_path: Path) -> None:
    beside = tmp_path / "custom"
    beside.mkdir()
    (beside / "sitecustomize.py").write_text(CLOCK + NETWORK)
    process = drill.start()
    assert drill.waited(process, 2)
    drill.killed(process)
    path = os.pathsep.join(filter(None, [str(beside), os.environ.get("PYTHONPATH", "")]))
    code, _, err = drill.ended(drill.start(PYTHONPATH=path))
    assert code == 0, err
    drill.check_table()
