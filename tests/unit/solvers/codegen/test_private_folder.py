"""Who can write to a folder of compiled code."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from odekit.solvers.codegen.private_folder import make_private, why_not_private

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="users have no numbers on Windows")


def owned_by(monkeypatch: pytest.MonkeyPatch, owner: int, place: Path) -> None:
    """Makes the system say that a place, whether or not it is a link, belongs to somebody."""
    for name in ("stat", "lstat"):
        true = getattr(os, name)

        def pretend(path: Any, *rest: Any, true: Any = true, **options: Any) -> Any:
            found = true(path, *rest, **options)
            if Path(path) == place:
                return SimpleNamespace(st_mode=found.st_mode, st_uid=owner)
            return found

        monkeypatch.setattr(os, name, pretend)


def test_a_folder_is_made_for_its_user_alone(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        make_private(tmp_path / "new" / "cache")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "new" / "cache").stat().st_mode) == 0o700


def test_a_folder_of_ones_own_is_private(tmp_path: Path) -> None:
    make_private(tmp_path / "cache")
    assert why_not_private(tmp_path / "cache") == ""
    (tmp_path / "link").symlink_to(tmp_path / "cache")
    assert why_not_private(tmp_path / "link") == ""


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o720, 0o702, 0o1777])
def test_a_folder_that_others_can_write_is_not(tmp_path: Path, mode: int) -> None:
    make_private(tmp_path / "cache")
    (tmp_path / "cache").chmod(mode)
    assert "can be written by others" in why_not_private(tmp_path / "cache")


@pytest.mark.parametrize("mode", [0o700, 0o755, 0o711])
def test_a_folder_that_others_can_only_read_is_private(tmp_path: Path, mode: int) -> None:
    make_private(tmp_path / "cache")
    (tmp_path / "cache").chmod(mode)
    assert why_not_private(tmp_path / "cache") == ""


def test_a_folder_of_somebody_else_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_private(tmp_path / "cache")
    owned_by(monkeypatch, os.getuid() + 1, tmp_path / "cache")
    assert "belongs to another user" in why_not_private(tmp_path / "cache")


def test_what_one_owns_belongs_to_another_user_for_another_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_private(tmp_path / "cache")
    own = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: own + 1)
    assert "belongs to another user" in why_not_private(tmp_path / "cache")


def test_a_link_that_somebody_else_laid_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_private(tmp_path / "mine")
    (tmp_path / "planted").symlink_to(tmp_path / "mine")
    owned_by(monkeypatch, os.getuid() + 1, tmp_path / "planted")
    for place in (tmp_path / "planted", tmp_path / "planted" / "cache"):
        (tmp_path / "mine" / "cache").mkdir(exist_ok=True)
        assert "is a link of another user" in why_not_private(place)


def test_a_folder_in_one_where_anyone_may_replace_it_is_not(tmp_path: Path) -> None:
    make_private(tmp_path / "open" / "cache")
    (tmp_path / "open").chmod(0o777)
    assert "can be written by anyone" in why_not_private(tmp_path / "open" / "cache")
    (tmp_path / "open").chmod(0o1777)
    assert why_not_private(tmp_path / "open" / "cache") == ""
