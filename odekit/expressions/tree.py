"""The expression tree: sums, products, integer powers and a handful of named functions.

A tree evaluates on arrays, real or complex, differentiates, and gives its polynomial coefficients as exact
rationals. It is built by `odekit.expressions.parser`, or by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from odekit.errors import InputError

__all__ = [
    "FUNCTIONS",
    "Call",
    "Expression",
    "Number",
    "Power",
    "Product",
    "Sum",
    "Symbol",
    "constant_factor",
]

MAX_TERMS = 10_000
MAX_BITS = 1000

Array = NDArray[Any]
Polynomial = dict[tuple[int, ...], Fraction]


@dataclass(frozen=True)
class Expression:
    """A node of the tree; its children are expressions, its leaves numbers and symbols."""

    def evaluate(self, values: Mapping[str, Array], out: Array | None = None) -> Array:
        """Value at arrays (real or complex) given by name, elementwise.

        ``out`` is room of the value's shape and type, not one of the arrays, which spares allocations. The
        value may use it, and may as well be one of the arrays given.
        """
        raise NotImplementedError

    def derivative(self, name: str) -> Expression:
        """Partial derivative with respect to the symbol ``name``."""
        raise NotImplementedError

    def polynomial(self, names: tuple[str, ...]) -> Polynomial | None:
        """Exact coefficients by exponents of ``names``; None where the tree is no polynomial in them.

        >>> from odekit.expressions import parse
        >>> parse("(z + 1)**2 / 4", ("z",)).polynomial(("z",))[(1,)]
        Fraction(1, 2)
        """
        raise NotImplementedError


@dataclass(frozen=True)
class Number(Expression):
    """An exact rational; decimals are read as written, so 0.1 is one tenth.

    Its value is float32 among arrays that are all of single precision, and float64 otherwise.
    """

    value: Fraction

    def evaluate(self, values: Mapping[str, Array], out: Array | None = None) -> Array:
        is_single = values and all(np.asarray(array).dtype.char in "fF" for array in values.values())
        return np.asarray(float(self.value), np.float32 if is_single else np.float64)

    def derivative(self, name: str) -> Expression:
        return ZERO

    def polynomial(self, names: tuple[str, ...]) -> Polynomial | None:
        return {(0,) * len(names): self.value} if self.value else {}


@dataclass(frozen=True)
class Symbol(Expression):
    """A variable, looked up by name at evaluation."""

    name: str

    def evaluate(self, values: Mapping[str, Array], out: Array | None = None) -> Array:
        return np.asarray(values[self.name])

    def derivative(self, name: str) -> Expression:
        return ONE if name == self.name else ZERO

    def polynomial(self, names: tuple[str, ...]) -> Polynomial | None:
        if self.name not in names:
            return None
        return {tuple(int(name == self.name) for name in names): Fraction(1)}


@dataclass(frozen=True)
class Sum(Expression):
    """left + right."""

    left: Expression
    right: Expression

    def evaluate(self, values: Mapping[str, Array], out: Array | None = None) -> Array:
        return np.asarray(np.add(self.left.evaluate(values, out), self.right.evaluate(values), out=out))

    def derivative(self, name: str) -> Expression:
        return _add(self.left.derivative(name), self.right.derivative(name))

    def polynomial(self, names: tuple[str, ...]) -> Polynomial | None:
        left, right = self.left.polynomial(names), self.right.polynomial(names)
        if left is None or right is None:
            return None
        total = dict(left)
        for exponents, coefficient in right.items():
            total[exponents] = total.get(exponents, Fraction(0)) + coefficient
        return {exponents: value for exponents, value in total.items() if value}


@dataclass(frozen=True)
class Product(Expression):
    """left * right."""

    left: Expression
    right: Expression

    def evaluate(self, values: Mapping[str, Array], out: Array | None = None) -> Array:
        return np.asarray(np.multiply(self.left.evaluate(values, out), self.right.evaluate(values), out=out))

    def derivative(self, name: str) -> Expression:
        return _add(
            _multiply(self.left.derivative(name), self.right),
            _multiply(self.left, self.right.derivative(name)),
        )

    def polynomial(self, names: tuple[str, ...]) -> Polynomial | None:
        left, right = self.left.polynomial(names), self.right.polynomial(names)
        return None if left is None or right is None else _multiply_polynomials(left, right)


@dataclass(frozen=True)
class Power(Expression):
    """base ** exponent, the exponent a fixed integer with absolute value up to 64."""

    base: Expression
    exponent: int

    def evaluate(self, values: Mapping[str, Array], out: Array | None = None) -> Array:
        base = self.base.evaluate(values)
        if self.exponent < 0:
            return np.asarray(np.divide(1.0, base ** (-self.exponent), out=out))
        return np.asarray(_integer_power(base, self.exponent, out))

    def derivative(self, name: str) -> Expression:
        factor = _multiply(Number(Fraction(self.exponent)), _power(self.base, self.exponent - 1))
        return _multiply(factor, self.base.derivative(name))

    def polynomial(self, names: tuple[str, ...]) -> Polynomial | None:
        base = self.base.polynomial(names)
        if base is None:
            return None
        if self.exponent < 0 and not base:
            raise InputError("the formula divides by zero", expected="a divisor that is not always 0")
        if self.exponent < 0:
            constant = base.get((0,) * len(names))
            if len(base) != 1 or not constant:
                return None
            return {(0,) * len(names): _checked(constant**self.exponent)}
        result: Polynomial = {(0,) * len(names): Fraction(1)}
        for _ in range(self.exponent):
            result = _multiply_polynomials(result, base)
        return result


@dataclass(frozen=True)
class Call(Expression):
    """A named function of one argument, from `FUNCTIONS`."""

    function: str
    argument: Expression

    def evaluate(self, values: Mapping[str, Array], out: Array | None = None) -> Array:
        return np.asarray(FUNCTIONS[self.function].evaluate(self.argument.evaluate(values, out), out=out))

    def derivative(self, name: str) -> Expression:
        return _multiply(FUNCTIONS[self.function].derivative(self.argument), self.argument.derivative(name))

    def polynomial(self, names: tuple[str, ...]) -> Polynomial | None:
        return None


ZERO, ONE = Number(Fraction(0)), Number(Fraction(1))


@dataclass(frozen=True)
class Function:
    """What a function does to an array, with room for the value as ``out``, and its derivative as a tree."""

    evaluate: Callable[..., Array]
    derivative: Callable[[Expression], Expression]


FUNCTIONS: Mapping[str, Function] = {
    "exp": Function(np.exp, lambda a: Call("exp", a)),
    "log": Function(np.log, lambda a: Power(a, -1)),
    "sqrt": Function(np.sqrt, lambda a: Product(Number(Fraction(1, 2)), Power(Call("sqrt", a), -1))),
    "sin": Function(np.sin, lambda a: Call("cos", a)),
    "cos": Function(np.cos, lambda a: negative(Call("sin", a))),
    "sinh": Function(np.sinh, lambda a: Call("cosh", a)),
    "cosh": Function(np.cosh, lambda a: Call("sinh", a)),
    "tanh": Function(np.tanh, lambda a: Sum(ONE, negative(Power(Call("tanh", a), 2)))),
    "abs": Function(np.abs, lambda a: Call("sign", a)),
    "sign": Function(np.sign, lambda a: ZERO),
    "relu": Function(lambda x, out: np.maximum(x, 0.0, out=out), lambda a: Call("step", a)),
    "step": Function(lambda x, out: (x > 0).astype(np.result_type(x, np.float32)), lambda a: ZERO),
}


def negative(expression: Expression) -> Expression:
    return _multiply(Number(Fraction(-1)), expression)


def constant_factor(expression: Expression) -> tuple[Fraction, Expression]:
    """A number and the rest, of which the tree is the product: what stands as a factor of a product.

    >>> from odekit.expressions import parse
    >>> constant_factor(parse("3*z**2", ("z",)).derivative("z"))
    (Fraction(6, 1), Symbol(name='z'))
    """
    if isinstance(expression, Number):
        return expression.value, ONE
    if isinstance(expression, Product):
        (a, left), (b, right) = constant_factor(expression.left), constant_factor(expression.right)
        return a * b, _multiply(left, right)
    return Fraction(1), expression


def _add(left: Expression, right: Expression) -> Expression:
    if left == ZERO:
        return right
    return left if right == ZERO else Sum(left, right)


def _multiply(left: Expression, right: Expression) -> Expression:
    if ZERO in (left, right):
        return ZERO
    if left == ONE:
        return right
    return left if right == ONE else Product(left, right)


def _power(base: Expression, exponent: int) -> Expression:
    if exponent == 0:
        return ONE
    return base if exponent == 1 else Power(base, exponent)


def _integer_power(base: Array, exponent: int, out: Array | None) -> Array:
    """Repeated squaring: exact for complex steps, and faster than ``np.power`` on small exponents."""
    if exponent == 0:
        return np.ones_like(base)
    if exponent == 1:
        return base
    half = _integer_power(base, exponent // 2, out)
    square: Array = np.multiply(half, half, out=out)
    return np.asarray(np.multiply(square, base, out=out)) if exponent % 2 else square


def _multiply_polynomials(left: Polynomial, right: Polynomial) -> Polynomial:
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
