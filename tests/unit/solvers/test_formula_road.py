"""A user's own formulas: believed where they hold, and only there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

from odekit.solvers import Solution, Status, solve
from odekit.systems import System, gradient_flow


def pitchfork() -> System:
    """u' = u (s - u^2), whose formula by a root holds for positive starts."""
    root = "sqrt(s*exp(2*s*t)/(exp(2*s*t) - 1 + s/u_0**2))"
    return gradient_flow("(s - u**2)**2/4", "u", parameters="s", solution={"u": root})


def logistic(formula: str) -> System:
    """u' = u (1 - u)."""
    return gradient_flow("u**3/3 - u**2/2", "u", solution={"u": formula})


def in_steps(system: System, y0: Any, t: Any, **options: Any) -> Solution:
    return solve(system, y0, t, method="dop853", rtol=1e-11, **options)


def test_a_trajectory_on_another_branch_is_integrated() -> None:
    starts, options = [[0.1, -0.1, 2.0, -2.0, 0.0]], {"parameters": {"s": 1.0}}
    solution = solve(pitchfork(), starts, [0.0, 1.0, 3.0], **options)
    expected = in_steps(pitchfork(), starts, [0.0, 1.0, 3.0], **options)
    np.testing.assert_allclose(solution.y, expected.y, rtol=1e-7, atol=1e-12)
    assert solution.method == "exact, dop853"
    assert (solution.steps > 0).tolist() == [False, True, False, True, True]
    assert solution.is_successful


@pytest.mark.parametrize(
    ("energy", "formula", "start", "value"),
    [
        # u' = sign(u).
        ("-abs(u)", "u_0 + t", -1.0, -2.0),
        # u' = -|u|: a formula with the modulus left out.
        ("u*abs(u)/2", "u_0*exp(-t)", -1.0, -np.exp(1.0)),
        # u' = -u^2 for positive starts; one that ran backwards in time is off.
        ("abs(u)**3/3", "u_0/(1 + u_0*t)", -0.5, -0.5 / 1.5),
    ],
)
def test_a_formula_that_leaves_out_a_sign_is_not_believed(
    energy: str, formula: str, start: float, value: float
) -> None:
    system = gradient_flow(energy, "u", solution={"u": formula})
    solution = solve(system, [[4.0, start]], 1.0)
    assert solution.method == "exact, dop853"
    assert solution.y[0, 0, 1] == pytest.approx(value, rel=1e-6)
    assert solution.steps[0] == 0


def test_beyond_a_pole_the_formula_does_not_go_on() -> None:
    starts = [[0.4, -0.5, -0.1]]
    solution = solve(logistic("exp(t)*u_0/(1 - u_0 + u_0*exp(t))"), starts, [0.5, 2.0])
    # From -0.5 the pole lies at log 3 = 1.1, and from -0.1 at log 11 = 2.4.
    assert solution.status.tolist() == [Status.success, Status.step_too_small, Status.success]
    assert np.isnan(solution.y[1, 0, 1])
    assert solution.t_reached[1] == pytest.approx(np.log(3.0), rel=1e-6)
    assert solution.y[0, 0, 1] == pytest.approx(-0.5 * np.exp(0.5) / (1.5 - 0.5 * np.exp(0.5)), rel=1e-7)


@pytest.mark.parametrize(
    "formula",
    [
        "exp(t)*u_0/(1 - u_0 + u_0*exp(t))",
        "u_0*exp(t/2)/sqrt(((1 - u_0)*exp(-t/2) + u_0*exp(t/2))**2)",
        "u_0*exp(t/2)/((1 - u_0)*exp(-t/2) + u_0*exp(t/2))",
        "u_0*exp(2*t)/((1 - u_0)*exp(t) + u_0*exp(2*t))",
    ],
)
def test_a_formula_whose_parts_overflow_gives_the_value_that_it_has(formula: str) -> None:
    start, times = 0.2, np.array([1.0, 400.0, 800.0, 3000.0])
    solution = solve(logistic(formula), [[start]], times)
    with mpmath.workdps(50):
        exact = [float(start / (start + (1 - start) * mpmath.exp(-mpmath.mpf(t)))) for t in times]
    assert solution.method == "exact"
    np.testing.assert_allclose(solution.y[:, 0, 0], exact, rtol=1e-13)


@pytest.mark.slow
def test_a_formula_that_underflows_on_the_way_keeps_its_digits() -> None:
    growing = gradient_flow("-k*u**2/2", "u", parameters="k", solution={"u": "u_0/exp(-k*t)"})
    solution = solve(growing, [[1e-300, 1e-290, 1.0]], 2.0, parameters={"k": [372.0, 372.0, -372.0]})
    assert solution.method == "exact"
    with mpmath.workdps(30):
        exact = [float(u * mpmath.exp(2 * k)) for u, k in ((1e-300, 372), (1e-290, 372), (1.0, -372))]
    np.testing.assert_allclose(solution.y[0, 0], exact, rtol=1e-13)


def test_a_stiff_flow_whose_check_runs_out_of_steps_keeps_its_formula() -> None:
    decay = gradient_flow("k*u**2/2", "u", parameters="k", solution={"u": "u_0*exp(-k*t)"})
    solution = solve(decay, [[1.0, 2.0]], [1e-7, 1.0], parameters={"k": [1e6, 1.0]})
    assert solution.method == "exact"
    np.testing.assert_allclose(solution.y[:, 0, 0], [np.exp(-0.1), 0.0], rtol=1e-12)


def test_a_formula_may_hold_for_negative_starts_alone() -> None:
    root = "-sqrt(s*exp(2*s*t)/(exp(2*s*t) - 1 + s/u_0**2))"
    system = gradient_flow("(s - u**2)**2/4", "u", parameters="s", solution={"u": root})
    solution = solve(system, [[0.1, -0.1]], 1.0, parameters={"s": 1.0})
    np.testing.assert_allclose(solution.y[0, 0], [0.26353967, -0.26353967], rtol=1e-7)
    assert (solution.steps > 0).tolist() == [True, False]


def test_each_trajectory_is_what_it_is_alone() -> None:
    starts = np.array([[0.1, -0.1, 0.7, -2.0]])
    together = solve(pitchfork(), starts, [0.5, 1.0], parameters={"s": [1.0, 2.0, 0.5, 1.0]})
    for column, s in enumerate((1.0, 2.0, 0.5, 1.0)):
        alone = solve(pitchfork(), starts[:, [column]], [0.5, 1.0], parameters={"s": s})
        np.testing.assert_array_equal(together.y[..., column], alone.y[..., 0])


@pytest.mark.parametrize("build", [pitchfork, lambda: logistic("exp(t)*u_0/(1 - u_0 + u_0*exp(t))")])
def test_random_starts_agree_with_the_integrator(build: Callable[[], System]) -> None:
    system, starts = build(), np.random.default_rng(3).uniform(-1.5, 1.5, (1, 60))
    options = {"parameters": {"s": 0.8}} if system.parameters else {}
    solution, expected = (
        solve(system, starts, [0.3, 1.0], **options),
        in_steps(system, starts, [0.3, 1.0], **options),
    )
    np.testing.assert_array_equal(solution.status, expected.status)
    np.testing.assert_allclose(solution.y, expected.y, rtol=1e-5)
