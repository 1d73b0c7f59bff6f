"""A formula of a text as MathML, as it is written: nothing is worked out, and no factor changes its place.

It is read in odekit's own notation, ``2*phi - psi``, and as people write it in a sentence: ``2 phi - psi``,
``m^2``, ``|D|``, ``D'``, ``<p, q>``, and ``theta^*`` for the adjoint.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import pairwise
from typing import NamedTuple

from odekit.errors import InputError
from odekit.systems.printers import mathml_name
from odekit.text import visible

__all__ = ["BREAK", "typeset"]

BREAK = "<wbr>"  # where a line may end

MAX_CHARACTERS = 2_000
MAX_DEPTH = 40  # more parentheses than any formula that a person reads

_TOKEN = re.compile(
    r"(?P<blank>\s*)(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)"
    r"|(?P<name>[^\W\d]\w*)|(?P<sign>\*\*|<=|>=|!=|->|\S))"
)
_RELATIONS = {
    ",": ",",
    "=": "=",
    "<": "&lt;",
    ">": "&gt;",
    "<=": "\N{LESS-THAN OR EQUAL TO}",
    ">=": "\N{GREATER-THAN OR EQUAL TO}",
    "!=": "\N{NOT EQUAL TO}",
    "~": "\N{TILDE OPERATOR}",
    "->": "\N{RIGHTWARDS ARROW}",
}
_SIGNS = {"+": "<mo>+</mo>", "-": "<mo>\N{MINUS SIGN}</mo>"}
_CLOSING = {"(": ")", "|": "|", "<": ">"}
_DRAWN = {"<": "\N{MATHEMATICAL LEFT ANGLE BRACKET}", ">": "\N{MATHEMATICAL RIGHT ANGLE BRACKET}"}
_TIMES = "<mo>\N{INVISIBLE TIMES}</mo>"
_OPERATORS = {"sum": "<mo>\N{N-ARY SUMMATION}</mo>", "int": "<mo>\N{INTEGRAL}</mo>"}
_APPLY = "<mo>\N{FUNCTION APPLICATION}</mo>"
_APPLIED = {
    "sqrt": ("<msqrt>", "</msqrt>"),
    "exp": ("<msup><mi>e</mi><mrow>", "</mrow></msup>"),
    "abs": ("<mrow><mo>|</mo>", "<mo>|</mo></mrow>"),
}
_SPACE = '<mspace width="0.17em"></mspace>'
# Fonts raise it themselves.
_SLASH = '<mo lspace="0.06em" rspace="0.06em">/</mo>'
_PRIME = '<mo lspace="0" rspace="0">\N{PRIME}</mo>'
_DIFFERENTIALS = ("dt", "dtau")
_HATTED = re.compile(r"(theta|xi)(\d?)hat")


def typeset(text: str, is_displayed: bool = False) -> str:
    """A formula as elements ``<math>``, between which a line may be broken; what is none is shown as it is.

    Parameters
    ----------
    text: the formula.
    is_displayed: whether quotients are written one above the other, not with a slash.

    >>> typeset("D = 2 phi")
    '<math><mi>D</mi><mo form="infix">=</mo></math><wbr><math><mn>2</mn><mo>\\u2062</mo><mi>φ</mi></math>'
    >>> typeset("2 phi (")
    '<code>2 phi (</code>'
    """
    try:
        return BREAK.join(f"<math>{piece}</math>" for piece in _Reader(text, is_displayed).pieces())
    except InputError:
        return f"<code>{escape(visible(text))}</code>"


class _Token(NamedTuple):
    kind: str
    text: str
    is_apart: bool


class _Part(NamedTuple):
    """A part of a product: as it stands there, and without its parentheses, as above or below a line."""

    mathml: str
    bare: str
    is_word: bool = False


class _Reader:
    """Reads by descent: relations of sums of products of powers."""

    def __init__(self, text: str, is_displayed: bool) -> None:
        if len(text) > MAX_CHARACTERS:
            raise InputError("the formula is too long")
        self._tokens = [
            _Token(str(found.lastgroup), found[str(found.lastgroup)], bool(found["blank"]))
            for found in _TOKEN.finditer(text.strip())
        ]
        self._tokens.append(_Token("end", "", True))
        self._open: list[str] = []
        self._is_displayed = is_displayed

    def pieces(self) -> Iterator[str]:
        """The whole formula, in pieces that end with a relation or a comma."""
        piece = self._sum()
        while self._tokens[0].kind != "end":
            yield piece + self._relation()
            piece = self._sum()
        yield piece

    def _taken(self) -> str:
        return self._tokens.pop(0).text

    def _accepted(self, *signs: str) -> str:
        """The next token if it is one of these signs, which then is read; else nothing."""
        token = self._tokens[0]
        return self._taken() if token.kind == "sign" and token.text in signs else ""

    def _relation(self) -> str:
        if self._tokens[0].text not in _RELATIONS:
            raise InputError("this is no formula", received=self._tokens[0].text)
        return f'<mo form="infix">{_RELATIONS[self._taken()]}</mo>'

    def _inside(self, opening: str) -> str:
        """Everything up to the sign that closes, which is read."""
        if len(self._open) == MAX_DEPTH:
            raise InputError("the parentheses are too many")
        self._open.append(opening)
        row = self._sum()
        while not self._accepted(_CLOSING[opening]):
            row += self._relation() + self._sum()
        self._open.pop()
        return row

    def _sum(self) -> str:
        sign = self._accepted(*_SIGNS)
        row = _SIGNS.get(sign, "") + self._product()
        while sign := self._accepted(*_SIGNS):
            row += _SIGNS[sign] + self._product()
        return row

    def _product(self) -> str:
        """Factors side by side or with a star; a slash puts all that is left of it above the next factor."""
        factors = [self._power()]
        while True:
            if self._accepted("/"):
                factors = [self._quotient(factors, self._power())]
            elif self._accepted("*") or self._begins_factor():
                factors.append(self._power())
            else:
                return _row(factors)

    def _quotient(self, above: list[_Part], below: _Part) -> _Part:
        if not self._is_displayed:
            return _same(f"{_row(above)}{_SLASH}{below.mathml}")
        bare = above[0].bare if len(above) == 1 else _row(above)
        return _same(f"<mfrac><mrow>{bare}</mrow><mrow>{below.bare}</mrow></mfrac>")

    def _begins_factor(self) -> bool:
        kind, text, _ = self._tokens[0]
        # Within bars a bar is the one that closes.
        return kind in ("number", "name") or text == "(" or (text == "|" and "|" not in self._open)

    def _power(self) -> _Part:
        base = self._primed()
        if not self._accepted("^", "**"):
            return base
        if self._accepted("*"):
            raised = f"<msup>{base.mathml}<mo>*</mo></msup>"
        else:
            raised = f"<msup>{base.mathml}<mrow>{self._exponent()}</mrow></msup>"
        return _Part(raised, raised)

    def _exponent(self) -> str:
        """What is raised, in which there is no room for a quotient of two lines."""
        was_displayed, self._is_displayed = self._is_displayed, False
        exponent = _SIGNS.get(self._accepted(*_SIGNS), "") + self._primed().bare
        self._is_displayed = was_displayed
        return exponent

    def _primed(self) -> _Part:
        part = self._atom()
        while self._accepted("'"):
            primed = f"<mrow>{part.mathml}{_PRIME}</mrow>"
            part = _Part(primed, primed)
        return part

    def _atom(self) -> _Part:
        kind, text, _ = self._tokens[0]
        if kind == "number":
            number = self._taken()
            return _same(f"<mn>{'0' if number.startswith('.') else ''}{number}</mn>")
        if kind == "name":
            return self._named(self._taken())
        if opening := self._accepted(*_CLOSING):
            inside = self._inside(opening)
            drawn = _fenced(
                _DRAWN.get(opening, opening), inside, _DRAWN.get(_CLOSING[opening], _CLOSING[opening])
            )
            return _Part(drawn, f"<mrow>{inside}</mrow>" if opening == "(" else drawn)
        raise InputError("this is no formula", received=text)

    def _named(self, name: str) -> _Part:
        """A name, or what is applied to the parentheses right behind it."""
        is_applied = self._tokens[0].text == "(" and not self._tokens[0].is_apart
        if name in _OPERATORS:
            return _Part(_OPERATORS[name], _OPERATORS[name], is_word=True)
        if not is_applied:
            return _Part(
                _name(name), _name(name), is_word=f"<mi>{name}</mi>" in _name(name) and len(name) > 1
            )
        self._taken()
        inside = self._inside("(")
        if name not in _APPLIED:
            return _same(f"<mrow>{_name(name)}{_APPLY}{_fenced('(', inside, ')')}</mrow>")
        before, after = _APPLIED[name]
        return _same(before + inside + after)


def _fenced(opening: str, inside: str, closing: str) -> str:
    """Fences as tall as letters where nothing between them is taller."""
    height = "" if "<mfrac" in inside or "<msqrt" in inside else ' stretchy="false"'
    return f"<mrow><mo{height}>{opening}</mo>{inside}<mo{height}>{closing}</mo></mrow>"


def _same(mathml: str) -> _Part:
    return _Part(mathml, mathml)


def _name(name: str) -> str:
    """A name in the papers' notation, with a hat where it is a Fourier transform."""
    if hatted := _HATTED.fullmatch(name):
        return mathml_name(f"{hatted[1]}{hatted[2]}", "^")
    if name in _DIFFERENTIALS:
        return f"<mi>d</mi>{mathml_name(name[1:])}"
    return mathml_name(name)


def _row(factors: list[_Part]) -> str:
    row = factors[0].mathml
    for left, right in pairwise(factors):
        row += (_SPACE if left.is_word or right.is_word else _TIMES) + right.mathml
    return row
