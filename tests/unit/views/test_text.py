"""Foreign text moves no cursor and turns no letters around."""

from __future__ import annotations

import pytest

from odekit.views import printable


@pytest.mark.parametrize("text", ["\x1b[2J", "a\rb", "\u202etxt", "\x07", "\ud800", "a\u2028b\0"])
def test_nothing_without_a_shape_is_left(text: str) -> None:
    assert printable(text).isprintable()


def test_letters_of_every_script_stay() -> None:
    assert printable("字, é and <b>") == "字, é and <b>"
