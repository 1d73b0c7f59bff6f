"""A short form of the damaged run files: every one is answered or refused by an error of odekit's own."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.mark.slow
def test_damaged_run_files_are_answered_or_refused(tmp_path: Path) -> None:
    from damaged_files import complaint, damaged

    path = tmp_path / "run.npz"
    for content in damaged(100, seed=7):
        path.write_bytes(content)
        assert complaint(path) == ""


def test_what_is_neither_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from damaged_files import complaint

    def broken(path: Path) -> None:
        raise KeyError("theta")

    monkeypatch.setattr("odekit.load_run", broken)
    assert complaint(tmp_path / "run.npz") == "load: KeyError: 'theta'"
