"""Scalar code against array code: two printers, the same vector field."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import sympy as sp

from odekit.errors import InputError
from odekit.solvers import compile
from odekit.solvers.codegen import formulas_of
from odekit.solvers.codegen.scalar import scalar_code
from odekit.solvers.kernels.numba_dop853 import ScalarCode
from odekit.solvers.kernels.numba_text.waves import EXPONENTIAL, WAVES

a, b, k, t = sp.symbols("a b k t")

FIELDS = {
    "plain": (k * a * b, -k * a),
    "powers": (a**3 + a**-2 + b**-9, (a + b) ** 12 + sp.sqrt(b) + a ** sp.Rational(3, 2) + b**k),
    "trigonometry": (sp.sin(a) * sp.cos(b) + sp.tan(k), sp.atan2(a, b) + sp.acos(a / 9) + sp.asin(b / 9)),
    "hyperbolic": (sp.sinh(a) * sp.tanh(b) + sp.cosh(k), sp.asinh(a) + sp.acosh(b + 2) + sp.atanh(a / 9)),
    "exponential": (sp.exp(-a) * sp.log(b + 2), sp.exp(sp.pi) * sp.E**b),
    "steps": (sp.sign(a - 1) + sp.floor(3 * a), sp.ceiling(3 * b) * sp.Heaviside(a - b) + sp.Mod(a, b)),
    "corners": (sp.Abs(a - b) + sp.Max(a, b, 1), sp.Min(a, b) * sp.Piecewise((a, a > b), (k, True))),
    "constants": (sp.Integer(0), sp.Rational(1, 3)),
    "time": (t * a, sp.cos(t)),
}


def evaluate(code: ScalarCode, time: float, y: np.ndarray, p: np.ndarray) -> list[float]:
    scope: dict[str, Any] = {"math": math, "np": np, "t": time}
    exec(WAVES + EXPONENTIAL, scope)
    scope |= {f"y{i}": float(value) for i, value in enumerate(y)}
    scope |= {f"p{j}": float(value) for j, value in enumerate(p)}
    exec("\n".join(code.statements), scope)
    return [eval(result, scope) for result in code.results]


@pytest.mark.parametrize("kind", FIELDS)
def test_scalar_code_agrees_with_array_code(system: Any, kind: str) -> None:
    field = system((a, b), FIELDS[kind], (k,))
    rng = np.random.default_rng(0)
    times, y, p = rng.uniform(0.5, 1.5, 8), rng.uniform(0.5, 1.5, (2, 8)), rng.uniform(0.5, 1.5, (1, 8))
    expected = np.empty_like(y)
    compile(field).rhs(times, y, p, expected)
    code = scalar_code(formulas_of(field))
    found = np.array([evaluate(code, times[i], y[:, i], p[:, i]) for i in range(8)]).T
    # The same formulas; powers and libraries may differ by some units in the last place.
    np.testing.assert_allclose(found, expected, rtol=1e-13)


def test_entries_are_floats_even_where_the_field_is_an_integer(system: Any) -> None:
    assert scalar_code(formulas_of(system((a,), (sp.Integer(2),)))).results == ("float(2)",)


def test_a_function_without_scalar_code_is_refused(system: Any) -> None:
    with pytest.raises(InputError, match="a function without code, one of re"):
        scalar_code(formulas_of(system((a,), (sp.re(a),))))


def test_negative_powers_are_divisions_that_raise_nothing_at_zero(system: Any) -> None:
    code = scalar_code(formulas_of(system((a, b), (1 / a, b**-3))))
    assert not any("**" in text for text in (*code.statements, *code.results))
    assert evaluate(code, 0.0, np.array([4.0, 2.0]), np.zeros(0)) == [0.25, 0.125]
