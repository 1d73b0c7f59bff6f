"""Formulas on intervals: an enclosure of every value that a formula takes on a box, by mpmath."""

from collections.abc import Callable, Mapping
from typing import Any

import mpmath

from odekit.expressions import Meanings

__all__ = ["INTERVALS"]

# Monotone functions are taken at the ends, with as many further bits as their last digits may be wrong in.
GUARD_BITS = 40

_IV = mpmath.iv


def _monotone(function: Callable[[Any], Any], sign: int = 1) -> Callable[[Any], Any]:
    """The enclosure of a function that rises (or falls) everywhere, from its values at the ends."""

    def enclosure(x: Any) -> Any:
        with mpmath.workprec(_IV.prec + GUARD_BITS):
            ends = [function(mpmath.mpf(end)) for end in ((x.a, x.b) if sign > 0 else (x.b, x.a))]
            if not all(isinstance(end, mpmath.mpf) for end in ends):
                raise ValueError("an interval reaches out of the function's domain")
            slack = mpmath.ldexp(1, -_IV.prec - GUARD_BITS // 2)
            low, high = (end + turn * slack * (1 + abs(end)) for end, turn in zip(ends, (-1, 1), strict=True))
            return _IV.mpf([low, high])

    return enclosure


def _cosh(x: Any) -> Any:
    return (_IV.exp(x) + _IV.exp(-x)) / 2


def _root(x: Any, degree: int) -> Any:
    return _monotone(lambda end: mpmath.root(end, degree))(x)


_FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {
    "exp": _IV.exp,
    "log": _IV.log,
    "sqrt": _IV.sqrt,
    "sin": _IV.sin,
    "cos": _IV.cos,
    "tan": lambda x: _IV.sin(x) / _IV.cos(x),
    "asin": _monotone(mpmath.asin),
    "acos": _monotone(mpmath.acos, -1),
    "atan": _monotone(mpmath.atan),
    "sinh": _monotone(mpmath.sinh),
    "cosh": _cosh,
    "tanh": _monotone(mpmath.tanh),
    "erf": _monotone(mpmath.erf),
    "abs": abs,
    "sign": _monotone(mpmath.sign),
    "relu": _monotone(lambda end: max(end, mpmath.mpf(0))),
    "step": _monotone(lambda end: mpmath.mpf(end > 0)),
}

INTERVALS: Meanings[Any] = Meanings(
    number=lambda value: _IV.mpf(value.numerator) / _IV.mpf(value.denominator),
    constant=lambda name: getattr(_IV, name),
    add=lambda a, b: a + b,
    multiply=lambda a, b: a * b,
    power=lambda base, exponent: base**exponent,
    root=_root,
    functions=_FUNCTIONS,
)
