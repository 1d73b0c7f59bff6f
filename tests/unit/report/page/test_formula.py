"""Formulas of texts are set as they are written, and what is no formula is shown and never run."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from odekit.claims import CLAIMS
from odekit.report.page.formula import typeset
from odekit.text import marked_pieces


def text_of(shown: str) -> str:
    """What a reader sees, without spaces and invisible signs."""
    root = ElementTree.fromstring(f"<p>{shown.replace('<wbr>', '')}</p>")
    return "".join(root.itertext()).translate({0x2062: None, 0x2061: None, 0x20: None})


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("D = 2 phi - psi", "D=2\u03c6\u2212\u03c8"),
        ("D = 2*phi - psi", "D=2\u03c6\u2212\u03c8"),
        ("alpha**2 - 2*beta^2", "\u03b12\u22122\u03b22"),
        ("|D| <= pi/2", "|D|\u2264\u03c0/2"),
        ("x' = -x", "x\u2032=\u2212x"),
        ("chi(g1 g2 h^-1)", "\u03c7(g1g2h\u22121)"),
        ("<p, q>^2 r", "\u27e8p,q\u27e92r"),
        ("xihat theta2hat^*", "\u03be^\u03b8^2*"),
        (".5 + 2.", "0.5+2."),
        ("(2m+1) k", "(2m+1)k"),
        ("sum d_rho tr(A)", "\u2211d\u03c1tr(A)"),
    ],
)
def test_a_formula_is_set_as_it_is_written(written: str, seen: str) -> None:
    assert text_of(typeset(written)) == seen


@pytest.mark.parametrize(
    ("written", "above", "below"),
    [
        ("3/(4m^2-1)", "3", "4m2\u22121"),
        ("log(p)/(p scale)", "log(p)", "pscale"),
        ("a b/c d", "ab", "c"),
        ("(n+1)/(2n)", "n+1", "2n"),
    ],
)
def test_a_slash_becomes_a_line_where_there_is_room(written: str, above: str, below: str) -> None:
    quotient = ElementTree.fromstring(typeset(written, is_displayed=True)).find(".//mfrac")
    assert quotient is not None
    assert [text_of(ElementTree.tostring(part, "unicode")) for part in quotient] == [above, below]


NO_FORMULAS = ["", " ", "2 +", "(x", "x)", "|x", "<script>alert(1)</script>", "x;y", "((" * 60, "x" * 3000]
SIGNS = ["\x1b", "\u202ex", '"', "a ? b", "^2", "x^", "x,", "/x", "**", "()"]


@pytest.mark.parametrize("written", [*NO_FORMULAS, *SIGNS])
def test_what_is_no_formula_is_shown_as_it_is(written: str) -> None:
    shown = typeset(written)
    assert shown.startswith("<code>")
    assert "<script" not in shown
    assert "\u202e" not in shown
    assert "\x1b" not in shown


def test_all_formulas_of_the_catalogue_are_read() -> None:
    for claim in CLAIMS:
        for text in (claim.statement, claim.hypotheses):
            for piece, is_formula in marked_pieces(text):
                assert not is_formula or "<code>" not in typeset(piece), (claim.id, piece)


@pytest.mark.parametrize("count", [1, 40])
def test_depth_is_bounded(count: int) -> None:
    assert typeset("(" * count + "x" + ")" * count).startswith("<math>")
    assert typeset("(" * (count + 40) + "x" + ")" * (count + 40)).startswith("<code>")
