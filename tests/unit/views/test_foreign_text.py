"""Foreign text moves no cursor and turns no letters around."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from odekit.report import Table, latex_table, markdown_table, terminal_table
from odekit.views import html_text


@pytest.mark.parametrize("text", ["\x1b[2J", "a\rb", "\u202etxt", "\x07", "\ud800", "a\u2028b\0"])
def test_nothing_without_a_shape_is_left(text: str) -> None:
    assert html_text(text).isprintable()


def test_letters_of_every_script_stay() -> None:
    assert html_text("字, é and <b>") == "字, é and &lt;b&gt;"


@pytest.mark.parametrize("table", [latex_table, markdown_table, terminal_table])
def test_tables_hold_nothing_that_turns_letters_around(table: Callable[[Table], str]) -> None:
    assert "a\u202e" not in table(Table(("name",), (("a\u202eb",),)))
    assert "u202eb" in table(Table(("name",), (("a\u202eb",),)))
