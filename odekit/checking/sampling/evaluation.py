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

_OWN: Mapping[str, Callable[[Any], Any]] = {
    "abs": abs,
    "relu": lambda x: max(x, mpmath.mpf(0)),
    "step": lambda x: mpmath.mpf(x > 0),
}
_PRECISE_FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {
    name: _OWN[name] if name in _OWN else getattr(mpmath, name) for name in FUNCTION_NAMES
}


def measure(expression: Expression, values: Mapping[str, FloatArray]) -> Measured:
    """Value and size at arrays of points; the size adds up absolute values where the value adds terms.

    Rounding and cancellation are judged against the size, which is never much below the largest term.
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


def _power(part: Measured, exponent: int) -> Measured:
    base, size = part
    power = base ** float(exponent)
    return _finite(power, size ** float(exponent) if exponent > 0 else np.abs(power))


def _called(function: Callable[[FloatArray], FloatArray]) -> Callable[[Measured], Measured]:
    return lambda part: _sized(function(part[0]))


_MEASURED: Meanings[Measured] = Meanings(
    number=lambda value: _sized(float(value)),
    constant=lambda name: _sized(getattr(np, name)),
    add=lambda a, b: _finite(a[0] + b[0], a[1] + b[1]),
    multiply=lambda a, b: _finite(a[0] * b[0], a[1] * b[1]),
    power=_power,
    root=lambda part, degree: _sized(part[0] ** (1.0 / degree)),
    functions={name: _called(function) for name, function in ARRAY_FUNCTIONS.items()},
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
