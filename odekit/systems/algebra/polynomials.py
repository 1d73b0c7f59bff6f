"""Sparse polynomials as dictionaries from exponents to rationals, far cheaper than SymPy's expressions."""

import operator
from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction
from typing import Any

import sympy as sp

from odekit.systems.algebra.linear_algebra import PRIME

__all__ = [
    "Exponents",
    "Poly",
    "add",
    "constant",
    "differentiate",
    "evaluate",
    "from_ring",
    "is_polynomial_in",
    "letter",
    "multiply",
    "to_sympy",
    "value_modulo",
]

Exponents = tuple[int, ...]
Poly = dict[Exponents, Fraction]


def constant(value: Fraction | int, letters: int) -> Poly:
    """The constant polynomial in ``letters`` variables."""
    return {(0,) * letters: Fraction(value)} if value else {}


def letter(index: int, letters: int, coefficient: Fraction | int = 1) -> Poly:
    """``coefficient`` times the variable ``index``."""
    return {tuple(int(i == index) for i in range(letters)): Fraction(coefficient)}


def add(polynomials: Iterable[tuple[Fraction | int, Poly]]) -> Poly:
    """Linear combination of (factor, polynomial) pairs."""
    total: Poly = {}
    for factor, polynomial in polynomials:
        for exponents, coefficient in polynomial.items():
            total[exponents] = total.get(exponents, Fraction(0)) + factor * coefficient
    return {exponents: coefficient for exponents, coefficient in total.items() if coefficient}


def multiply(left: Poly, right: Poly) -> Poly:
    """Product."""
    total: Poly = {}
    for a, x in left.items():
        for b, y in right.items():
            key = tuple(map(operator.add, a, b))
            total[key] = total.get(key, Fraction(0)) + x * y
    return {exponents: coefficient for exponents, coefficient in total.items() if coefficient}


def differentiate(polynomial: Poly, index: int) -> Poly:
    """Partial derivative with respect to the variable ``index``."""
    result: Poly = {}
    for exponents, coefficient in polynomial.items():
        if power := exponents[index]:
            lowered = tuple(e - (i == index) for i, e in enumerate(exponents))
            result[lowered] = coefficient * power
    return result


def from_ring(element: Any) -> Poly:
    """A polynomial over the rationals, from an element of SymPy's ring.

    >>> ring, x, y = sp.ring("x y", sp.QQ)
    >>> from_ring(x * y / 2)
    {(1, 1): Fraction(1, 2)}
    """
    return {tuple(key): Fraction(int(v.numerator), int(v.denominator)) for key, v in element.terms()}


def is_polynomial_in(expression: sp.Expr, symbols: Collection[sp.Symbol]) -> bool:
    """Whether an expression is a polynomial in those of the symbols that it holds, however many there are.

    >>> x, k = sp.symbols("x k")
    >>> is_polynomial_in(x**2 * sp.exp(k), {x}), is_polynomial_in(sp.exp(x), {x}), is_polynomial_in(k, {x})
    (True, False, True)
    """
    own = [symbol for symbol in expression.free_symbols if symbol in symbols]
    return not own or bool(expression.is_polynomial(*own))


def evaluate(polynomial: Poly, values: Sequence[complex]) -> complex:
    """Value at a point."""
    total = 0j
    for exponents, coefficient in polynomial.items():
        term = complex(coefficient)
        for value, power in zip(values, exponents, strict=True):
            term *= value**power
        total += term
    return total


def value_modulo(polynomial: Poly, point: Sequence[int]) -> int:
    """Value at a point modulo the prime 2^31 - 1.

    >>> value_modulo({(2, 0): Fraction(1, 2), (0, 1): Fraction(3)}, [4, 1])
    11
    """
    total = 0
    for exponents, coefficient in polynomial.items():
        term = coefficient.numerator * pow(coefficient.denominator, -1, PRIME)
        for value, power in zip(point, exponents, strict=True):
            term = term * pow(value, power, PRIME) % PRIME
        total += term
    return total % PRIME


def to_sympy(polynomial: Poly, symbols: Sequence[sp.Expr]) -> sp.Expr:
    """The same polynomial as a SymPy expression in ``symbols``."""
    return sp.Add(
        *(
            sp.Mul(
                sp.Rational(coefficient.numerator, coefficient.denominator),
                *(symbol**power for symbol, power in zip(symbols, exponents, strict=True) if power),
            )
            for exponents, coefficient in sorted(polynomial.items(), reverse=True)
        )
    )
