"""Progress and text go where they belong."""

from __future__ import annotations

import io
import sys

import pytest

from odekit.cli.output import progress, say, say_list


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_on_a_terminal_is_a_live_line(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with progress(2) as told:
        told.begin("first-claim")
        told.end("first-claim: confirmed")
        told.begin("second-claim")
        told.end("second-claim: confirmed")
    assert "second-claim" in screen.getvalue()
    assert "2/2" in screen.getvalue()
    assert "confirmed" not in screen.getvalue()


def test_progress_elsewhere_is_a_line_for_each_step(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(1) as told:
        told.begin("claim")
        told.end("claim: confirmed")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "claim: confirmed\n")


def test_text_gives_way_to_json(capsys: pytest.CaptureFixture[str]) -> None:
    say("beside a file", "out.json")
    say("beside JSON", "-")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("beside a file\n", "beside JSON\n")


def test_long_paragraphs_are_folded(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    say_list("Notes", ["a paragraph of more than forty characters, folded"])
    say_list("Nothing", [])
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["", "Notes:"]
    assert lines[2].startswith("  a paragraph")
    assert lines[3].startswith("    ")
    assert max(map(len, lines)) <= 40
    assert len(lines) == 4
