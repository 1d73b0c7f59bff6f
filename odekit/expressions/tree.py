"""The expression tree: sums, products, powers, roots and functions, read by folding a table of `Meanings`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cached_property
from typing import Any, Generic, TypeVar

from odekit.expressions.arrays import ARRAYS, Array, Program, array_symbol
from odekit.expressions.meanings import Meanings
from odekit.expressions.polynomial import Polynomial, polynomial_meanings, polynomial_symbol

__all__ = [
    "Call",
    "Constant",
    "Expression",
    "Number",
    "Power",
    "Product",
    "Root",
    "Sum",
    "Symbol",
    "negative",
    "times",
]

T = TypeVar("T")


@dataclass(frozen=True)
class Expression:
    """A node of the tree; its children are expressions, its leaves numbers, constants and symbols."""

    def fold(self, meanings: Meanings[T], symbol: Callable[[str], T]) -> T:
        """What the tree means, from its leaves up; a part that occurs twice is folded once.

        Parameters
        ----------
        meanings: of every kind of part.
        symbol: the meaning of a symbol, by its name.
        """
        return _Fold(meanings, symbol)(self)

    def evaluate(self, values: Mapping[str, Array], out: Array | None = None) -> Array:
        """Value at arrays (real or complex) given by name, elementwise.

        ``out`` is room of the value's shape and type, not one of the arrays, which spares allocations. The
        value may use it, and may as well be one of the arrays given.
        """
        return self._program(values, out)

    def derivative(self, name: str) -> Expression:
        """Partial derivative with respect to the symbol ``name``."""
        return self.fold(_DUAL, lambda other: (Symbol(other), ONE if other == name else ZERO))[1]

    def polynomial(self, names: tuple[str, ...]) -> Polynomial | None:
        """Exact coefficients by exponents of ``names``; None where the tree is no polynomial in them.

        >>> from odekit.expressions import parse
        >>> parse("(z + 1)**2 / 4", ("z",)).polynomial(("z",))[(1,)]
        Fraction(1, 2)
        """
        return self.fold(polynomial_meanings(len(names)), lambda name: polynomial_symbol(name, names))

    @cached_property
    def _program(self) -> Program:
        return self.fold(ARRAYS, array_symbol)

    def __getstate__(self) -> dict[str, Any]:
        """The fields alone: a program can't be pickled, and is made again."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def _meaning(self, of: _Fold[T]) -> T:
        raise NotImplementedError


class _Fold(Generic[T]):
    """One fold under way, and what it has read already."""

    def __init__(self, meanings: Meanings[T], symbol: Callable[[str], T]) -> None:
        self.meanings, self.symbol = meanings, symbol
        self._known: dict[int, T] = {}

    def __call__(self, part: Expression) -> T:
        if id(part) not in self._known:
            self._known[id(part)] = part._meaning(self)
        return self._known[id(part)]


@dataclass(frozen=True)
class Number(Expression):
    """An exact rational; decimals are read as written, so 0.1 is one tenth.

    Its value is float32 among arrays that are all of single precision, and float64 otherwise.
    """

    value: Fraction

    def _meaning(self, of: _Fold[T]) -> T:
        return of.meanings.number(self.value)


@dataclass(frozen=True)
class Constant(Expression):
    """A number that is no rational, by its name: ``"pi"``."""

    name: str

    def _meaning(self, of: _Fold[T]) -> T:
        return of.meanings.constant(self.name)


@dataclass(frozen=True)
class Symbol(Expression):
    """A variable, looked up by name at evaluation."""

    name: str

    def _meaning(self, of: _Fold[T]) -> T:
        return of.symbol(self.name)


@dataclass(frozen=True)
class Sum(Expression):
    """left + right."""

    left: Expression
    right: Expression

    def _meaning(self, of: _Fold[T]) -> T:
        return of.meanings.add(of(self.left), of(self.right))


@dataclass(frozen=True)
class Product(Expression):
    """left * right."""

    left: Expression
    right: Expression

    def _meaning(self, of: _Fold[T]) -> T:
        return of.meanings.multiply(of(self.left), of(self.right))


@dataclass(frozen=True)
class Power(Expression):
    """base ** exponent, the exponent a fixed integer with absolute value up to 64."""

    base: Expression
    exponent: int

    def _meaning(self, of: _Fold[T]) -> T:
        return of.meanings.power(of(self.base), self.exponent)


@dataclass(frozen=True)
class Root(Expression):
    """The real root base ** (1 / degree), NaN where the base is negative."""

    base: Expression
    degree: int

    def _meaning(self, of: _Fold[T]) -> T:
        return of.meanings.root(of(self.base), self.degree)


@dataclass(frozen=True)
class Call(Expression):
    """A named function of one argument, from `FUNCTION_NAMES`."""

    function: str
    argument: Expression

    def _meaning(self, of: _Fold[T]) -> T:
        return of.meanings.functions[self.function](of(self.argument))


ZERO, ONE = Number(Fraction(0)), Number(Fraction(1))

# A tree and its derivative.
Dual = tuple[Expression, Expression]

_SLOPES: Mapping[str, Callable[[Expression], Expression]] = {
    "exp": lambda a: Call("exp", a),
    "log": lambda a: Power(a, -1),
    "sqrt": lambda a: Product(Number(Fraction(1, 2)), Power(Call("sqrt", a), -1)),
    "sin": lambda a: Call("cos", a),
    "cos": lambda a: negative(Call("sin", a)),
    "tan": lambda a: Power(Call("cos", a), -2),
    "asin": lambda a: Power(Call("sqrt", _one_and(a, -1)), -1),
    "acos": lambda a: negative(Power(Call("sqrt", _one_and(a, -1)), -1)),
    "atan": lambda a: Power(_one_and(a, 1), -1),
    "sinh": lambda a: Call("cosh", a),
    "cosh": lambda a: Call("sinh", a),
    "tanh": lambda a: Sum(ONE, negative(Power(Call("tanh", a), 2))),
    "erf": lambda a: _bell(a),
    "abs": lambda a: Call("sign", a),
    "sign": lambda a: ZERO,
    "relu": lambda a: Call("step", a),
    "step": lambda a: ZERO,
}


def negative(expression: Expression) -> Expression:
    """The tree with the other sign."""
    return times(Number(Fraction(-1)), expression)


def times(left: Expression, right: Expression) -> Expression:
    """The product of two trees, zeros and ones left out."""
    if ZERO in (left, right):
        return ZERO
    if left == ONE:
        return right
    return left if right == ONE else Product(left, right)


def _plus(left: Expression, right: Expression) -> Expression:
    if left == ZERO:
        return right
    return left if right == ZERO else Sum(left, right)


def _bell(argument: Expression) -> Expression:
    """2/sqrt(pi) * exp(-argument ** 2)."""
    height = Product(Number(Fraction(2)), Power(Call("sqrt", Constant("pi")), -1))
    return Product(height, Call("exp", negative(Power(argument, 2))))


def _one_and(argument: Expression, sign: int) -> Expression:
    """1 + sign * argument ** 2."""
    return Sum(ONE, times(Number(Fraction(sign)), Power(argument, 2)))


def _raised(base: Expression, exponent: int) -> Expression:
    if exponent == 0:
        return ONE
    return base if exponent == 1 else Power(base, exponent)


def _dual_power(part: Dual, exponent: int) -> Dual:
    base, slope = part
    return Power(base, exponent), times(times(Number(Fraction(exponent)), _raised(base, exponent - 1)), slope)


def _dual_root(part: Dual, degree: int) -> Dual:
    (base, slope), root = part, Root(part[0], degree)
    return root, times(times(Number(Fraction(1, degree)), slope), Product(root, Power(base, -1)))


def _dual_call(name: str) -> Callable[[Dual], Dual]:
    return lambda part: (Call(name, part[0]), times(_SLOPES[name](part[0]), part[1]))


_DUAL: Meanings[Dual] = Meanings(
    number=lambda value: (Number(value), ZERO),
    constant=lambda name: (Constant(name), ZERO),
    add=lambda a, b: (Sum(a[0], b[0]), _plus(a[1], b[1])),
    multiply=lambda a, b: (Product(a[0], b[0]), _plus(times(a[1], b[0]), times(a[0], b[1]))),
    power=_dual_power,
    root=_dual_root,
    functions={name: _dual_call(name) for name in _SLOPES},
)
