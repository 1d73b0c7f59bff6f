"""Checksums of files that are run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from odekit.solvers.kernels.checksums import keep_sound, write_checksums


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    found = [tmp_path / "a.nbi", tmp_path / "b.1.nbc"]
    for path in found:
        path.write_bytes(bytes(range(256)))
    write_checksums(found, tmp_path / "sums")
    return found


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def lead_elsewhere(path: Path) -> None:
    other = path.with_name("elsewhere")
    path.rename(other)
    path.symlink_to(other)


def test_files_as_they_were_stay(files: list[Path], tmp_path: Path) -> None:
    assert keep_sound(files, tmp_path / "sums")
    assert all(path.exists() for path in files)
    assert keep_sound([], tmp_path / "none")


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("damage", [flip_a_bit, cut, lead_elsewhere])
def test_one_damaged_file_removes_all(
    files: list[Path], tmp_path: Path, damage: Callable[[Path], None], number: int
) -> None:
    damage(files[number])
    assert not keep_sound(files, tmp_path / "sums")
    assert not any(path.exists() or path.is_symlink() for path in files)


@pytest.mark.parametrize("damage", [flip_a_bit, cut, Path.unlink, lead_elsewhere])
def test_damaged_checksums_vouch_for_nothing(
    files: list[Path], tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    sums = tmp_path / "sums"
    damage(sums)
    assert not keep_sound(files, sums)


def test_a_file_without_a_checksum_is_removed(files: list[Path], tmp_path: Path) -> None:
    foreign = tmp_path / "c.nbc"
    foreign.write_bytes(b"")
    assert not keep_sound([*files, foreign], tmp_path / "sums")
    assert not foreign.exists()


def test_checksums_never_write_through_a_link(files: list[Path], tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("keep")
    (tmp_path / "sums").unlink()
    (tmp_path / "sums").symlink_to(target)
    write_checksums(files, tmp_path / "sums")
    assert target.read_text() == "keep"
    assert keep_sound(files, tmp_path / "sums")
