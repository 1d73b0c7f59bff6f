"""Tables in LaTeX: booktabs, and nothing in the text that LaTeX would read as its own."""

from __future__ import annotations

import math
import re

import pytest

from odekit.report.tables.latex import escape, latex_table
from odekit.report.tables.table import Table


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("50 % of x_1 & y", r"50 \% of x\_1 \& y"),
        ("z^2 {a} #1 $5 ~", r"z\textasciicircum{}2 \{a\} \#1 \$5 \textasciitilde{}"),
        (r"a\b", r"a\textbackslash{}b"),
        ("|D| < 1 > 0", r"\textbar{}D\textbar{} \textless{} 1 \textgreater{} 0"),
        ("κ \u2264 λ", r"$\kappa$ $\le$ $\lambda$"),
        ("\u0393 \u0391 \u03c2", r"$\Gamma$ $\mathrm{A}$ $\varsigma$"),
        ("a\nb", "a b"),
        ("Fréchet", "Fréchet"),
    ],
)
def test_text_is_escaped(text: str, latex: str) -> None:
    assert escape(text) == latex


def test_a_table_has_booktabs_rules_and_as_many_cells_a_line_as_columns() -> None:
    rows = (("a_b", (1e-12, -0.5, math.inf, -math.inf)), ("c", None))
    table = Table(("claim", "gap"), rows, "What it shows.")
    lines = latex_table(table, "odekit 9.9, seed 7").splitlines()
    assert lines[:2] == ["% What it shows.", "% odekit 9.9, seed 7"]
    assert lines[2] == r"\begin{tabular}{lr}"
    assert [line for line in lines if "rule" in line] == [r"\toprule", r"\midrule", r"\bottomrule"]
    assert r"a\_b & $1 \times 10^{-12}$ \\" in lines
    assert r" & $-0.5$ \\" in lines
    assert r" & $\infty$ \\" in lines
    assert r" & $-\infty$ \\" in lines
    assert r"\addlinespace" in lines
    rows = [line for line in lines if line.endswith(r"\\")]
    assert {len(re.findall(r"(?<!\\)&", row)) for row in rows} == {1}


def test_a_line_break_in_a_comment_stays_a_comment() -> None:
    text = latex_table(Table(("a",), (("x",),)), "one\ntwo")
    assert text.startswith("% one\n% two\n\\begin")
