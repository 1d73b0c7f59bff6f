"""Sums of words: products of matrices and their adjoints, which don't commute, with exact coefficients.

A sum is a coefficient by key: a power of the number E, and a word, letter by letter with whether it is the
adjoint. ``2 theta theta - E xi`` is ``{(0, (theta, theta)): 2, (1, (xi,)): -1}``.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import TypeAlias

from odekit.errors import LimitError

__all__ = ["Key", "Letter", "WordSum", "adjoint", "along", "letter", "product", "scaled", "total", "trace"]

Letter: TypeAlias = tuple[str, bool]
Key: TypeAlias = tuple[int, tuple[Letter, ...]]
WordSum: TypeAlias = dict[Key, Fraction]

# Powers of sums grow like powers of the number of letters.
MOST_WORDS = 5_000


def letter(name: str) -> WordSum:
    """A matrix."""
    return {(0, ((name, False),)): Fraction(1)}


def total(*sums: Mapping[Key, Fraction]) -> WordSum:
    """Their sum, without the words that cancel."""
    found: WordSum = {}
    for each in sums:
        for key, value in each.items():
            found[key] = found.get(key, Fraction(0)) + value
    return {key: value for key, value in found.items() if value}


def scaled(factor: Fraction, words: Mapping[Key, Fraction]) -> WordSum:
    """A multiple."""
    return {key: factor * value for key, value in words.items() if factor}


def product(left: Mapping[Key, Fraction], right: Mapping[Key, Fraction]) -> WordSum:
    """The product, in this order.

    Raises
    ------
    LimitError: more than 5,000 words.
    """
    if len(left) * len(right) > MOST_WORDS:
        raise LimitError("the words of a formula are too many", expected=f"at most {MOST_WORDS}")
    return total(
        *(
            {(power + more, word + other): value * factor}
            for (power, word), value in left.items()
            for (more, other), factor in right.items()
        )
    )


def adjoint(words: Mapping[Key, Fraction]) -> WordSum:
    """The adjoint: each word from its end, each letter's adjoint.

    >>> adjoint(product(letter("a"), letter("b")))
    {(0, (('b', True), ('a', True))): Fraction(1, 1)}
    """
    return {
        (power, tuple((name, not is_adjoint) for name, is_adjoint in reversed(word))): value
        for (power, word), value in words.items()
    }


def along(words: Mapping[Key, Fraction], velocities: Mapping[str, Mapping[Key, Fraction]]) -> WordSum:
    """The time derivative of a sum without E, letter by letter in its place."""
    parts = []
    for (_, word), value in words.items():
        for place, (name, is_adjoint) in enumerate(word):
            velocity = adjoint(velocities[name]) if is_adjoint else velocities[name]
            before, after = ({(0, part): Fraction(1)} for part in (word[:place], word[place + 1 :]))
            parts.append(scaled(value, product(product(before, velocity), after)))
    return total(*parts)


def trace(words: Mapping[Key, Fraction], part: str) -> WordSum:
    """One sum for all that have the same trace, or the same real or imaginary part of it.

    A trace doesn't change as its word turns, and that of the adjoint is its complex conjugate.

    Parameters
    ----------
    part: ``""``, ``"re"`` or ``"im"``.
    """
    found: list[WordSum] = []
    for key, value in words.items():
        other = next(iter(adjoint({key: value})))
        turned, mirrored = _first_turn(key), _first_turn(other)
        sign = -1 if part == "im" else 1
        if part == "im" and turned == mirrored:
            continue
        is_mirrored = bool(part) and mirrored < turned
        found.append({mirrored if is_mirrored else turned: sign * value if is_mirrored else value})
    return total(*found)


def _first_turn(key: Key) -> Key:
    power, word = key
    return power, min((word[place:] + word[:place] for place in range(len(word))), default=word)
