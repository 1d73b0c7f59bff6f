"""Files appear whole or not at all, and a place that will not do is refused beforehand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from odekit.errors import FileError
from odekit.files import (
    check_replaceable,
    check_writable,
    decoded,
    is_device,
    read_bytes,
    read_toml,
    write_text,
    written,
)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    assert write_text(tmp_path / "a.json", "ä\n").read_text(encoding="utf-8") == "ä\n"
    assert names(tmp_path) == ["a.json"]


def test_what_was_there_stays_if_the_text_can_not_be_written(tmp_path: Path) -> None:
    place = tmp_path / "a.json"
    place.write_text("before")
    with pytest.raises(UnicodeEncodeError, match="surrogates"):
        write_text(place, "\udc80")
    assert place.read_text() == "before"
    assert names(tmp_path) == ["a.json"]


def test_a_link_is_followed_and_kept(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("before")
    (tmp_path / "link").symlink_to("real")
    write_text(tmp_path / "link", "after")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "after"


def test_a_device_is_written_and_not_replaced() -> None:
    write_text(os.devnull, "nothing")
    assert Path(os.devnull).is_char_device()
    assert check_writable(os.devnull) == Path(os.devnull)


def test_a_full_device_is_an_error() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    with pytest.raises(FileError, match="No space left"):
        write_text("/dev/full", "x" * 100_000)


def test_an_archive_is_not_written_onto_a_device() -> None:
    with pytest.raises(FileError, match=r"Expected: a plain file. Received: a device or a pipe"):
        check_replaceable(os.devnull)


def test_a_check_leaves_nothing_behind(tmp_path: Path) -> None:
    check_writable(tmp_path / "a.json")
    assert names(tmp_path) == []


def test_a_missing_folder_is_named_with_a_way_out(tmp_path: Path) -> None:
    for act in (check_writable, lambda path: write_text(path, "x")):
        with pytest.raises(FileError, match=rf"can't write .* Try: mkdir -p {tmp_path / 'no'}"):
            act(tmp_path / "no" / "a.json")
    assert names(tmp_path) == []


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"Expected: a file's name. Received: a folder"):
        check_writable(tmp_path)


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(FileError, match="Not a directory"):
        check_writable(tmp_path / "file" / "a.json")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(FileError, match="Permission denied"):
        check_writable(tmp_path / "a.json")


def test_a_name_that_is_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="File name too long"):
        check_writable(tmp_path / ("x" * 5000))


def test_a_link_into_a_missing_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "no" / "file")
    with pytest.raises(FileError, match="No such file or directory"):
        check_writable(tmp_path / "link")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_text_is_named_with_a_way_out(encoding: str) -> None:
    with pytest.raises(FileError, match=r"draft.toml is written in UTF-(16|32).*UTF-8"):
        decoded('group = "Zp"'.encode(encoding), "draft.toml")


@pytest.mark.parametrize("content", [b"a = '\xcf\x86'", b"\xef\xbb\xbfa = '\xcf\x86'"])
def test_text_in_utf8_is_read_with_and_without_its_mark(content: bytes) -> None:
    assert decoded(content, "draft.toml") == "a = '\u03c6'"


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(FileError, match="not text in UTF-8"):
        decoded(b"abcd \xff", "draft.toml")


def test_a_zero_byte_makes_no_path() -> None:
    with pytest.raises(FileError, match="is no path"):
        read_toml("draft\0.toml")


DEEP = ".".join(["a"] * 60)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"x = {'9' * 5000}", "is not a TOML file.*4300 digits"),
        (f"x = {'[' * 5000}", "is not a TOML file"),
        (f"{DEEP} = 1", "too deep.*50 parts"),
        (f"[{DEEP.replace('.', ' . ')}]", "too deep"),
        (f"x = {{{DEEP.replace('a', chr(34) + 'b.c' + chr(34))} = 1}}", "too deep"),
    ],
)
def test_numbers_and_keys_beyond_reason_are_refused(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "draft.toml").write_text(text)
    with pytest.raises(FileError, match=told):
        read_toml(tmp_path / "draft.toml")


@pytest.mark.parametrize(
    "text", ["x = [" + "0.5, " * 500 + "]", f"x = '{'a sentence. ' * 90}'", f"{DEEP[:79]} = 1"]
)
def test_many_points_make_no_deep_key(tmp_path: Path, text: str) -> None:
    (tmp_path / "draft.toml").write_text(text)
    assert read_toml(tmp_path / "draft.toml")


@pytest.mark.parametrize("is_linked", [False, True])
def test_a_pipe_is_never_replaced(tmp_path: Path, is_linked: bool) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    with (
        pytest.raises(FileError, match="a plain file"),
        written(tmp_path / ("link" if is_linked else "pipe")),
    ):
        pass
    assert is_device(tmp_path / "pipe")


def test_a_plain_file_is_read_and_nothing_that_may_have_no_end(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_bytes(b"x = 1")
    assert read_bytes(tmp_path / "mine.py") == b"x = 1"
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "zeros.py").symlink_to("/dev/zero")
    (tmp_path / "loop.py").symlink_to("loop.py")
    (tmp_path / "long.py").touch()
    os.truncate(tmp_path / "long.py", 10**10)
    for name in ("pipe.py", "zeros.py", "loop.py", "long.py", "none.py", ".", "a\0.py"):
        with pytest.raises(FileError):
            read_bytes(tmp_path / name)
