"""Zeros of a polynomial on the line: all of them are found, apart at any scale, in alternating stability."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from odekit.systems import system

x = sp.Symbol("x", real=True)
SCALES = st.integers(-12, 6).map(lambda power: Fraction(10) ** power)
CLUSTERS = st.lists(
    st.tuples(st.integers(-3, 3), SCALES, st.lists(st.integers(1, 9), min_size=1, max_size=2, unique=True)),
    min_size=1,
    max_size=2,
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(CLUSTERS, st.sampled_from((1, -1)), SCALES)
def test_simple_zeros_on_the_line_are_all_found_and_alternate(
    clusters: list[tuple[int, Fraction, list[int]]], sign: int, size: Fraction
) -> None:
    roots = sorted({centre + step * scale for centre, scale, steps in clusters for step in steps})
    exact = [sp.Rational(root.numerator, root.denominator) for root in roots]
    factor = sp.Rational(size.numerator, size.denominator)
    field = sign * factor * sp.Mul(*(x - root for root in exact))
    points = system({x: sp.expand(field)}).fixed_points()
    assert [point.values[x] for point in points] == exact
    # Right of the largest zero the field has the sign of its leading coefficient.
    words = ["repels" if sign * (-1) ** place > 0 else "attracts" for place in range(len(exact))]
    assert [point.stability for point in points] == words[::-1]


@pytest.mark.parametrize("power", [3, 9, 15])
def test_zeros_without_a_formula_alternate_at_any_scale(power: int) -> None:
    scale = sp.Rational(1, 10**power)
    field = sp.expand(x**5 - 5 * scale**4 * x + scale**5)
    points = system({x: field}).fixed_points()
    assert [point.stability for point in points] == ["repels", "attracts", "repels"]
    for point in points:
        assert abs(sp.re(field.subs(x, point.values[x]))) < scale**5 * sp.Rational(1, 10**11)
