"""Tables on a terminal: every line fits, nothing is cut off, outcomes are coloured."""

from __future__ import annotations

import re

import pytest
from click import unstyle

from odekit.report.tables.table import Table
from odekit.report.tables.terminal import terminal_table

TABLE = Table(
    ("claim", "outcome", "gap", "statement"),
    (
        ("first", "confirmed", (0.5, 0.25), "a statement so long that it can't stand on one line of fifty"),
        ("second", "refuted", 1e-12, "an/unbroken/name/of/a/file/that/is/longer/than/its/column.npz"),
    ),
)


def letters(text: str) -> str:
    return "".join(sorted("".join(text.replace("─", "").split())))


@pytest.mark.parametrize("width", range(50, 130))
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(map(len, unstyle(terminal_table(TABLE, width)).splitlines())) <= width


@pytest.mark.parametrize("width", [1, 30, 50, 80])
def test_nothing_is_cut_off(width: int) -> None:
    assert letters(unstyle(terminal_table(TABLE, width))) == letters(unstyle(terminal_table(TABLE, 500)))


@pytest.mark.parametrize("width", [1, 30, 50, 80])
def test_short_words_stay_whole(width: int) -> None:
    words = unstyle(terminal_table(TABLE, width)).split()
    assert {"claim", "outcome", "confirmed", "refuted", "1e-12", "statement"} <= set(words)


def test_lines_of_one_row_stay_side_by_side() -> None:
    table = Table(("name", "value"), ((("a name that is folded here", "second"), (1.0, 2.0)),))
    line = next(line for line in unstyle(terminal_table(table, 24)).splitlines() if "second" in line)
    assert line.split() == ["second", "2"]


def test_outcomes_are_coloured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert "\x1b[32mconfirmed" in terminal_table(TABLE)


def test_no_line_ends_in_blanks_whatever_its_colours() -> None:
    rows = (("beta", "agrees", ""), ("D", "differs", "a long reason why"), ("E", "agrees", None))
    for line in terminal_table(Table(("line", "outcome", "why it is so"), rows)).splitlines():
        plain = re.sub(r"\x1b\[[0-9;]*m", "", line)
        assert plain == plain.rstrip()
