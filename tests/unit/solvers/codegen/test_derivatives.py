"""The exact Jacobian against finite differences of the right-hand side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp

import odekit
from odekit.errors import InputError
from odekit.solvers.codegen import compile_expressions, formulas_of, linearisation_of

LANES = 5
SYSTEMS = {
    "polynomial": ({"x": "x*y - y**3", "y": "r*x**2 - 4*y"}, "r"),
    "trigonometric": ({"x": "sin(x*y)*exp(-y)", "y": "tanh(r*x) + log(1 + y**2)"}, "r"),
    "forced": ({"x": "-r*(x - cos(3*t))*t**2", "y": "x*sin(t*y)"}, "r"),
    "kinked": ({"x": "abs(x - 3) - relu(y + 2*t)", "y": "sign(x)*y**2 + step(y)*x"}, ""),
    "fractional": ({"x": "sqrt(x**2 + r) / (1 + y**2)", "y": "(1 + x**2)**0.3"}, "r"),
}


def values(system: Any, t: float, y: np.ndarray, p: np.ndarray) -> tuple[np.ndarray, ...]:
    """f, the whole J (lane, row, column), and df/dt."""
    known = linearisation_of(formulas_of(system))
    out = np.empty((known.height, y.shape[1]))
    known.evaluate(np.full(y.shape[1], t), y, p, out)
    n, entries = known.states, len(known.rows)
    jacobian = np.zeros((y.shape[1], n, n))
    jacobian[:, known.rows, known.columns] = out[n : n + entries].T
    drift = out[n + entries :] if known.holds_time else np.zeros_like(y)
    return out[:n], jacobian, drift


@pytest.mark.parametrize("name", SYSTEMS)
def test_jacobian_and_drift_equal_central_differences(name: str) -> None:
    equations, parameters = SYSTEMS[name]
    system = odekit.system(equations, parameters=parameters)
    rng = np.random.default_rng(7)
    y, p = rng.uniform(0.3, 2.0, (2, LANES)), rng.uniform(1, 2, (len(system.parameters), LANES))
    t, h = 0.7, 1e-5
    rhs, _ = compile_expressions(formulas_of(system))

    def f(t: float, y: np.ndarray) -> np.ndarray:
        out = np.empty_like(y)
        rhs(np.full(LANES, t), y, p, out)
        return out

    found, jacobian, drift = values(system, t, y, p)
    # The same formulas in another order.
    np.testing.assert_allclose(found, f(t, y), rtol=1e-14)
    for column in range(2):
        step = h * np.eye(2)[column][:, None]
        slope = (f(t, y + step) - f(t, y - step)) / (2 * h)
        # h^2 times third derivatives, and rounding over h.
        np.testing.assert_allclose(jacobian[:, :, column].T, slope, rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(drift, (f(t + h, y) - f(t - h, y)) / (2 * h), rtol=1e-7, atol=1e-8)


def test_a_wrong_slope_would_be_seen() -> None:
    right, wrong = (odekit.system({"x": text}) for text in ("-x**2", "-x**2 - x/100"))
    y = np.full((1, 1), 1.5)
    gap = [values(system, 0.0, y, np.zeros((0, 1)))[1] for system in (right, wrong)]
    assert abs(gap[0] - gap[1]).max() > 1e-3


def test_only_entries_that_are_not_zero_are_kept() -> None:
    names = [f"u{i}" for i in range(20)]
    chain = {name: f"{after} - 2*{name}" for name, after in zip(names, [*names[1:], "0"], strict=True)}
    known = linearisation_of(formulas_of(odekit.system(chain)))
    assert set(zip(known.rows, known.columns, strict=True)) == {
        (i, j) for i in range(20) for j in (i, i + 1) if j < 20
    }
    assert not known.holds_time


def test_steps_have_no_slope_and_leave_no_symbol_behind(system: Any) -> None:
    x, time = sp.symbols("x t")
    stepped = system((x,), (-x * sp.floor(time) + sp.Mod(x, 3) * sp.sign(x - 1),))
    _, jacobian, drift = values(stepped, 2.5, np.array([[2.2]]), np.zeros((0, 1)))
    assert jacobian.item() == pytest.approx(-2.0 + 1.0)
    assert drift.item() == 0.0


def test_a_derivative_without_code_is_refused_by_name(system: Any) -> None:
    x = sp.Symbol("x")
    strange = system((x,), (sp.polygamma(0, x) + sp.Function("mystery")(x),))
    with pytest.raises(InputError, match="without code"):
        linearisation_of(formulas_of(strange))
