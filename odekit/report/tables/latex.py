r"""Tables in LaTeX with an escaping of their own: they need pdflatex and ``\usepackage{booktabs}``."""

import math
import re
import unicodedata

from odekit.report.tables.table import Table, Value, number_text

__all__ = ["escape", "latex_table"]

ESCAPES = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "''",
    "\n": " ",
    "\u2013": "--",
    "\u2014": "---",
    "\u2018": "`",
    "\u2019": "'",
    "\u201c": "``",
    "\u201d": "''",
    "\u2026": r"\ldots{}",
    "\u00a0": "~",
}
SYMBOLS = {
    "\u2264": r"\le",
    "\u2265": r"\ge",
    "\u2260": r"\ne",
    "\u2248": r"\approx",
    "\u2212": "-",
    "\u00b1": r"\pm",
    "\u00d7": r"\times",
    "\u00b7": r"\cdot",
    "\u2192": r"\to",
    "\u221e": r"\infty",
    "\u221a": r"\surd",
    "\u2208": r"\in",
    "\u2211": r"\sum",
    "\u222b": r"\int",
    "\u2202": r"\partial",
    "\u00b0": r"^\circ",
    "\u00b2": "^2",
    "\u00b3": "^3",
}
GREEK = re.compile(r"GREEK (SMALL|CAPITAL) LETTER (FINAL SIGMA|[A-Z]+)$")
SPELLINGS = {"LAMDA": "lambda", "FINAL SIGMA": "varsigma", "OMICRON": "mathrm{o}"}
LATIN_CAPITALS = {
    "ALPHA": "A",
    "BETA": "B",
    "EPSILON": "E",
    "ZETA": "Z",
    "ETA": "H",
    "IOTA": "I",
    "KAPPA": "K",
    "MU": "M",
    "NU": "N",
    "OMICRON": "O",
    "RHO": "P",
    "TAU": "T",
    "CHI": "X",
}


def latex_table(table: Table, comment: str = "") -> str:
    """A table as a LaTeX tabular between booktabs rules.

    Parameters
    ----------
    table: what to show; its caption becomes a comment, like ``comment``, for the paper has its own.
    comment: where the table came from, such as version, seed and settings.
    """
    alignment = "".join("r" if table.is_numeric(i) else "l" for i in range(len(table.columns)))
    head = " & ".join(escape(title) for title in table.columns)
    body = [_row(table, index) for index in range(len(table.rows))]
    comments = [f"% {line}" for text in (table.caption, comment) for line in text.splitlines()]
    return "\n".join(
        [
            *comments,
            rf"\begin{{tabular}}{{{alignment}}}",
            r"\toprule",
            rf"{head} \\",
            r"\midrule",
            "\n\\addlinespace\n".join(body) if _has_tall_rows(table) else "\n".join(body),
            r"\bottomrule",
            r"\end{tabular}",
        ]
    )


def escape(text: str) -> str:
    r"""Text that LaTeX prints as it stands: special characters escaped, Greek and signs in math mode.

    >>> escape("50 % of x_1")
    '50 \\% of x\\_1'
    """
    return "".join(_character(character) for character in unicodedata.normalize("NFC", text))


def _character(character: str) -> str:
    if character in ESCAPES:
        return ESCAPES[character]
    if character in SYMBOLS:
        return f"${SYMBOLS[character]}$"
    greek = GREEK.match(unicodedata.name(character, ""))
    return f"${_greek(greek)}$" if greek else character


def _greek(match: re.Match[str]) -> str:
    is_capital, name = match[1] == "CAPITAL", match[2]
    if is_capital and name in LATIN_CAPITALS:
        return rf"\mathrm{{{LATIN_CAPITALS[name]}}}"
    command = SPELLINGS.get(name, name.lower())
    return f"\\{command.capitalize() if is_capital else command}"


def _row(table: Table, index: int) -> str:
    return "\n".join(
        " & ".join(_value(value) for value in line) + r" \\" for line in table.lines(table.rows[index])
    )


def _value(value: Value) -> str:
    if not isinstance(value, float):
        return escape(number_text(value))
    if math.isinf(value):
        return r"$\infty$" if value > 0 else r"$-\infty$"
    mantissa, _, exponent = number_text(value).partition("e")
    power = rf" \times 10^{{{int(exponent)}}}" if exponent else ""
    return f"${mantissa}{power}$" if power or value < 0 else escape(mantissa)


def _has_tall_rows(table: Table) -> bool:
    return any(isinstance(cell, tuple) and len(cell) > 1 for row in table.rows for cell in row)
