"""End states of the flow to more than 40 digits, by a Taylor series in integers.

Starts and end times enter as the floats that they are, end states leave rounded to float64. Nothing of odekit
takes part: this is what odekit and its peers are measured against.

The flow is invariant under ``x -> l^2 x, (X, Y) -> l (X, Y), t -> t/l``: in units of ``l = p t_end`` the rate
is 1 and the end is at 1. Numbers are integers in units of ``2**-BITS``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from operator import mul

import mpmath
import numpy as np
from numpy.typing import NDArray

__all__ = ["DIGITS", "polynomial_reference", "trigonometric_reference"]

FloatArray = NDArray[np.float64]
States = tuple[int, int, int]

DIGITS = 45
BITS = 240
ORDER = 60


def polynomial_reference(y0: FloatArray, end: FloatArray, rate: int) -> FloatArray:
    """(x, X, Y) at the end times: (3, batch) from (3, batch) starts and (batch,) times."""
    out = np.empty_like(y0)
    for lane, (start, time) in enumerate(zip(y0.T.tolist(), end.tolist(), strict=True)):
        unit = rate * Fraction(time)
        x, X, Y = (Fraction(value) for value in start)
        out[:, lane] = [float(value) for value in _flow((x, X, Y), unit)]
    return out


def trigonometric_reference(y0: FloatArray, end: FloatArray, rate: int) -> FloatArray:
    """(alpha, beta, D) at the end times: (3, batch) from (3, batch) starts and (batch,) times."""
    out = np.empty_like(y0)
    with mpmath.workdps(DIGITS + 15):
        for lane, (start, time) in enumerate(zip(y0.T.tolist(), end.tolist(), strict=True)):
            alpha, beta, D = start
            X, Y = (_exact(beta * part(mpmath.mpf(D))) for part in (mpmath.cos, mpmath.sin))
            x, X, Y = _flow((Fraction(alpha) ** 2, X, Y), rate * Fraction(time))
            out[0, lane] = mpmath.sqrt(_mpf(x))
            out[1, lane] = mpmath.hypot(_mpf(X), _mpf(Y))
            out[2, lane] = mpmath.atan2(_mpf(Y), _mpf(X))
    return out


def _flow(start: tuple[Fraction, Fraction, Fraction], unit: Fraction) -> tuple[Fraction, ...]:
    weights = (unit * unit, unit, unit)
    x, X, Y = (round(value * weight * 2**BITS) for value, weight in zip(start, weights, strict=True))
    end = _follow((x, X, Y))
    return tuple(Fraction(value, 2**BITS) / weight for value, weight in zip(end, weights, strict=True))


def _follow(y: States) -> States:
    left = 1 << BITS
    while left:
        x, X, Y = _coefficients(y)
        step = min(left, _step(x, X, Y))
        y = (_at(x, step), _at(X, step), _at(Y, step))
        left -= step
    return y


def _coefficients(y: States) -> tuple[list[int], list[int], list[int]]:
    """Taylor coefficients of the solution through y."""
    x, X, Y = ([value] for value in y)
    for order in range(ORDER):
        scale = order + 1 << BITS
        dx, dX, dY = 4 * _product(x, X), (x[order] << BITS) + 4 * _product(Y, Y), -4 * _product(X, Y)
        x.append(dx // scale)
        X.append(dX // scale)
        Y.append(dY // scale)
    return x, X, Y


def _product(a: Sequence[int], b: Sequence[int]) -> int:
    return sum(map(mul, a, reversed(b)))


def _step(*series: Sequence[int]) -> int:
    """Step at which the last terms stay below ``10**-DIGITS`` of the largest state."""
    size = max(abs(each[0]) for each in series)
    last = max(abs(each[-1]) for each in series) or 1
    exponent = (math.log(size) - math.log(last) - DIGITS * math.log(10.0)) / ORDER
    return round(math.exp(exponent) * 2**53) << (BITS - 53)


def _at(series: Sequence[int], step: int) -> int:
    total = 0
    for coefficient in reversed(series):
        total = coefficient + (total * step >> BITS)
    return total


def _exact(value: mpmath.mpf) -> Fraction:
    return Fraction(int(mpmath.floor(mpmath.ldexp(value, BITS))), 2**BITS)


def _mpf(value: Fraction) -> mpmath.mpf:
    return mpmath.mpf(value.numerator) / value.denominator
