"""Coefficients as straight-line code, against the series of exact solutions."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest
import sympy as sp

from odekit.solvers.codegen import formulas_of
from odekit.solvers.codegen.taylor import series_code
from odekit.solvers.codegen.taylor_series import ORDER, coefficient_lines

x, y, t = sp.symbols("x y t")


def coefficients(system: Any, start: list[float], time: float, scale: float) -> np.ndarray:
    code = series_code(formulas_of(system))
    scope = {f"y{j}_0": value for j, value in enumerate(start)} | {"t": time, "s": scale}
    exec("\n".join(coefficient_lines(code)), scope)
    return np.array([[scope[f"y{j}_{k}"] for k in range(ORDER + 1)] for j in range(code.states)])


def expected(solution: sp.Expr, time: float, scale: float) -> list[float]:
    with mpmath.workdps(80):
        series = mpmath.taylor(sp.lambdify(t, solution, "mpmath"), time, ORDER)
        return [float(value * mpmath.mpf(scale) ** k) for k, value in enumerate(series)]


SOLUTIONS = {
    "tangent": ((1 + x**2,), (sp.tan(t),)),
    "pole": ((x**3 / 2,), (1 / sp.sqrt(1 - t),)),
    "powers of time": ((t**3 - 2 * t + 5,), (t**4 / 4 - t**2 + 5 * t,)),
    "time as a factor": ((-2 * t * x,), (sp.exp(-(t**2)),)),
    "two states": ((x * y, -(y**2)), (1 + t, 1 / (1 + t))),
}


@pytest.mark.parametrize("kind", SOLUTIONS)
def test_coefficients_are_those_of_the_exact_solution(system: Any, kind: str) -> None:
    field, solution = SOLUTIONS[kind]
    time, scale = 0.25, 0.5
    ours = system((x, y)[: len(field)], field)
    start = [float(entry.subs(t, time)) for entry in solution]
    found = coefficients(ours, start, time, scale)
    for row, entry in zip(found, solution, strict=True):
        exact = expected(entry, time, scale)
        # Some 17 sums of up to 17 products each.
        np.testing.assert_allclose(row, exact, rtol=1e-13, atol=1e-14)


def test_a_wrong_field_has_other_coefficients(system: Any) -> None:
    found = coefficients(system((x,), (1 - x**2,)), [np.tan(0.25)], 0.25, 0.5)[0]
    assert abs(found[3] - expected(sp.tan(t), 0.25, 0.5)[3]) > 1e-3
