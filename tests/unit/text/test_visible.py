"""Characters that nobody sees are named, and all others are left as they are."""

from __future__ import annotations

import pytest

from odekit.text import visible


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("\x00", r"\x00"),
        ("\x1b", r"\x1b"),
        ("\x7f", r"\x7f"),
        ("\u202e", r"\u202e"),
        ("\u2066", r"\u2066"),
        ("\u200b", r"\u200b"),
        ("\ufeff", r"\ufeff"),
        ("\u2028", r"\u2028"),
        ("\U000e0041", r"\U000e0041"),
        ("\ud800", r"\ud800"),
    ],
)
def test_what_nobody_sees_is_named(character: str, name: str) -> None:
    assert visible(f"a{character}b") == f"a{name}b"


@pytest.mark.parametrize("text", ["", "plain <b>", "\u03b1 \u2264 \u4e2d \U0001f600", "two\nlines\tapart"])
def test_what_is_seen_stays(text: str) -> None:
    assert visible(text) == text
