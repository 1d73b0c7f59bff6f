"""Conditions: what an order and its frequencies must satisfy for generic selection rules to be exact."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

__all__ = ["Condition", "combination_text", "simplify_conditions"]


@dataclass(frozen=True, order=True)
class Condition:
    """The order n does not divide all of ``combinations`` at once (and is coprime to ``coprime_to``).

    Parameters
    ----------
    symbols: names of the frequencies.
    combinations: integer vectors over ``symbols``.
    coprime_to: an integer with which n has no common factor, or 1.

    >>> Condition(("k",), ((2,),)).text("p")
    'p does not divide 2k'
    """

    symbols: tuple[str, ...]
    combinations: tuple[tuple[int, ...], ...] = ()
    coprime_to: int = 1

    def holds(self, order: int, values: Mapping[str, int]) -> bool:
        """Whether it holds at a concrete order and concrete frequencies."""
        if self.coprime_to > 1:
            return gcd(order, self.coprime_to) == 1
        numbers = [values[symbol] for symbol in self.symbols]
        return any(
            sum(c * v for c, v in zip(combination, numbers, strict=True)) % order
            for combination in self.combinations
        )

    def text(self, order: str) -> str:
        """In words, such as ``"n does not divide 2k"``."""
        if self.coprime_to > 1:
            return f"{order} has no common factor with {self.coprime_to}"
        terms = [combination_text(self.symbols, combination) for combination in self.combinations]
        joined = terms[0] if len(terms) == 1 else "all of " + ", ".join(terms)
        return f"{order} does not divide {joined}"


def simplify_conditions(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    """Drop those that follow from another: n not dividing g k implies it for every divisor of g."""
    unique = set(conditions)
    kept = [c for c in unique if not any(_implies(other, c) for other in unique if other != c)]
    return tuple(sorted(kept))


def combination_text(symbols: Sequence[str], coefficients: Sequence[Fraction | int]) -> str:
    """A rational combination as a person writes it.

    >>> combination_text(("k", "l"), (2, Fraction(-1, 2)))
    '2k-l/2'
    """
    text = ""
    for symbol, coefficient in zip(symbols, coefficients, strict=True):
        if not coefficient:
            continue
        size = abs(Fraction(coefficient))
        sign = "-" if coefficient < 0 else ("+" if text else "")
        number = "" if size.numerator == 1 else str(size.numerator)
        tail = f"/{size.denominator}" if size.denominator > 1 else ""
        text += f"{sign}{number}{symbol}{tail}"
    return text or "0"


def _implies(stronger: Condition, weaker: Condition) -> bool:
    """Whether each congruence of ``weaker`` makes all those of ``stronger`` true, by multiples."""
    if stronger.coprime_to > 1 or weaker.coprime_to > 1:
        return False
    return all(
        any(_is_multiple(wide, narrow) for narrow in weaker.combinations) for wide in stronger.combinations
    )


def _is_multiple(wide: tuple[int, ...], narrow: tuple[int, ...]) -> bool:
    first = next(i for i, a in enumerate(narrow) if a)
    factor = Fraction(wide[first], narrow[first])
    return factor.denominator == 1 and all(w == factor * v for w, v in zip(wide, narrow, strict=True))
