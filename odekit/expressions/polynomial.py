"""Polynomials as exact coefficients by exponents, bounded in terms and bits.

What enters are coefficients, what leaves are products of them; trees and names are not known here.
"""

from __future__ import annotations

from fractions import Fraction

from odekit.errors import InputError

__all__ = ["Polynomial", "checked", "multiply"]

MAX_TERMS = 10_000
MAX_BITS = 1000

Polynomial = dict[tuple[int, ...], Fraction]


def multiply(left: Polynomial, right: Polynomial) -> Polynomial:
    """The product of two polynomials in the same names.

    Raises
    ------
    InputError: more than 10,000 products of terms, or a coefficient above 1,000 bits.
    """
    if len(left) * len(right) > MAX_TERMS:
        raise InputError("the polynomial has too many terms", expected=f"at most {MAX_TERMS} products")
    total: Polynomial = {}
    for a, x in left.items():
        for b, y in right.items():
            key = tuple(i + j for i, j in zip(a, b, strict=True))
            total[key] = checked(total.get(key, Fraction(0)) + x * y)
    return {exponents: value for exponents, value in total.items() if value}


def checked(value: Fraction) -> Fraction:
    """The value, if it is short enough to go on calculating with, and to be a float."""
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise InputError("a coefficient is too long", expected=f"at most {MAX_BITS} bits")
    return value
