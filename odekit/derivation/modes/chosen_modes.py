"""The modes that a user asks for: text such as ``k,2k``, ``1,2`` or ``(0,1)`` becomes frequencies."""

import re
from collections.abc import Sequence
from fractions import Fraction

from odekit.arguments import expect, text_of
from odekit.derivation.modes.frequencies import CharacterFrequencies, SymbolicFrequencies, SymbolicFrequency
from odekit.errors import InputError, shown
from odekit.expressions import parse

__all__ = ["Modes", "chosen_characters", "chosen_combinations"]

Modes = str | Sequence[str | int]

SYMBOLS = ("k", "l", "m")
# Every mode has an equation of its own: more of them take long to derive and fill pages.
MAX_ALL_MODES = 64


def chosen_combinations(modes: Modes) -> tuple[SymbolicFrequencies, list[SymbolicFrequency]]:
    """Integer combinations of k, l and m, such as ``2k`` or ``k+l``, and the symbols that they use.

    Raises
    ------
    InputError: no modes, or one that is no such combination.
    """
    parsed = [_combination(text) for text in _split(modes)]
    used = tuple(s for i, s in enumerate(SYMBOLS) if any(vector[i] for vector in parsed))
    frequencies = SymbolicFrequencies(used or SYMBOLS[:1])
    kept = [SYMBOLS.index(symbol) for symbol in frequencies.symbols]
    return frequencies, [tuple(vector[i] for i in kept) for vector in parsed]


def chosen_characters(frequencies: CharacterFrequencies, modes: Modes, has_mean: bool) -> list[int]:
    """Characters of a concrete group, by index or label, or ``"all"`` of them.

    Parameters
    ----------
    frequencies: the group's characters.
    modes: what the user asks for.
    has_mean: whether the trivial character is one of all.

    Raises
    ------
    InputError: no modes, one that the group doesn't have, or ``"all"`` at an order above 64.
    """
    if not isinstance(modes, str) or modes != "all":
        return [_character(frequencies, text) for text in _split(modes)]
    order = frequencies.dual.order
    if order > MAX_ALL_MODES:
        raise InputError(
            "too many modes to derive at once",
            expected=f"order at most {MAX_ALL_MODES}",
            received=f"order {order}",
            hint='modes="1,2,3"',
        )
    return [index for index in range(order) if has_mean or index != frequencies.zero]


def _split(modes: Modes) -> list[str]:
    """The parts between commas; those inside of parentheses belong to a label."""
    expect(
        isinstance(modes, str | Sequence),
        "the modes are neither text nor a sequence",
        "text such as k,2k or 1,2",
        modes,
    )
    parts = (
        re.split(r",(?![^(]*\))", modes)
        if isinstance(modes, str)
        else [text_of(mode, "a mode") for mode in modes]
    )
    texts = [part.strip() for part in parts]
    if not texts or not all(texts):
        raise InputError("no modes given", expected="a list such as k,2k or 1,2", received=shown(modes))
    return texts


def _combination(text: str) -> SymbolicFrequency:
    """Coefficients of k, l and m."""
    polynomial = parse(re.sub(r"(?<=\d)\s*(?=[klm])", "*", text), SYMBOLS).polynomial(SYMBOLS)
    vector = [Fraction(0)] * len(SYMBOLS)
    for exponents, value in (polynomial or {}).items():
        if sum(exponents) == 1:
            vector[exponents.index(1)] = value
    is_linear = polynomial is not None and all(sum(exponents) == 1 for exponents in polynomial)
    if not is_linear or any(value.denominator > 1 for value in vector):
        raise _not_a_mode(text, "an integer combination of k, l, m, such as 2k or k+l")
    return tuple(vector)


def _character(frequencies: CharacterFrequencies, text: str) -> int:
    labels, order = frequencies.dual.labels, frequencies.dual.order
    if text in labels:
        return labels.index(text)
    if text.isdecimal() and int(text) < order:
        return int(text)
    expected = (
        f"a character of the group, an integer from 0 to {order - 1}, or its label such as {labels[-1]!r}"
    )
    raise _not_a_mode(text, expected, hint='modes="1,2"')


def _not_a_mode(text: str, expected: str, hint: str = 'modes="k,2k"') -> InputError:
    return InputError("a mode can't be read", expected=expected, received=shown(text), hint=hint)
