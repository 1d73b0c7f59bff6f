"""From a line's text to words: ``2*Adjoint(theta)*xi``, also written ``2*theta^H*xi``, and traces of such."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from odekit.checking.words.word_sum import WordSum, adjoint, product, scaled, total, trace
from odekit.errors import InputError
from odekit.expressions import FORMULA, FUNCTION_NAMES, Expression, Meanings, parse

__all__ = ["ADJOINT", "Formula", "number_of", "read_formula"]

ADJOINT = "_H"  # what the adjoint of a name is called while it is read
_ADJOINTS = (re.compile(r"\b[Aa]djoint\(\s*(\w+)\s*\)"), re.compile(r"\b(\w+?)\s*(?:\^\s*H|\.H)\b"))
_TRACE = re.compile(r"\s*(?:(?P<part>re|im)\(\s*)?(?:Trace|trace|tr)\((?P<inner>.*)\)\s*", re.DOTALL)


@dataclass(frozen=True)
class Formula:
    """What a line says.

    Parameters
    ----------
    words: the matrix, or what the trace is taken of.
    kind: ``"matrix"``, ``"trace"``, or ``"re"`` or ``"im"`` of the trace.
    """

    words: WordSum
    kind: str = "matrix"

    def canonical(self, words: WordSum) -> WordSum:
        """Words of this kind, those that mean the same taken together."""
        return words if self.kind == "matrix" else trace(words, self.kind.removeprefix("trace"))


def read_formula(text: str, meanings: Mapping[str, WordSum]) -> Formula:
    """A formula in matrices, or a trace of one.

    Parameters
    ----------
    meanings: of every name.

    Raises
    ------
    InputError: a function, a root or the inverse of a matrix, or text that is no formula.
    UnknownNameError: a name that no matrix has.
    LimitError: too many words.
    """
    match = _TRACE.fullmatch(text)
    if match is None:
        return Formula(_words(text, meanings))
    inner, part = match["inner"], match["part"]
    if part is not None and inner.rstrip().endswith(")"):
        inner = inner.rstrip()[:-1]
    return Formula(_words(inner, meanings), part or "trace")


def number_of(tree: Expression) -> Fraction:
    """The exact number that a tree of numbers is."""
    found = tree.fold(_MEANINGS, lambda name: {_ONE: Fraction(1)})
    return found.get(_ONE, Fraction(0))


def _words(text: str, meanings: Mapping[str, WordSum]) -> WordSum:
    written = text
    for pattern in _ADJOINTS:
        written = pattern.sub(rf"\1{ADJOINT}", written)
    known = {**meanings, **{name + ADJOINT: adjoint(words) for name, words in meanings.items()}}
    return parse(written, known, FORMULA).fold(_MEANINGS, known.__getitem__)


def _power(base: WordSum, exponent: int) -> WordSum:
    if exponent < 0:
        if base.keys() != {_ONE}:
            raise _no_word("a matrix has no inverse here")
        return {_ONE: base[_ONE] ** exponent}
    result: WordSum = {_ONE: Fraction(1)}
    for _ in range(exponent):
        result = product(result, base)
    return result


def _refused(what: str) -> Callable[..., Any]:
    def refuse(*parts: Any) -> Any:
        raise _no_word(f"{what} is no product of matrices")

    return refuse


def _no_word(what: str) -> InputError:
    return InputError(
        what,
        expected="sums and products of matrices, whole powers, numbers, Adjoint(theta), and a trace of all",
        hint="2*Adjoint(theta)*xi",
    )


_ONE = (0, ())
_MEANINGS: Meanings[WordSum] = Meanings(
    number=lambda value: scaled(value, {_ONE: Fraction(1)}),
    constant=_refused("pi"),
    add=total,
    multiply=product,
    power=_power,
    root=_refused("a root"),
    functions={name: _refused(name) for name in FUNCTION_NAMES},
)
