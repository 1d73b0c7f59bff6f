"""Trees at points: in float64 arrays with a bound on their size, and in as many digits as a doubt needs.

What enters are trees and values by name. What leaves are numbers, NaN where a formula, or any part of it, is
not a finite real number; no warning leaves. Nothing here knows what a formula is about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import mpmath
import numpy as np
from numpy.typing import NDArray

from odekit.expressions import (
    FUNCTIONS,
    Call,
    Constant,
    Expression,
    Number,
    Power,
    Product,
    Root,
    Sum,
    Symbol,
)

__all__ = ["WORKING_DIGITS", "measure", "precise"]

FloatArray = NDArray[np.float64]
Measured = tuple[FloatArray, FloatArray]

WORKING_DIGITS = 80

_PRECISE: Mapping[str, Callable[[Any], Any]] = {
    **{name: getattr(mpmath, name) for name in ("exp", "log", "sqrt", "sin", "cos", "tan")},
    **{
        name: getattr(mpmath, name)
        for name in ("asin", "acos", "atan", "sinh", "cosh", "tanh", "erf", "sign")
    },
    "abs": abs,
    "relu": lambda x: max(x, mpmath.mpf(0)),
    "step": lambda x: mpmath.mpf(x > 0),
}


def measure(expression: Expression, values: Mapping[str, FloatArray]) -> Measured:
    """Value and size at arrays of points; the size adds up absolute values where the value adds terms.

    Rounding and cancellation are judged against the size, which is never much below the largest term.
    """
    with np.errstate(all="ignore"):
        return _measure(expression, values, {})


def _measure(node: Expression, values: Mapping[str, FloatArray], known: dict[int, Measured]) -> Measured:
    if id(node) not in known:
        value, size = _measured(node, values, known)
        is_real = np.isfinite(value) & np.isfinite(size)
        known[id(node)] = (np.where(is_real, value, np.nan), size)
    return known[id(node)]


def _measured(node: Expression, values: Mapping[str, FloatArray], known: dict[int, Measured]) -> Measured:
    if isinstance(node, Sum | Product):
        (a, size_a), (b, size_b) = (_measure(child, values, known) for child in (node.left, node.right))
        return (a + b, size_a + size_b) if isinstance(node, Sum) else (a * b, size_a * size_b)
    if isinstance(node, Power):
        base, size = _measure(node.base, values, known)
        power = base ** float(node.exponent)
        return power, size ** float(node.exponent) if node.exponent > 0 else np.abs(power)
    if isinstance(node, Root):
        value = _measure(node.base, values, known)[0] ** (1.0 / node.degree)
    elif isinstance(node, Call):
        value = FUNCTIONS[node.function].evaluate(_measure(node.argument, values, known)[0])
    else:
        value = np.asarray(node.evaluate(values), dtype=np.float64)
    return value, np.abs(value)


def precise(expression: Expression, values: Mapping[str, Any]) -> Any:
    """Value at one point of exact numbers, to the working precision of mpmath.

    Only for points at which `measure` found every part finite, so that no part is too large to hold.
    """
    return _precise(expression, values, {})


def _precise(node: Expression, values: Mapping[str, Any], known: dict[int, Any]) -> Any:
    if id(node) not in known:
        known[id(node)] = _precisely(node, values, known)
    return known[id(node)]


def _precisely(node: Expression, values: Mapping[str, Any], known: dict[int, Any]) -> Any:
    if isinstance(node, Number):
        return mpmath.mpf(node.value.numerator) / node.value.denominator
    if isinstance(node, Constant):
        return +getattr(mpmath, node.name)
    if isinstance(node, Symbol):
        return values[node.name]
    if isinstance(node, Sum):
        return _precise(node.left, values, known) + _precise(node.right, values, known)
    if isinstance(node, Product):
        return _precise(node.left, values, known) * _precise(node.right, values, known)
    if isinstance(node, Power):
        return _precise(node.base, values, known) ** node.exponent
    if isinstance(node, Root):
        return mpmath.root(_precise(node.base, values, known), node.degree)
    if isinstance(node, Call):
        return _PRECISE[node.function](_precise(node.argument, values, known))
    raise TypeError(f"{type(node).__name__} is no part of a formula")
