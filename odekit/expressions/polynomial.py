"""Formulas as polynomials: exact coefficients by exponents, bounded in terms and bits."""

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce

from odekit.errors import InputError
from odekit.expressions.meanings import FUNCTION_NAMES, Meanings

__all__ = ["Polynomial", "polynomial_meanings", "polynomial_symbol"]

# Products of one multiplication, so that no power runs away; 1,000 bits still fit the range of a float.
MAX_TERMS = 10_000
MAX_BITS = 1000

Polynomial = dict[tuple[int, ...], Fraction]


def polynomial_meanings(count: int) -> Meanings[Polynomial | None]:
    """What parts mean as polynomials in ``count`` variables; None where one is no polynomial."""
    one = (0,) * count

    def power(base: Polynomial | None, exponent: int) -> Polynomial | None:
        if base is None:
            return None
        if exponent >= 0:
            return reduce(_product, [base] * exponent, {one: Fraction(1)})
        if not base:
            raise InputError("the formula divides by zero", expected="a divisor that is not always 0")
        constant = base.get(one)
        return {one: _checked(constant**exponent)} if constant and len(base) == 1 else None

    return Meanings(
        number=lambda value: {one: value} if value else {},
        constant=lambda name: None,
        add=lambda a, b: None if a is None or b is None else _sum(a, b),
        multiply=lambda a, b: None if a is None or b is None else _product(a, b),
        power=power,
        root=lambda base, degree: None,
        functions=dict.fromkeys(FUNCTION_NAMES, lambda argument: None),
    )


def polynomial_symbol(name: str, names: Sequence[str]) -> Polynomial | None:
    """A variable by its place among the names; None for another."""
    return {tuple(int(name == other) for other in names): Fraction(1)} if name in names else None


def _sum(left: Polynomial, right: Polynomial) -> Polynomial:
    total = dict(left)
    for exponents, coefficient in right.items():
        total[exponents] = total.get(exponents, Fraction(0)) + coefficient
    return {exponents: value for exponents, value in total.items() if value}


def _product(left: Polynomial, right: Polynomial) -> Polynomial:
    if len(left) * len(right) > MAX_TERMS:
        raise InputError("the polynomial has too many terms", expected=f"at most {MAX_TERMS} products")
    total: Polynomial = {}
    for a, x in left.items():
        for b, y in right.items():
            key = tuple(i + j for i, j in zip(a, b, strict=True))
            total[key] = _checked(total.get(key, Fraction(0)) + x * y)
    return {exponents: value for exponents, value in total.items() if value}


def _checked(value: Fraction) -> Fraction:
    """The value, if it is short enough to go on calculating with, and to be a float."""
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise InputError("a coefficient is too long", expected=f"at most {MAX_BITS} bits")
    return value
