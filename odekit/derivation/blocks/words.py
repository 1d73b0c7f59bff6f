"""Polynomials in non-commuting letters with adjoints, and their cyclic derivative under the trace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import sympy as sp

from odekit.systems import Term

__all__ = [
    "Letter",
    "Word",
    "Words",
    "adjoint",
    "combine",
    "cyclic_gradient",
    "derivative_along",
    "multiply_words",
    "name_latex",
    "terms_of",
    "trace_form",
    "words_latex",
    "words_text",
]


@dataclass(frozen=True, order=True)
class Letter:
    """A block, or its adjoint.

    Parameters
    ----------
    name: the weight group, such as ``"theta1"``.
    is_adjoint: whether the adjoint of the block is meant.
    """

    name: str
    is_adjoint: bool = False

    @property
    def adjoint(self) -> Letter:
        """The adjoint letter."""
        return Letter(self.name, not self.is_adjoint)


Word = tuple[Letter, ...]
Words = dict[Word, Fraction]


def combine(terms: Iterable[tuple[Fraction | int, Mapping[Word, Fraction]]]) -> Words:
    """Linear combination of (factor, words) pairs."""
    total: Words = {}
    for factor, words in terms:
        for word, coefficient in words.items():
            total[word] = total.get(word, Fraction(0)) + factor * coefficient
    return {word: coefficient for word, coefficient in total.items() if coefficient}


def multiply_words(left: Mapping[Word, Fraction], right: Mapping[Word, Fraction]) -> Words:
    """Product, in this order."""
    return combine((x * y, {a + b: Fraction(1)}) for a, x in left.items() for b, y in right.items())


def adjoint(words: Mapping[Word, Fraction]) -> Words:
    """Adjoint of a combination: each word backwards, each letter adjoint."""
    return {tuple(letter.adjoint for letter in reversed(word)): value for word, value in words.items()}


def cyclic_gradient(trace: Mapping[Word, Fraction], name: str) -> Words:
    """Gradient of Re tr(words) by the block ``name``, in the inner product Re tr(X^* Y).

    For an occurrence of the block itself, ``tr(u A v)`` varies by ``tr(v u dA)`` and the gradient is
    ``(v u)^*``; for an adjoint occurrence ``tr(u A^* v)`` it is ``v u``.
    """
    terms: list[tuple[Fraction, Words]] = []
    for word, coefficient in trace.items():
        for place, letter in enumerate(word):
            if letter.name == name:
                around = {word[place + 1 :] + word[:place]: Fraction(1)}
                terms.append((coefficient, around if letter.is_adjoint else adjoint(around)))
    return combine(terms)


def derivative_along(words: Mapping[Word, Fraction], field: Mapping[str, Mapping[Word, Fraction]]) -> Words:
    """Time derivative of a combination of words when each block moves by ``field``: Leibniz' rule."""
    terms: list[tuple[Fraction, Words]] = []
    for word, coefficient in words.items():
        for place, letter in enumerate(word):
            moved = field[letter.name]
            inner = adjoint(moved) if letter.is_adjoint else dict(moved)
            left, right = {word[:place]: Fraction(1)}, {word[place + 1 :]: Fraction(1)}
            terms.append((coefficient, multiply_words(multiply_words(left, inner), right)))
    return combine(terms)


def trace_form(words: Mapping[Word, Fraction]) -> Words:
    """The same combination under the trace: each word replaced by the smallest of its rotations."""
    return combine((value, {_rotated(word): Fraction(1)}) for word, value in words.items())


def words_text(words: Mapping[Word, Fraction], times: str = " ", mark: str = "^*") -> str:
    """A combination as text, such as ``2 xi theta2^*``; ``0`` for none.

    >>> words_text({(Letter("xi"), Letter("theta", True)): Fraction(2)})
    '2 xi theta^*'
    """
    terms = [_term(word, value, times, mark) for word, value in words.items()]
    return " + ".join(terms).replace("+ -", "- ") or "0"


def terms_of(words: Mapping[Word, Fraction]) -> tuple[Term, ...]:
    """A combination as coefficients and factors, each a letter's name and whether it is adjoint."""
    return tuple(
        (value, tuple((letter.name, letter.is_adjoint) for letter in word)) for word, value in words.items()
    )


def words_latex(words: Mapping[Word, Fraction]) -> str:
    r"""A combination as LaTeX, hats on blocks and daggers on adjoints.

    >>> print(words_latex({(Letter("xi"), Letter("theta", True)): Fraction(2)}))
    2 \hat\xi \hat\theta^\dagger
    """
    terms = [_latex_term(word, value) for word, value in words.items()]
    return " + ".join(terms).replace("+ -", "- ") or "0"


def _latex_term(word: Word, value: Fraction) -> str:
    size = abs(sp.Rational(value.numerator, value.denominator))
    factors = ([] if size == 1 else [str(sp.latex(size))]) + [_latex_letter(letter) for letter in word]
    return ("-" if value < 0 else "") + " ".join(factors)


def _latex_letter(letter: Letter) -> str:
    head, below = name_latex(letter.name)
    return head + below + (r"^\dagger" if letter.is_adjoint else "")


def name_latex(name: str) -> tuple[str, str]:
    """A block's letter and what stands below it, as LaTeX."""
    if name == "E":
        return "E", ""
    number = name.removeprefix("theta")
    below = f"_{{{number}}}" if name != "xi" and number else ""
    return (r"\hat\xi" if name == "xi" else r"\hat\theta"), below


def _term(word: Word, value: Fraction, times: str, mark: str) -> str:
    size = () if abs(value) == 1 else (str(abs(value)),)
    factors = (letter.name + (mark if letter.is_adjoint else "") for letter in word)
    return ("-" if value < 0 else "") + times.join((*size, *factors))


def _rotated(word: Word) -> Word:
    return min((word[i:] + word[:i] for i in range(len(word))), default=word)
