"""Sums, products, integrals and derivatives in SymPy input are worked out, or named in the refusal."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from odekit import gradient_flow, solve, system
from odekit.errors import InputError

x, y = sp.symbols("x y", real=True)
i = sp.Symbol("i", integer=True)
f = sp.Function("f")


@pytest.mark.parametrize(
    ("energy", "slope"),
    [
        (sp.Sum(x**i, (i, 1, 4)), 1 + 2 * x + 3 * x**2 + 4 * x**3),
        (sp.Product(x + i, (i, 1, 3)), 3 * x**2 + 12 * x + 11),
        (sp.Integral(sp.exp(-(y**2)), (y, 0, x)), sp.exp(-(x**2))),
        (sp.Derivative(x**4, x), 12 * x**2),
        (sp.Limit(sp.sin(x * y) / y, y, 0) * x, 2 * x),
        (sp.Derivative(sp.Sum(x**i, (i, 1, 3)), x), 2 + 6 * x),
        (sp.arg(x) + x**2 / 2, x),
        (sp.sign(x / (1 + x**2)) + x**2, 2 * x),
    ],
)
def test_what_has_a_closed_form_is_worked_out(energy: sp.Expr, slope: sp.Expr) -> None:
    flow = gradient_flow(energy, [x])
    assert sp.simplify(flow.vector_field[0] + slope) == 0
    # The slope by hand, Euler's step of a time at which the second order is rounding.
    start, short = 0.5, 1e-9
    after = float(solve(flow, [start], short).y[-1, 0, 0])
    assert after == pytest.approx(start - short * float(slope.subs(x, start)), abs=1e-14)


def test_a_symbol_without_assumptions_is_meant_as_the_state() -> None:
    plain = sp.Symbol("x")
    assert str(gradient_flow(sp.Derivative(plain**3, plain), [plain])) == "x' = -6*x"


@pytest.mark.parametrize(
    ("formula", "named"),
    [
        (f(x) + x**2, r"f\(x\)"),
        (sp.Sum(f(i) * x, (i, 1, 3)), r"f\(1\)"),
        (sp.Integral(sp.sin(sp.sin(y)), (y, 0, x)), r"Integral\(sin\(sin\(y\)\)"),
        (sp.Sum(sp.sin(x**i), (i, 1, sp.oo)), r"Sum\(sin\(x\*\*i\)"),
        (sp.Derivative(f(x), x), r"f\(x\)"),
    ],
)
def test_what_has_none_is_named(formula: sp.Expr, named: str) -> None:
    with pytest.raises(InputError, match=rf"the energy holds {named}"):
        gradient_flow(formula, [x])
    with pytest.raises(InputError, match=rf"the velocity of x holds {named}"):
        system({x: formula})


def test_the_slope_of_a_step_inside_of_another_function_is_none() -> None:
    flow = gradient_flow("sin(sign(a/b)) + a**2*b**2/2", "a b")
    np.testing.assert_allclose(flow.function()(0.0, [0.5, 2.0]), [-2.0, -0.5])
