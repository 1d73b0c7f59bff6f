"""The expression tree: sums, products, integer powers and a handful of named functions.

A tree evaluates on arrays, real or complex, differentiates, and gives its polynomial coefficients as exact
rationals. It is built by `odekit.expressions.parser`, or by hand.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from odekit.errors import InputError
from odekit.expressions.arrays import error_function, integer_power
from odekit.expressions.polynomial import Polynomial, checked, multiply

__all__ = [
    "FUNCTIONS",
    "Call",
    "Constant",
    "Expression",
    "Number",
    "Power",
    "Product",
    "Root",
    "Sum",
    "Symbol",
    "times",
]

Array = NDArray[Any]


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
class Constant(Expression):
    """A number that is no rational, by its name in `CONSTANTS`."""

    name: str

    def evaluate(self, values: Mapping[str, Array], out: Array | None = None) -> Array:
        return np.asarray(CONSTANTS[self.name])

    def derivative(self, name: str) -> Expression:
        return ZERO

    def polynomial(self, names: tuple[str, ...]) -> Polynomial | None:
        return None


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
            times(self.left.derivative(name), self.right),
            times(self.left, self.right.derivative(name)),
        )

    def polynomial(self, names: tuple[str, ...]) -> Polynomial | None:
        left, right = self.left.polynomial(names), self.right.polynomial(names)
        return None if left is None or right is None else multiply(left, right)


@dataclass(frozen=True)
class Power(Expression):
    """base ** exponent, the exponent a fixed integer with absolute value up to 64."""

    base: Expression
    exponent: int

    def evaluate(self, values: Mapping[str, Array], out: Array | None = None) -> Array:
        base = self.base.evaluate(values)
        if self.exponent < 0:
            return np.asarray(np.divide(1.0, base ** (-self.exponent), out=out))
        return np.asarray(integer_power(base, self.exponent, out))

    def derivative(self, name: str) -> Expression:
        factor = times(Number(Fraction(self.exponent)), _power(self.base, self.exponent - 1))
        return times(factor, self.base.derivative(name))

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
            return {(0,) * len(names): checked(constant**self.exponent)}
        result: Polynomial = {(0,) * len(names): Fraction(1)}
        for _ in range(self.exponent):
            result = multiply(result, base)
        return result


@dataclass(frozen=True)
class Root(Expression):
    """The real root base ** (1 / degree), NaN where the base is negative."""

    base: Expression
    degree: int

    def evaluate(self, values: Mapping[str, Array], out: Array | None = None) -> Array:
        return np.asarray(self.base.evaluate(values) ** (1.0 / self.degree))

    def derivative(self, name: str) -> Expression:
        inner = times(Number(Fraction(1, self.degree)), self.base.derivative(name))
        return times(inner, Product(self, Power(self.base, -1)))

    def polynomial(self, names: tuple[str, ...]) -> Polynomial | None:
        return None


@dataclass(frozen=True)
class Call(Expression):
    """A named function of one argument, from `FUNCTIONS`."""

    function: str
    argument: Expression

    def evaluate(self, values: Mapping[str, Array], out: Array | None = None) -> Array:
        return np.asarray(FUNCTIONS[self.function].evaluate(self.argument.evaluate(values, out), out=out))

    def derivative(self, name: str) -> Expression:
        return times(FUNCTIONS[self.function].derivative(self.argument), self.argument.derivative(name))

    def polynomial(self, names: tuple[str, ...]) -> Polynomial | None:
        return None


ZERO, ONE = Number(Fraction(0)), Number(Fraction(1))

CONSTANTS: Mapping[str, float] = {"pi": math.pi}


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
    "tan": Function(np.tan, lambda a: Power(Call("cos", a), -2)),
    "asin": Function(np.arcsin, lambda a: Power(Call("sqrt", _one_and(a, -1)), -1)),
    "acos": Function(np.arccos, lambda a: negative(Power(Call("sqrt", _one_and(a, -1)), -1))),
    "atan": Function(np.arctan, lambda a: Power(_one_and(a, 1), -1)),
    "sinh": Function(np.sinh, lambda a: Call("cosh", a)),
    "cosh": Function(np.cosh, lambda a: Call("sinh", a)),
    "tanh": Function(np.tanh, lambda a: Sum(ONE, negative(Power(Call("tanh", a), 2)))),
    "erf": Function(error_function, lambda a: _bell(a)),
    "abs": Function(np.abs, lambda a: Call("sign", a)),
    "sign": Function(np.sign, lambda a: ZERO),
    "relu": Function(lambda x, out=None: np.maximum(x, 0.0, out=out), lambda a: Call("step", a)),
    "step": Function(lambda x, out=None: (x > 0).astype(np.result_type(x, np.float32)), lambda a: ZERO),
}


def _bell(argument: Expression) -> Expression:
    """2/sqrt(pi) * exp(-argument ** 2)."""
    height = Product(Number(Fraction(2)), Power(Call("sqrt", Constant("pi")), -1))
    return Product(height, Call("exp", negative(Power(argument, 2))))


def _one_and(argument: Expression, sign: int) -> Expression:
    """1 + sign * argument ** 2."""
    return Sum(ONE, times(Number(Fraction(sign)), Power(argument, 2)))


def negative(expression: Expression) -> Expression:
    return times(Number(Fraction(-1)), expression)


def _add(left: Expression, right: Expression) -> Expression:
    if left == ZERO:
        return right
    return left if right == ZERO else Sum(left, right)


def times(left: Expression, right: Expression) -> Expression:
    """The product of two trees, zeros and ones left out."""
    if ZERO in (left, right):
        return ZERO
    if left == ONE:
        return right
    return left if right == ONE else Product(left, right)


def _power(base: Expression, exponent: int) -> Expression:
    if exponent == 0:
        return ONE
    return base if exponent == 1 else Power(base, exponent)
