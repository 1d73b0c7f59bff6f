"""Formulas in text: found where they are marked, and left alone where a dollar is one."""

from __future__ import annotations

import pytest

from odekit.claims import CLAIMS
from odekit.text import marked_pieces, unmarked


@pytest.mark.parametrize(
    "text", ["$5 or $6", "a $ b $", "$x", "$$", "from $1 to $2", "x $ y$", "one\n$two\nthree$"]
)
def test_what_is_no_formula_stays(text: str) -> None:
    assert unmarked(text) == text
    assert marked_pieces(text) == [(text, False)]


def test_pieces_put_together_are_the_text_without_marks() -> None:
    text = "$D = 0$ attracts, $pi$ repels$x$"
    assert "".join(piece for piece, _ in marked_pieces(text)) == unmarked(text)
    assert [is_formula for _, is_formula in marked_pieces(text)] == [True, False, True, False, True]


def test_an_empty_text_has_no_pieces() -> None:
    assert marked_pieces("") == []


def test_the_catalogue_has_no_odd_mark() -> None:
    for claim in CLAIMS:
        assert "$" not in unmarked(claim.statement), claim.id
        assert "$" not in unmarked(claim.hypotheses), claim.id
