"""Generated code on disk."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from odekit.solvers.codegen.cache import _warn, cache_folder, digest, stored


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ODEKIT_CACHE_DIR", str(tmp_path / "deep" / "cache"))
    return tmp_path / "deep" / "cache"


def test_a_text_is_stored_as_it_is_under_its_hash(folder: Path) -> None:
    path = stored("x = 1\n")
    assert path == folder / f"{digest('x = 1' + chr(10))}.py"
    assert path.read_text() == "x = 1\n"
    assert [entry.name for entry in folder.iterdir()] == [path.name]


def test_a_second_call_leaves_the_file_alone(folder: Path) -> None:
    path = stored("x = 1\n")
    assert path is not None
    before = path.stat()
    assert stored("x = 1\n") == path
    assert (path.stat().st_ino, path.stat().st_mtime) == (before.st_ino, before.st_mtime)


@pytest.mark.parametrize("content", [b"x = 2\n", b"", b"\xff\xfe\xff"])
def test_a_file_that_holds_something_else_is_replaced(folder: Path, content: bytes) -> None:
    path = stored("x = 1\n")
    assert path is not None
    stamp = path.stat().st_mtime
    path.write_bytes(content)
    assert stored("x = 1\n") == path
    assert path.read_text() == "x = 1\n"
    assert path.stat().st_mtime == stamp


def test_other_texts_have_other_names(folder: Path) -> None:
    assert stored("x = 1\n") != stored("x = 2\n")


def test_where_nothing_can_be_written_nothing_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ODEKIT_CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert stored("x = 1\n") is None


def test_a_write_that_fails_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    assert stored("x = 1\n") is None
    assert not list(folder.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="users have no numbers on Windows")
def test_where_others_can_write_nothing_is_stored_and_a_warning_says_why(folder: Path) -> None:
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    _warn.cache_clear()
    with pytest.warns(UserWarning, match=r"can be written by others.*mode 0700.*chmod 700.*ODEKIT_CACHE_DIR"):
        assert stored("x = 1\n") is None
    assert stored("x = 1\n") is None
    assert not list(folder.iterdir())
    folder.chmod(0o700)
    assert stored("x = 1\n") is not None


def test_a_link_in_place_of_the_file_is_replaced_and_never_written_through(
    folder: Path, tmp_path: Path
) -> None:
    precious = tmp_path / "precious"
    precious.write_text("keep")
    folder.mkdir(parents=True, mode=0o700)
    (folder / f"{digest('x = 1' + chr(10))}.py").symlink_to(precious)
    path = stored("x = 1\n")
    assert path is not None
    assert not path.is_symlink()
    assert path.read_text() == "x = 1\n"
    assert precious.read_text() == "keep"


@pytest.mark.parametrize(
    ("environment", "platform", "expected"),
    [
        ({"ODEKIT_CACHE_DIR": "/a", "XDG_CACHE_HOME": "/b"}, "linux", "/a"),
        ({"XDG_CACHE_HOME": "/b"}, "linux", "/b/odekit"),
        ({}, "linux", "~/.cache/odekit"),
        ({}, "darwin", "~/Library/Caches/odekit"),
        ({"LOCALAPPDATA": "/c"}, "win32", "/c/odekit/cache"),
        ({}, "win32", "~/AppData/Local/odekit/cache"),
    ],
)
def test_the_folder_is_where_the_platform_keeps_caches(
    environment: dict[str, str], platform: str, expected: str
) -> None:
    assert cache_folder(environment, platform) == Path(expected).expanduser()
