"""Numbers recognised: rationals, times or over pi, their square roots, all times powers of parameters."""

import math
from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from odekit.arrays import FloatArray
from odekit.checking.flow import ONE
from odekit.expressions import Call, Constant, Expression, Number, Power, Root, Symbol, times

__all__ = ["monomial", "number", "power"]

LARGEST = 2000  # with larger denominators an arbitrary number is soon within _CLOSE of a fraction
MOST_PARTS = 6  # largest denominator of an exponent; simple formulas have no higher roots
_CLOSE = 1e-9  # relative, well above the rounding of a float64


def number(value: float) -> Expression | None:
    """A simple number that is close to ``value`` relative to 1e-9.

    >>> number(-0.75)
    Number(value=Fraction(-3, 4))
    """
    for extra, factor in ((ONE, 1.0), (Constant("pi"), math.pi), (Power(Constant("pi"), -1), 1 / math.pi)):
        plain = _rational(value / factor)
        if plain is not None:
            return times(Number(plain), extra)
    square = _rational(value * value)
    if square is None or not square:
        return None
    root: Expression = Call("sqrt", Number(square))
    return root if value > 0 else times(Number(Fraction(-1)), root)


def _rational(value: float) -> Fraction | None:
    if not math.isfinite(value):
        return None
    near = Fraction(value).limit_denominator(LARGEST)
    is_simple = abs(near.numerator) <= LARGEST * LARGEST
    return near if is_simple and abs(float(near) - value) <= _CLOSE * abs(value) else None


def monomial(values: FloatArray, variables: Mapping[str, FloatArray]) -> Expression | None:
    """A number times powers of variables that has these values; exponents are multiples of one half.

    Parameters
    ----------
    values: (points,) float64, of one sign.
    variables: (points,) float64, not zero, by name.
    """
    if not np.isfinite(values).all() or not values.size or (values == 0).any():
        return None
    if not ((values > 0).all() or (values < 0).all()):
        return None
    logs = [np.log(np.abs(value)) for value in variables.values()]
    design = np.stack([np.ones_like(values), *logs], axis=1)
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return None
    solution = np.linalg.lstsq(design, np.log(np.abs(values)), rcond=None)[0]
    exponents = np.rint(2 * solution[1:]) / 2
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        powers = sum((e * log for e, log in zip(exponents, logs, strict=True)), np.zeros_like(values))
        rest = values / np.exp(powers)
        is_constant = np.ptp(rest) <= _CLOSE * abs(rest[0])
    if not is_constant:
        return None
    result = number(float(np.median(rest)))
    for name, exponent in zip(variables, exponents, strict=True):
        result = None if result is None else times(result, power(name, float(exponent)))
    return result


def power(name: str, exponent: float) -> Expression:
    """A name to a power that is a fraction of small denominator."""
    fraction = Fraction(exponent).limit_denominator(MOST_PARTS)
    if not fraction:
        return ONE
    base: Expression = Symbol(name)
    if fraction.denominator > 1:
        base = Call("sqrt", base) if fraction.denominator == 2 else Root(base, fraction.denominator)
    return base if fraction.numerator == 1 else Power(base, fraction.numerator)
