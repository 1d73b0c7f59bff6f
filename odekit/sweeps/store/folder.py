"""The folder of a sweep: one file for each finished cell, which nothing but a whole one takes the place of.

sweep.json               the plan, the schema and the version
cells/3f/3f09....json    a cell, named by the hash of everything that determines it
index.jsonl              a line for each cell's file, which can be made again from the files
table.csv                one tidy table, made again from the files whenever a sweep ends
"""

from __future__ import annotations

import json
import math
import os
import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from filelock import BaseFileLock, FileLock, Timeout

from odekit._version import __version__
from odekit.arguments import path_of
from odekit.errors import FileError, shown
from odekit.files import refusing, written
from odekit.json_text import strict_json
from odekit.sweeps.plan import Plan, canonical
from odekit.sweeps.store.record import SCHEMA, DamagedError, Record, decoded_record

__all__ = ["Store", "read_index"]

ABOUT, CELLS, INDEX, LOCK = "sweep.json", "cells", "index.jsonl", ".lock"
SHARD = 2  # letters of a key that name its folder, so that no folder holds a million files
FILE = re.compile(r"([0-9a-f]{64})\.json")
LEFT = re.compile(r"\..+\.tmp")  # a file that a start that was killed had begun
OWN = re.compile(rf"{CELLS}|{re.escape(LOCK)}|{LEFT.pattern}")  # what one that was killed at once may leave
STALE = 3600.0  # seconds after which such a file is no other process's any more
WRITERS = 16  # threads: a disk syncs many files in little more time than one
LARGEST_RECORD = 50_000_000  # bytes; no cell has so many rows
LARGEST_ABOUT = 200_000_000  # bytes; no plan is so long
LARGEST_LINE = 10_000_000  # bytes, of the index


class Store:
    """Finished cells by key.

    Parameters
    ----------
    folder: of the sweep, which needn't exist before something is written.

    Raises
    ------
    FileError: the folder can't be read, holds something else or a link, or is of a newer odekit.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = path_of(folder, "the folder of a sweep")
        with refusing(self.folder):
            self._check_own()

    def _check_own(self) -> None:
        if not self.folder.exists():
            return
        if not self.folder.is_dir():
            raise FileError(f"{self.folder} is no folder", expected="a sweep's folder, or a new one")
        about = self.folder / ABOUT
        if not about.exists():
            others = sorted(entry.name for entry in self.folder.iterdir() if not OWN.fullmatch(entry.name))
            if others and not self.keys():
                raise FileError(
                    f"{self.folder} holds something else",
                    expected="a sweep's folder, or a new one",
                    received=", ".join(others[:5]),
                    hint="another folder",
                )
        _check_plain(self.folder)
        if not about.exists():
            return
        schema = _schema(about)
        if schema > SCHEMA:
            raise FileError(
                f"{self.folder} was written by a newer odekit",
                expected=f"schema {SCHEMA}",
                received=f"schema {schema}",
                hint="that version, or another folder",
            )

    def describe(self, plan: Plan) -> None:
        """Make the folder, and write which plan it is of, and with what.

        Raises
        ------
        FileError: the folder can't be made or written.
        """
        about = {"schema": SCHEMA, "version": __version__, "plan": plan.to_json()}
        with refusing(self.folder):
            (self.folder / CELLS).mkdir(parents=True, exist_ok=True)
            _write_synced(self.folder / ABOUT, strict_json(about).encode())
            _sync_folder(self.folder.absolute().parent)

    @contextmanager
    def shared(self) -> Iterator[bool]:
        """Whether another process works on the folder while the block runs; both may."""
        lock = FileLock(self.folder / LOCK)
        with refusing(self.folder):
            is_shared = not _is_acquired(lock)
            if not is_shared:
                self._tidy()
        try:
            yield is_shared
        finally:
            lock.release()

    def _tidy(self) -> None:
        """Take away what starts that were killed had begun to write."""
        begun = (file for file in self.folder.rglob("*.tmp") if LEFT.fullmatch(file.name))
        for file in begun:
            with suppress(FileNotFoundError):
                if file.stat().st_mtime < time.time() - STALE:
                    file.unlink()

    def path(self, key: str) -> Path:
        """Where the file of a cell lies."""
        return self.folder / CELLS / key[:SHARD] / f"{key}.json"

    def has(self, key: str) -> bool:
        """Whether there is a file of a cell."""
        return self.path(key).exists()

    def keys(self) -> set[str]:
        """The keys of all cells that have a file."""
        if not (self.folder / CELLS).is_dir():
            return set()
        shards = (shard for shard in (self.folder / CELLS).iterdir() if shard.is_dir())
        files = ((shard.name, FILE.fullmatch(entry.name)) for shard in shards for entry in os.scandir(shard))
        return {file[1] for shard, file in files if file is not None and file[1].startswith(shard)}

    def read(self, key: str) -> Record:
        """The record of a cell.

        Raises
        ------
        DamagedError: its file isn't what was written.
        FileError: there is none, or it can't be read, or it was written by a newer odekit.
        """
        path = self.path(key)
        try:
            with open(path, "rb") as file:
                content = file.read(LARGEST_RECORD + 1)
        except OSError as error:
            raise FileError(f"{path} can't be read", received=error.strerror or str(error)) from None
        if len(content) > LARGEST_RECORD:
            raise DamagedError(f"the cell {key[:12]} is damaged", received="too many bytes")
        return decoded_record(content, key)

    def write(self, records: Sequence[Record]) -> None:
        """Write finished cells, each whole, and return when the disk holds them.

        Raises
        ------
        FileError: a cell can't be written; all others are.
        """
        if not records:
            return
        with ThreadPoolExecutor(min(WRITERS, len(records))) as pool:
            writes = [pool.submit(self._write_one, record) for record in records]
        for each in writes:
            each.result()

    def _write_one(self, record: Record) -> None:
        path = self.path(record.key)
        shard = path.parent
        with refusing(path):
            is_new = not shard.exists()
            shard.mkdir(parents=True, exist_ok=True)
            _write_synced(path, record.encoded())
            if is_new:
                _sync_folder(shard.parent)

    def write_index(self) -> None:
        """Write a line for each cell that has a file: its key, whether it failed, its seconds, what it is."""
        path = self.folder / INDEX
        with refusing(path), written(path) as file:
            for key in sorted(self.keys()):
                with suppress(DamagedError):
                    record = self.read(key)
                    line = {"key": key, "failed": record.is_failed, "seconds": record.seconds}
                    file.write(canonical({**line, "cell": record.identity}).encode() + b"\n")


def _is_acquired(lock: BaseFileLock) -> bool:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    return True


def read_index(folder: Path) -> dict[str, dict[str, Any]]:
    """The lines of a sweep's index by key, without those that can't be read; empty where there is none."""
    found: dict[str, dict[str, Any]] = {}
    with suppress(OSError), open(folder / INDEX, "rb") as file:
        for line in iter(partial(file.readline, LARGEST_LINE), b""):
            with suppress(ValueError, KeyError, TypeError, OverflowError, RecursionError):
                entry = json.loads(line)
                seconds = float(entry["seconds"])
                if math.isfinite(seconds) and seconds >= 0:
                    found[entry["key"]] = {"failed": bool(entry["failed"]), "seconds": seconds}
    return found


def _check_plain(folder: Path) -> None:
    """Refuse links, by which a sweep would write elsewhere, and pipes and devices, which have no end.

    Raises
    ------
    FileError: there is one in the folder, at any depth.
    """
    folders = [os.fspath(folder)]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                # What another process has taken away meanwhile is neither, and not there.
                elif not entry.is_file(follow_symlinks=False) and os.path.lexists(entry.path):
                    raise FileError(
                        f"{entry.path} is a link, a pipe or a device",
                        expected="files and folders alone in the folder of a sweep",
                        hint="remove it, or another folder",
                    )


def _schema(about: Path) -> int:
    try:
        with open(about, "rb") as file:
            schema = json.loads(file.read(LARGEST_ABOUT))["schema"]
        if type(schema) is not int:
            raise TypeError(f"schema {shown(schema)}")
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise FileError(
            f"{about} is not what odekit wrote",
            received=str(error) or type(error).__name__,
            hint=f"remove {about.name}; the cells stay, and are checked",
        ) from None
    return schema


def _write_synced(path: Path, content: bytes) -> None:
    """Write a file whole, and return when the disk holds it and its name."""
    with written(path) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # where a folder can't be opened, and a renaming is kept with the file
        return
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
