"""Trees at points, in float64 with their size or in many digits; NaN where a part is not a finite number."""

from collections.abc import Callable, Mapping
from typing import Any

import mpmath
import numpy as np

from odekit.arrays import FloatArray
from odekit.expressions import ARRAY_FUNCTIONS, FUNCTION_NAMES, Expression, Meanings

__all__ = ["WORKING_DIGITS", "measure", "precise"]

Measured = tuple[FloatArray, FloatArray]

WORKING_DIGITS = 80  # so many that cancellation leaves the 65 by which equality is decided
_SMALLEST = 1e-290  # well above what float64 holds in fewer digits
_UNDECIDED = 1e-13  # relative to the size; a few hundred roundings of a float64

_OWN: Mapping[str, Callable[[Any], Any]] = {
    "abs": abs,
    "relu": lambda x: max(x, mpmath.mpf(0)),
    "step": lambda x: mpmath.mpf(x > 0),
}
_PRECISE_FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {
    name: _OWN[name] if name in _OWN else getattr(mpmath, name) for name in FUNCTION_NAMES
}


def measure(expression: Expression, values: Mapping[str, FloatArray]) -> Measured:
    """Value and size at arrays of points: the size times the rounding of one number bounds that of the value.

    So sums add up absolute values, and f(x) is as large as |f(x)| and |f'(x)| times the size of x. What jumps
    or ends at a point is NaN where rounding alone decides on which side of it the argument is.
    """
    with np.errstate(all="ignore"):
        return expression.fold(_MEASURED, lambda name: _sized(np.asarray(values[name], dtype=np.float64)))


def precise(expression: Expression, values: Mapping[str, Any]) -> Any:
    """Value at one point of exact numbers, to the working precision of mpmath.

    Only for points at which `measure` found every part finite, so that no part is too large to hold.
    """
    return expression.fold(_PRECISE, values.__getitem__)


def _sized(value: Any) -> Measured:
    return _finite(np.asarray(value, dtype=np.float64), np.abs(value))


def _finite(value: FloatArray, size: FloatArray) -> Measured:
    """NaN where value or size is no finite number."""
    return np.where(np.isfinite(value) & np.isfinite(size), value, np.nan), size


def _product(a: Measured, b: Measured) -> Measured:
    return _finite(_held(a[0] * b[0], (a[0] != 0) & (b[0] != 0)), a[1] * b[1])


def _held(value: FloatArray, is_something: Any) -> FloatArray:
    """NaN where a number that is not 0 became too small to hold."""
    return np.where((np.abs(value) < _SMALLEST) & is_something, np.nan, value)


def _power(part: Measured, exponent: int) -> Measured:
    base, size = part
    if exponent > 0:
        return _finite(_held(base ** float(exponent), base != 0), size ** float(exponent))
    power = _held(np.where(_is_undecided(part), np.nan, base) ** float(exponent), True)
    return _finite(power, np.abs(power) * (1 - exponent * _ratio(size, np.abs(base))))


def _root(part: Measured, degree: int) -> Measured:
    base, size = part
    root = np.where(_is_undecided(part), np.nan, base) ** (1.0 / degree)
    return _finite(root, np.abs(root) * (1 + _ratio(size, np.abs(base)) / degree))


def _called(name: str) -> Callable[[Measured], Measured]:
    function, slope = ARRAY_FUNCTIONS[name], _STEEPNESS.get(name)

    def called(part: Measured) -> Measured:
        size = part[1]
        edge = part if name not in ("asin", "acos") else (1 - np.abs(part[0]), size)
        argument = np.where(_is_undecided(edge), np.nan, part[0]) if name in _EDGED else part[0]
        if slope is None:
            return _sized(np.where(np.isnan(argument), np.nan, function(argument)))
        value, grown = function(argument), np.abs(slope(argument)) * size
        value = _held(value, True) if name == "exp" else value
        return _finite(value, np.abs(value) + np.where(size > 0, grown, 0.0))

    return called


def _ratio(size: FloatArray, base: FloatArray) -> FloatArray:
    """Size over absolute value, 1 where there is neither."""
    return np.where(size > 0, size / base, 1.0)


def _is_undecided(part: Measured) -> FloatArray:
    """Where rounding alone decides the sign; a difference that is 0 is one of equal numbers."""
    return np.asarray((part[0] != 0) & (np.abs(part[0]) < _UNDECIDED * part[1]))


# What jumps at zero, or is real on one side only of zero, or of an argument of 1.
_EDGED = ("sign", "step", "log", "sqrt", "asin", "acos")
# The derivative of each function that has one everywhere; the others jump at zero.
_STEEPNESS: Mapping[str, Callable[[FloatArray], FloatArray]] = {
    "exp": np.exp,
    "log": np.reciprocal,
    "sqrt": lambda x: 0.5 / np.sqrt(x),
    "sin": np.cos,
    "cos": np.sin,
    "tan": lambda x: np.cos(x) ** -2,
    "asin": lambda x: (1 - x * x) ** -0.5,
    "acos": lambda x: (1 - x * x) ** -0.5,
    "atan": lambda x: 1 / (1 + x * x),
    "sinh": np.cosh,
    "cosh": np.sinh,
    "tanh": lambda x: np.cosh(x) ** -2,
    "erf": lambda x: np.exp(-x * x) * 2 / np.sqrt(np.pi),
    "abs": np.ones_like,
    "relu": np.ones_like,
}

_MEASURED: Meanings[Measured] = Meanings(
    number=lambda value: _sized(float(value)),
    constant=lambda name: _sized(getattr(np, name)),
    add=lambda a, b: _finite(a[0] + b[0], a[1] + b[1]),
    multiply=_product,
    power=_power,
    root=_root,
    functions={name: _called(name) for name in FUNCTION_NAMES},
)

_PRECISE: Meanings[Any] = Meanings(
    number=lambda value: mpmath.mpf(value.numerator) / value.denominator,
    constant=lambda name: +getattr(mpmath, name),
    add=lambda a, b: a + b,
    multiply=lambda a, b: a * b,
    power=lambda base, exponent: base**exponent,
    root=mpmath.root,
    functions=_PRECISE_FUNCTIONS,
)
