"""Kinks of SymPy's come back as odekit's functions, with the same values."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from odekit.errors import InputError
from odekit.systems.algebra import from_symbolic


@pytest.mark.parametrize(
    "expression",
    [
        sp.Max(0, sp.Symbol("x", real=True)),
        sp.Min(0, sp.Symbol("x", real=True)),
        sp.Max(1, sp.Symbol("x", real=True), sp.Symbol("y", real=True)),
        sp.Min(sp.Symbol("x", real=True), sp.Symbol("y", real=True), 2),
        sp.Max(0, 1 - sp.Max(0, sp.Symbol("x", real=True))) * sp.Heaviside(sp.Symbol("y", real=True), 0),
    ],
    ids=str,
)
def test_kinks_come_back_as_relu_and_step(expression: sp.Expr) -> None:
    points = np.random.default_rng(0).normal(scale=2, size=(2, 50))
    values = from_symbolic(expression).evaluate({"x": points[0], "y": points[1]})
    letters = {name: sp.Symbol(name, real=True) for name in "xy"}
    places = [dict(zip(letters.values(), map(sp.Float, point), strict=True)) for point in points.T]
    expected = [float(expression.xreplace(place)) for place in places]
    assert values == pytest.approx(expected, rel=1e-13, abs=1e-13)


def test_a_step_that_is_a_half_at_its_jump_is_refused() -> None:
    with pytest.raises(InputError, match="no formula of known functions"):
        from_symbolic(sp.Heaviside(sp.Symbol("x", real=True)))
