"""The Taylor method on numpy: exact solutions, invariants, other methods, and every way to fail."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp

from odekit.errors import InputError, UnknownNameError
from odekit.solvers import Event, Status, blow_up_time, compile, exact_modes, solve

x, y, z, a, b, t = sp.symbols("x y z a b t")


def test_the_reduced_system_is_the_exact_solution_at_all_requested_times(reduced: Any) -> None:
    rng = np.random.default_rng(0)
    alpha, beta, D = *rng.uniform(0.01, 0.03, (2, 200)), rng.uniform(-3, 3, 200)
    times = np.linspace(0.0, 0.9, 7)[:, None] * blow_up_time(alpha, beta, D, 23)
    start = [alpha**2, beta * np.cos(D), beta * np.sin(D)]
    found = solve(reduced, start, times, parameters={"r": 23.0}, rtol=1e-12, method="taylor", backend="numpy")
    r, phi, q, psi = exact_modes(alpha, 0.0, beta, -D, 23, times)
    D = 2 * phi - psi
    exact = np.stack([r**2, q * np.cos(D), q * np.sin(D)], axis=1)
    error = np.abs(found.y - exact).max(axis=1) / np.abs(exact).max(axis=1)
    # Near the blow-up errors grow tenfold; some twenty steps of 1e-12.
    assert error.max() < 1e-10
    assert (found.method, found.backend) == ("taylor", "numpy")
    assert found.steps.max() < 30


@pytest.mark.parametrize("rtol", [1e-4, 1e-8, 1e-12])
def test_a_logistic_curve_is_as_close_as_the_tolerance_says(logistic: Any, rtol: float) -> None:
    times = np.linspace(0, 5, 11)
    found = solve(logistic, [[0.1, 0.5]], times, parameters={"r": 2.0}, rtol=rtol, method="taylor")["x"]
    start = np.array([0.1, 0.5])
    exact = start / (start + (1 - start) * np.exp(-2.0 * times[:, None]))
    assert np.abs(found / exact - 1).max() < 30 * rtol


def test_predators_and_prey_keep_their_invariant(system: Any) -> None:
    hunt = system((x, y), (a * x - x * y, x * y - y), (a,))
    found = solve(
        hunt, [[1.0, 2.0], [0.5, 1.0]], [0.0, 5.0, 20.0], parameters={"a": 1.5}, rtol=1e-12, method="taylor"
    )
    prey, hunters = found["x"], found["y"]
    invariant = prey - np.log(prey) + hunters - 1.5 * np.log(hunters)
    np.testing.assert_allclose(invariant, invariant[:1].repeat(3, axis=0), rtol=1e-9)


@pytest.mark.slow
def test_the_lorenz_system_agrees_with_multiple_precision(system: Any) -> None:
    lorenz = system((x, y, z), (10 * (y - x), x * (28 - z) - y, x * y - 8 * z / 3))
    start = [1.0, 1.0, 1.0]
    found = solve(lorenz, start, 1.0, rtol=1e-13, method="taylor").y
    exact = solve(lorenz, start, 1.0, backend="mpmath").y
    # Errors grow like exp(0.9 t) on the attractor, and more on the way to it.
    np.testing.assert_allclose(found, exact, rtol=1e-10)


def random_system(system: Any, rng: np.random.Generator) -> Any:
    """Three states, damped, with random quadratic and cubic terms, driven by a polynomial in time."""
    states = (x, y, z)
    monomials = [x * y, y * z, x * z, x**2 * y, z**3, a * y**2, t * x, t**2, sp.Integer(1), a * z]
    field = []
    for state in states:
        weights = rng.integers(-3, 4, len(monomials))
        forcing = sum(
            (sp.Rational(int(w), 10) * m for w, m in zip(weights, monomials, strict=True)), sp.S.Zero
        )
        field.append(forcing - state)
    return system(states, tuple(field), (a,))


@pytest.mark.parametrize("seed", range(5))
def test_random_polynomial_systems_agree_with_runge_kutta(system: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    ours = random_system(system, rng)
    y0, options = rng.uniform(-0.5, 0.5, (3, 20)), {"parameters": {"a": rng.uniform(0, 1, 20)}, "rtol": 1e-10}
    series = solve(ours, y0, [0.3, 1.0], method="taylor", **options)
    stages = solve(ours, y0, [0.3, 1.0], method="dop853", **options)
    assert series.is_successful
    # Some ten steps of 1e-10 each, and growth by at most a few e-foldings.
    np.testing.assert_allclose(series.y, stages.y, atol=1e-8)


def test_a_blow_up_ends_as_with_runge_kutta(explosion: Any) -> None:
    y0 = [[1.0, 2.0, 1e6, 1e-3]]
    series = solve(explosion, y0, 1.5, method="taylor")
    stages = solve(explosion, y0, 1.5, method="dop853")
    np.testing.assert_array_equal(series.status, stages.status)
    assert series.status.tolist() == [Status.step_too_small] * 3 + [Status.success]
    np.testing.assert_allclose(series.t_reached[:3], [1.0, 0.5, 1e-6], rtol=1e-8)


def test_bad_rows_leave_the_others_alone_to_the_last_bit(explosion: Any) -> None:
    healthy = np.linspace(0.1, 0.9, 50)
    alone = solve(explosion, [healthy], 1.0, method="taylor")
    mixed = solve(explosion, [np.insert(healthy, [7, 30], [np.nan, np.inf])], 1.0, method="taylor")
    bad = [7, 31]
    assert mixed.status[bad].tolist() == [Status.not_finite] * 2
    np.testing.assert_array_equal(np.delete(mixed.y, bad, axis=2), alone.y)
    np.testing.assert_array_equal(np.delete(mixed.steps, bad), alone.steps)
    assert alone.is_successful


def test_the_step_cap_stops_only_who_needs_more(oscillator: Any) -> None:
    found = solve(oscillator, [1.0, 0.0], [[0.1, 100.0]], method="taylor", max_steps=5)
    assert found.status.tolist() == [Status.success, Status.max_steps]
    assert found.steps[1] == 5


def test_events_and_dense_output_read_the_series(oscillator: Any) -> None:
    found = solve(oscillator, [1.0, 0.0], 3.0, method="taylor", rtol=1e-12, events=(Event("x"),), dense=True)
    np.testing.assert_allclose(found.event_t, [[np.pi / 2]], rtol=1e-11)
    assert found.dense is not None
    times = np.linspace(0, 3, 50)
    np.testing.assert_allclose(found.dense(times[:, None])[:, 0, 0], np.cos(times), atol=1e-11)


def test_a_state_at_rest_stays_there(reduced: Any) -> None:
    found = solve(reduced, np.zeros((3, 1)), 1e6, parameters={"r": 1.0}, method="taylor", atol=0.0)
    assert found.is_successful
    np.testing.assert_array_equal(found.y, 0.0)


def test_another_order_of_the_error_is_noticed(oscillator: Any) -> None:
    loose = solve(oscillator, [1.0, 0.0], 100.0, method="taylor", rtol=1e-4)
    tight = solve(oscillator, [1.0, 0.0], 100.0, method="taylor", rtol=1e-12)
    # Steps go like rtol^(-1/16): 10^(1/2) more for eight digits.
    assert 2.5 < tight.steps[0] / loose.steps[0] < 4.0


def test_a_field_with_a_sine_is_refused(system: Any) -> None:
    with pytest.raises(InputError, match=r"sin\(x\) isn't polynomial.*dop853"):
        solve(system((x,), (sp.sin(x),)), [1.0], 1.0, method="taylor")


@pytest.mark.parametrize("backend", ["mpmath"])
def test_backends_without_series_say_so(oscillator: Any, backend: str) -> None:
    with pytest.raises(InputError, match=rf"the method 'taylor' isn't available on '{backend}'"):
        solve(oscillator, [1.0, 0.0], 1.0, method="taylor", backend=backend)


def test_only_stepping_methods_can_be_compiled_for(oscillator: Any) -> None:
    with pytest.raises(UnknownNameError, match=r"unknown method 'exact'.*dop853, taylor"):
        compile(oscillator, "numpy", "exact")


def test_a_compiled_system_keeps_its_method_unless_another_is_asked_for(oscillator: Any) -> None:
    compiled = compile(oscillator, "numpy", "taylor")
    assert solve(compiled, [1.0, 0.0], 1.0).method == "taylor"
    assert solve(compiled, [1.0, 0.0], 1.0, method="dop853").method == "dop853"
