"""An interval holds every value of its formula, and not much more."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest

from odekit.expressions import FORMULA, parse
from odekit.systems.algebra import INTERVALS

# A formula, and an interval in its domain.
FORMULAS = [
    ("exp(x) - x**3", (-0.5, 0.75)),
    ("log(x)/x", (0.5, 2.0)),
    ("sqrt(x) + x**(1/3)", (0.25, 4.0)),
    ("sin(x)*cos(2*x)", (-1.0, 3.0)),
    ("tan(x)", (-0.5, 1.0)),
    ("asin(x) + acos(x/2)", (-0.5, 0.75)),
    ("atan(x) - erf(x)", (-2.0, 1.0)),
    ("sinh(x) + cosh(x) + tanh(x)", (-1.0, 1.0)),
    ("abs(x) + relu(x) + sign(x)*step(x)", (-1.0, 2.0)),
    ("pi*x - 1/3", (0.0, 1.0)),
]


@pytest.mark.parametrize(("text", "ends"), FORMULAS)
def test_every_value_lies_in_the_enclosure(text: str, ends: tuple[float, float]) -> None:
    tree = parse(text, ("x",), FORMULA)
    enclosure = tree.fold(INTERVALS, lambda name: mpmath.iv.mpf(list(ends)))
    values = tree.evaluate({"x": np.linspace(*ends, 1001)})
    # NumPy's own rounding of a few operations.
    rounding = 8 * np.finfo(np.float64).eps * np.abs(values).max()
    assert values.min() >= float(enclosure.a) - rounding
    assert values.max() <= float(enclosure.b) + rounding


@pytest.mark.parametrize(("text", "ends"), FORMULAS)
def test_a_point_gives_a_narrow_interval(text: str, ends: tuple[float, float]) -> None:
    middle = 0.6 * ends[0] + 0.4 * ends[1] + 0.01
    tree = parse(text, ("x",), FORMULA)
    enclosure = tree.fold(INTERVALS, lambda name: mpmath.iv.mpf(middle))
    assert float(enclosure.delta) < 1e-14
    assert float(enclosure.mid) == pytest.approx(float(tree.evaluate({"x": np.array(middle)})), rel=1e-13)


def test_an_interval_outside_of_the_domain_is_refused() -> None:
    with pytest.raises(ValueError, match="domain"):
        parse("asin(x)", ("x",), FORMULA).fold(INTERVALS, lambda name: mpmath.iv.mpf([0.5, 1.5]))


def test_the_enclosure_of_a_monotone_function_is_rounded_outwards() -> None:
    exact = mpmath.iv.mpf(0.3)
    enclosure = parse("atan(x)", ("x",), FORMULA).fold(INTERVALS, lambda name: exact)
    with mpmath.workdps(60):
        assert enclosure.a < mpmath.atan(mpmath.mpf(0.3)) < enclosure.b
    assert float(enclosure.mid) == pytest.approx(math.atan(0.3), rel=1e-15)
