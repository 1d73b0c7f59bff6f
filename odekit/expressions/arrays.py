"""Formulas on NumPy arrays, real or complex: a tree becomes a program that reuses memory where it may."""

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from odekit.expressions.meanings import Meanings
from odekit.extras import on_first_use

__all__ = ["ARRAYS", "ARRAY_FUNCTIONS", "CONSTANTS", "Array", "Program", "array_symbol"]

Array = NDArray[Any]
Values = Mapping[str, Array]
Program = Callable[[Values, Array | None], Array]

CONSTANTS: Mapping[str, float] = {"pi": math.pi}


def _error_function(x: Array, out: Array | None = None) -> Array:
    return np.asarray(on_first_use("scipy.special").erf(x, out=out))


def _step(x: Array, out: Array | None = None) -> Array:
    return np.asarray((x > 0).astype(np.result_type(x, np.float32)))


ARRAY_FUNCTIONS: Mapping[str, Callable[..., Array]] = {
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "erf": _error_function,
    "abs": np.abs,
    "sign": np.sign,
    "relu": lambda x, out=None: np.maximum(x, 0.0, out=out),
    "step": _step,
}


def array_symbol(name: str) -> Program:
    """The array of that name."""
    return lambda values, out: np.asarray(values[name])


def _number(value: Fraction) -> Program:
    """Single precision among arrays that all are, and double precision otherwise."""

    def run(values: Values, out: Array | None) -> Array:
        is_single = values and all(np.asarray(array).dtype.char in "fF" for array in values.values())
        return np.asarray(float(value), np.float32 if is_single else np.float64)

    return run


def _of_two(function: np.ufunc) -> Callable[[Program, Program], Program]:
    def combined(left: Program, right: Program) -> Program:
        return lambda values, out: np.asarray(function(left(values, out), right(values, None), out=out))

    return combined


def _power(base: Program, exponent: int) -> Program:
    if exponent < 0:
        return lambda values, out: np.asarray(np.divide(1.0, base(values, None) ** (-exponent), out=out))
    return lambda values, out: integer_power(base(values, None), exponent, out)


def _root(base: Program, degree: int) -> Program:
    return lambda values, out: np.asarray(base(values, None) ** (1.0 / degree))


def _called(function: Callable[..., Array]) -> Callable[[Program], Program]:
    def applied(argument: Program) -> Program:
        return lambda values, out: np.asarray(function(argument(values, out), out=out))

    return applied


def integer_power(base: Array, exponent: int, out: Array | None) -> Array:
    """Repeated squaring: exact for complex steps, and faster than ``np.power`` on small exponents."""
    if exponent == 0:
        return np.ones_like(base)
    if exponent == 1:
        return base
    half = integer_power(base, exponent // 2, out)
    square: Array = np.multiply(half, half, out=out)
    return np.asarray(np.multiply(square, base, out=out)) if exponent % 2 else square


ARRAYS: Meanings[Program] = Meanings(
    number=_number,
    constant=lambda name: _number(Fraction(CONSTANTS[name])),
    add=_of_two(np.add),
    multiply=_of_two(np.multiply),
    power=_power,
    root=_root,
    functions={name: _called(function) for name, function in ARRAY_FUNCTIONS.items()},
)
